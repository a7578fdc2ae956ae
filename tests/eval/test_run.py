from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.asking import ask_all
from eval.gold import GoldQuestion, Turn
from eval.records import Stage
from eval.replies import Reply
from eval.run import Evaluation
from index.errors import GoldInvalid, QuestionInvalid, StoreUnavailable
from rag.records import Answer, Outcome
from tests.eval.fakes import (
    FakeTarget,
    abstained,
    answered,
    citation,
    evaluate,
    gold,
    passage,
    right_answer,
)

GOLD = [
    gold("fire", tags=["mill"]),
    gold(
        "both",
        evidence=[
            ("a1.txt", "It burned down in 1901."),
            ("in/a2.txt", "A fire took the mill in 1901."),
        ],
        tags=["mill", "two"],
    ),
    gold("owner", answers=["Ada Brook"], evidence=[("a2", "The owner, Ada Brook, rebuilt it.")]),
    gold("price", answers=()),
    gold("mayor", answers=()),
]


def resolved(question: GoldQuestion) -> GoldQuestion:
    """Return the question with articles named by id, as the builders of answers want it."""
    evidence = tuple(
        item.model_copy(update={"article": item.article[-6:].removesuffix(".txt")[-2:]})
        for item in question.evidence
    )
    return question.model_copy(update={"evidence": evidence})


def ideal(question: GoldQuestion) -> Answer:
    return right_answer(resolved(question))


def flat(evaluation: Evaluation) -> dict[str, float | None]:
    return {f"{one.metric.group} {one.metric}": one.value for one in evaluation.figures}


def test_an_ideal_run_scores_1_everywhere() -> None:
    evaluation = evaluate(GOLD, FakeTarget(ideal))
    found = flat(evaluation)
    assert {found.pop(f"latency_ms p{p}") for p in (50, 95, 99)} == {5.0}
    assert (found.pop("abstention aurc"), found.pop("abstention calibration_error")) == (0.0, 0.0)
    nothing = {name for name, value in found.items() if value is None}
    assert nothing == {
        "answer list_recall",
        "answer false_premises_handled",
        *(f"latency_ms warm_p{p}" for p in (50, 95, 99)),
        *(f"usage {name}" for name in ("prompt_tokens", "completion_tokens", "cost")),
    }
    assert {value for name, value in found.items() if name not in nothing} == {1.0}
    assert evaluation.warnings == ()
    assert evaluation.errors == 0
    assert all(row.correct for row in evaluation.questions)


def test_a_row_tells_what_happened() -> None:
    answer = answered(
        citation(1, "a1", "Nobody was hurt."),
        citation(2, "a1", "It burned down in 1901.", shift=1),
        short_answer="1901",
        retrieved=[passage("a3", 0, 9), passage("a1", 0, 66)],
    )
    evaluation = evaluate([gold(tags=["x"])], FakeTarget(lambda _: answer))
    [row] = evaluation.questions
    assert (row.id, row.answerable, row.tags) == ("q1", True, ("x",))
    assert (row.outcome, row.correct, row.em, row.f1) == (Outcome.ANSWERED, True, 1.0, 1.0)
    assert [(c.exact, c.supporting) for c in row.citations or ()] == [(True, False), (False, True)]
    assert [sentence.supported for sentence in row.sentences] == [False, True]
    assert [(item.stored, item.rank) for item in row.evidence] == [(True, 2)]
    assert row.evidence_rank == 2
    assert [passage.covers for passage in row.retrieved or ()] == [(), (0,)]
    assert row.retrieval is not None
    assert row.retrieval["RR@10"] == 0.5
    assert (row.milliseconds, row.error) == (5.0, None)
    assert row.article_retrieval is not None
    assert row.article_retrieval["RR@10"] == 0.5
    found = flat(evaluation)
    assert {found[f"citation {name}"] for name in ("precision", "recall", "joint", "exact")} == {
        0.5
    }


def test_a_failing_question_becomes_a_row_and_scores_0() -> None:
    def fails_once(question: GoldQuestion) -> Answer | Exception:
        return RuntimeError("out\nof luck") if question.id == "fire" else ideal(question)

    evaluation = evaluate(GOLD, FakeTarget(fails_once))
    row = evaluation.questions[0]
    assert row.error == "out of luck"
    assert (row.outcome, row.correct, row.em, row.milliseconds) == (None, False, 0.0, None)
    assert row.retrieval is not None
    assert set(row.retrieval.values()) == {0.0}
    assert evaluation.errors == 1
    assert row.stage is Stage.FAILED
    assert evaluation.value("accuracy") == pytest.approx(2 / 3)
    assert evaluation.value("Success@1") == pytest.approx(2 / 3)
    assert evaluation.value("joint") == pytest.approx(4 / 5)


def test_a_failing_unanswerable_question_is_not_right() -> None:
    evaluation = evaluate([gold(answers=())], FakeTarget(lambda _: QuestionInvalid("too long")))
    [row] = evaluation.questions
    assert (row.correct, row.error) == (False, "too long")
    assert evaluation.value("abstention/recall") == 0.0
    assert evaluation.value("p50") is None


def test_a_service_that_dies_between_answer_and_check_is_an_error_of_the_row() -> None:
    class Dying(FakeTarget):
        asked = False

        def article_text(self, article_id: str) -> str | None:
            if self.asked:
                raise StoreUnavailable("gone")
            return super().article_text(article_id)

    def answer(question: GoldQuestion) -> Answer:
        target.asked = True
        return ideal(question)

    target = Dying(answer)
    [row] = evaluate([gold()], target).questions
    assert row.error == "gone"


def test_programming_errors_are_not_hidden() -> None:
    with pytest.raises(TypeError):
        evaluate([gold()], FakeTarget(lambda _: TypeError("bug")))


def test_abstaining_on_everything_scores_0_and_gives_no_citation_metrics() -> None:
    found = flat(evaluate(GOLD, FakeTarget(lambda _: abstained())))
    assert {found[f"answer {name}"] for name in ("accuracy", "em", "f1")} == {0.0}
    assert found["answer overall_accuracy"] == pytest.approx(2 / 5)
    assert (found["citation precision"], found["citation exact"]) == (None, None)
    assert found["citation joint"] == pytest.approx(2 / 5)
    assert (found["abstention precision"], found["abstention recall"]) == (2 / 5, 1.0)
    assert found["abstention auroc"] == 0.5


def test_without_answerable_questions_their_metrics_have_no_data() -> None:
    found = flat(evaluate([gold(answers=())], FakeTarget(ideal)))
    assert {value for name, value in found.items() if "retrieval" in name} == {None}
    assert {found[f"answer {name}"] for name in ("accuracy", "em", "f1")} == {None}
    assert found["answer overall_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        (abstained(retrieved=[passage("a3", 0, 20)]), Stage.NOT_RETRIEVED),
        (answered(citation(1, "a3", "Ships waited.")), Stage.NOT_RETRIEVED),
        (abstained(retrieved=[passage("a1", 0, 66)]), Stage.WRONGLY_WITHHELD),
        (
            answered(citation(1, "a3", "Ships waited."), retrieved=[passage("a1", 0, 66)]),
            Stage.NOT_QUOTED,
        ),
        (answered(citation(1, "a1", "It burned down in 1901.")), None),
    ],
)
def test_a_wrong_answer_is_laid_to_the_first_step_that_failed(
    answer: Answer, stage: Stage | None
) -> None:
    [row] = evaluate([gold()], FakeTarget(lambda _: answer)).questions
    assert row.stage is stage


def test_evidence_below_what_was_read_is_told_from_evidence_that_was_read() -> None:
    read = replace(passage("a3", 0, 20), reading=0.1)
    unread = passage("a1", 0, 66)
    [row] = evaluate([gold()], FakeTarget(lambda _: abstained(retrieved=[read, unread]))).questions
    assert row.stage is Stage.NOT_READ
    both = abstained(retrieved=[read, replace(unread, reading=0.2)])
    [row] = evaluate([gold()], FakeTarget(lambda _: both)).questions
    assert row.stage is Stage.WRONGLY_WITHHELD


def test_an_unanswerable_question_that_is_answered_is_wrongly_answered() -> None:
    answer = answered(citation(1, "a3", "Ships waited."))
    [row] = evaluate([gold(answers=())], FakeTarget(lambda _: answer)).questions
    assert row.stage is Stage.WRONGLY_ANSWERED


def test_a_target_that_never_cites_has_no_citation_figures_however_many_questions_fail() -> None:
    class Talking(FakeTarget):
        def ask(self, question: GoldQuestion) -> Reply:
            if question.id == "fire":
                raise RuntimeError("out of luck")
            return Reply(outcome=Outcome.ANSWERED, answer="1901")

    found = flat(evaluate(GOLD, Talking(ideal)))
    assert {value for name, value in found.items() if name.startswith("citation")} == {None}


def test_a_figure_is_had_by_its_name() -> None:
    evaluation = evaluate(GOLD, FakeTarget(ideal))
    assert evaluation.value("citation/recall") == evaluation.value("accuracy") == 1.0
    with pytest.raises(KeyError):
        evaluation.value("acuracy")


def test_a_gold_set_for_another_archive_is_refused() -> None:
    other = [gold("x", evidence=[("a9", "It rained.")]), gold("y", evidence=[("a1", "It rained.")])]
    with pytest.raises(GoldInvalid, match=r"another archive; first, x: no article 'a9'"):
        evaluate([gold("none", answers=()), *other], FakeTarget(ideal))


def test_evidence_that_is_missing_in_part_is_a_warning() -> None:
    partly = gold("x", evidence=[("a1", "It burned down in 1901."), ("a9", "It rained.")])
    evaluation = evaluate([partly], FakeTarget(lambda _: abstained()))
    assert evaluation.warnings == ("x: no article 'a9'",)


def test_conversations_are_not_passed_over_in_silence() -> None:
    turn = Turn(role="user", content="Tell me about the mill.")
    question = gold().model_copy(update={"conversation": (turn,)})
    [warning] = evaluate([question], FakeTarget(ideal)).warnings
    assert warning.startswith("1 of 1 questions")


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    ask_all(GOLD, FakeTarget(ideal), on_progress=lambda *now: told.append(now))
    assert told == [(n, 5) for n in range(1, 6)]


def test_tags_are_summed_up_apart() -> None:
    evaluation = evaluate(GOLD, FakeTarget(ideal))
    assert {tag: count for tag, (count, _) in evaluation.by_tag.items()} == {"mill": 2, "two": 1}
    assert {f.value for f in evaluation.by_tag["two"][1] if f.metric.name == "accuracy"} == {1.0}


POOL = [
    citation(1, "a1", "It burned down in 1901."),
    citation(2, "a1", "Nobody was hurt."),
    citation(3, "a2", "A fire took the mill in 1901."),
    citation(4, "a2", "The owner, Ada Brook, rebuilt it.", shift=2),
]


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    spans = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=12))
    retrieved = [passage("a1", start, min(66, start + length)) for start, length in spans]
    confidence = draw(st.floats(0, 1))
    if draw(st.booleans()):
        return abstained(confidence=confidence, retrieved=retrieved)
    chosen = draw(st.lists(st.sampled_from(POOL), unique_by=lambda c: c.n))
    short = draw(st.sampled_from([None, "1901", "in 1901", "Ada Brook", ""]))
    return answered(*chosen, short_answer=short, confidence=confidence, retrieved=retrieved)


runs = st.lists(answers(), min_size=len(GOLD), max_size=len(GOLD)).map(
    lambda given: dict(zip((question.id for question in GOLD), given, strict=True))
)


@settings(max_examples=40)
@given(runs, st.randoms(use_true_random=False))
def test_metrics_stay_in_range_and_the_order_of_questions_changes_nothing(
    by_id: dict[str, Answer], rng: random.Random
) -> None:
    target = FakeTarget(lambda question: by_id[question.id])
    evaluation = evaluate(GOLD, target)
    for name, value in flat(evaluation).items():
        if not name.startswith("latency"):
            assert value is None or 0.0 <= value <= 1.0 + 1e-9
    shuffled = GOLD.copy()
    rng.shuffle(shuffled)
    again = evaluate(shuffled, target)
    assert again.figures == evaluation.figures
    assert again.by_tag == evaluation.by_tag
    assert sorted(again.questions, key=lambda row: row.id) == sorted(
        evaluation.questions, key=lambda row: row.id
    )


@settings(max_examples=40)
@given(runs, st.sampled_from([question.id for question in GOLD]))
def test_a_wrong_citation_more_never_raises_precision(by_id: dict[str, Answer], name: str) -> None:
    before = evaluate(GOLD, FakeTarget(lambda question: by_id[question.id]))
    if by_id[name].outcome is Outcome.NOT_FOUND:
        return
    wrong = citation(9, "a3", "Ships waited.")
    worse = {**by_id, name: replace(by_id[name], citations=[*by_id[name].citations, wrong])}
    after = evaluate(GOLD, FakeTarget(lambda question: worse[question.id]))
    for name in ("citation/precision", "citation/joint"):
        assert (after.value(name) or 0.0) <= (before.value(name) or 0.0)
    assert after.value("citation/recall") == before.value("citation/recall")
