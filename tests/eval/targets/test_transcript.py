from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.gold import GoldQuestion
from eval.targets.transcript import TranscriptTarget
from index.errors import GoldInvalid, InputError, TargetUnreadable
from rag.records import Outcome
from tests.eval.fakes import FakeTarget, abstained, evaluate, gold

FIRE = "It burned down in 1901."
ARTICLES = FakeTarget(lambda _: abstained())


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "peer.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def asked(question_id: str, question: str) -> GoldQuestion:
    return gold(question_id).model_copy(update={"question": question})


def test_someone_elses_answers_are_scored_by_the_same_rules(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {
            "id": "q1",
            "answer": "In 1901, in a fire. [1] Nobody knows why. [2]",
            "citations": [{"quote": FIRE, "article": "a1.txt"}, {"quote": "x", "article": "a2"}],
            "retrieved": [{"text": "Ships waited.", "article": "a3"}, {"text": FIRE}],
        },
        {"id": "q2", "answer": "The archive does not say.", "retrieved": []},
    ]
    target = TranscriptTarget.read(written(tmp_path, *lines), articles=ARTICLES.articles)
    questions = [gold(), gold("q2", answers=())]
    assert target.fit(questions) == []
    found = evaluate(questions, target)
    first, second = found.questions
    assert (first.correct, second.correct) == (True, True)
    assert first.evidence_rank == 2
    assert first.citations is not None
    assert [(c.exact, c.supporting) for c in first.citations] == [(True, True), (False, False)]
    assert [sentence.supported for sentence in first.sentences] == [True, False]
    assert found.value("Success@1") == 0.0
    assert found.value("Success@5") == 1.0
    assert found.value("citation/precision") == 0.5
    assert found.value("p50") is None
    assert found.target == str(tmp_path / "peer.jsonl")


def test_without_texts_or_citations_their_metrics_have_no_data(tmp_path: Path) -> None:
    target = TranscriptTarget.read(written(tmp_path, {"id": "q1", "answer": "1901."}))
    found = evaluate([gold()], target)
    assert found.value("accuracy") == 1.0
    assert found.value("Success@5") is None
    assert found.value("citation/precision") is None
    assert target.articles is None


def test_a_question_without_an_answer_is_a_row_that_failed(tmp_path: Path) -> None:
    lines = [{"id": "q1", "answer": "1901."}, {"id": "q3", "error": "timed out"}]
    target = TranscriptTarget.read(written(tmp_path, *lines))
    rows = evaluate([gold("q1"), gold("q2"), gold("q3")], target).questions
    assert [row.error for row in rows] == [None, f"no answer in {target.name}", "timed out"]
    with pytest.raises(TargetUnreadable) as caught:
        target.ask(gold("q2"))
    assert not caught.value.retryable


def test_answers_to_no_question_are_a_warning(tmp_path: Path) -> None:
    lines = [{"id": name, "answer": "1901."} for name in ("q1", "x1", "x2")]
    path = written(tmp_path, *lines)
    [warning] = TranscriptTarget.read(path).fit([gold()])
    assert warning == (
        f"{path}: 2 of 3 answers are to no question of the gold set; first, line 2: 'x1'"
    )


def test_a_file_for_another_gold_set_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "x1", "answer": "1901."})
    with pytest.raises(
        GoldInvalid, match=r"answers none of the 2 gold questions: each line's 'id'"
    ):
        TranscriptTarget.read(path).fit([gold(), gold("q2")])


def test_questions_are_found_by_their_words_where_there_is_no_id(tmp_path: Path) -> None:
    lines = [
        {"user_input": "  when did IT\nburn? ", "response": "In 1901."},
        {"id": "ans_7", "question": "Who rebuilt it?", "answer": "Ada Brook."},
        {"id": "x1", "question": "Twice?", "answer": "One."},
        {"id": "x2", "question": "Twice?", "answer": "Two."},
    ]
    target = TranscriptTarget.read(written(tmp_path, *lines))
    assert target.ask(asked("q1", "When did it burn?")).answer == "In 1901."
    assert target.ask(asked("q2", "Who rebuilt it?")).answer == "Ada Brook."
    assert target.ask(asked("x2", "Twice?")).answer == "Two."
    with pytest.raises(TargetUnreadable):
        target.ask(asked("q3", "Twice?"))


def test_what_counts_as_a_refusal_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "q1", "answer": "Pass."})
    target = TranscriptTarget.read(path, refusal="^pass")
    assert target.ask(gold()).outcome is Outcome.NOT_FOUND
    assert target.conversational
    with pytest.raises(InputError, match="is not a regular expression"):
        TranscriptTarget.read(path, refusal="(")
