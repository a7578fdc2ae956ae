"""Our SQuAD figures against the official script's.

The reference values were computed with `evaluate-v2.0.py`, the official script of SQuAD 2.0, on the
small file and the predictions of `tests.eval.public.squad_files`.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.normalise import normalise_answer
from eval.public.squad import SquadQuestion, load_squad
from eval.public.squad_scores import (
    normalise_official,
    question_scores,
    squad_intervals,
    squad_scores,
)
from tests.eval.public.squad_files import NA_PROBS, PREDICTIONS, squad_file

OFFICIAL = {
    "exact": 40.0,
    "f1": 54.666666666666664,
    "total": 10,
    "HasAns_exact": 28.571428571428573,
    "HasAns_f1": 49.523809523809526,
    "HasAns_total": 7,
    "NoAns_exact": 66.66666666666667,
    "NoAns_f1": 66.66666666666667,
    "NoAns_total": 3,
}
OFFICIAL_BEST = {
    "best_exact": 50.0,
    "best_exact_thresh": 0.1,
    "best_f1": 56.66666666666667,
    "best_f1_thresh": 0.3,
}
OFFICIAL_AT_HALF = {
    "exact": 50.0,
    "f1": 56.666666666666664,
    "total": 10,
    "HasAns_exact": 28.571428571428573,
    "HasAns_f1": 38.09523809523809,
    "HasAns_total": 7,
    "NoAns_exact": 100.0,
    "NoAns_f1": 100.0,
    "NoAns_total": 3,
}
OURS = {"answerability_auroc"}
BEST = dict.fromkeys(OFFICIAL_BEST, None)


@pytest.fixture
def questions(tmp_path: Path) -> tuple[SquadQuestion, ...]:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(squad_file()), encoding="utf-8")
    return load_squad(path).questions


def question(*answers: str) -> SquadQuestion:
    return SquadQuestion(id="q", question="?", answers=answers, spans=())


def test_figures_are_those_of_the_official_script(questions: tuple[SquadQuestion, ...]) -> None:
    figures = squad_scores(questions, PREDICTIONS)
    assert figures == pytest.approx(OFFICIAL | BEST | dict.fromkeys(OURS, None), abs=1e-12)
    with_probabilities = squad_scores(questions, PREDICTIONS, NA_PROBS)
    official = OFFICIAL | OFFICIAL_BEST
    assert {name: with_probabilities[name] for name in official} == pytest.approx(
        official, abs=1e-12
    )
    assert with_probabilities.keys() - official.keys() == OURS
    thresholded = squad_scores(questions, PREDICTIONS, NA_PROBS, na_threshold=0.5)
    official = OFFICIAL_AT_HALF | OFFICIAL_BEST
    assert {name: thresholded[name] for name in official} == pytest.approx(official, abs=1e-12)


def test_answerability_is_the_area_under_the_curve(questions: tuple[SquadQuestion, ...]) -> None:
    unanswerable, answerable = (0.95, 0.55, 0.9), (0.6, 0.05, 0.3, 0.3, 0.8, 0.1, 0.7)
    higher = sum(left > right for left in unanswerable for right in answerable)
    figures = squad_scores(questions, PREDICTIONS, NA_PROBS)
    assert figures["answerability_auroc"] == higher / 21


def test_only_ascii_punctuation_goes() -> None:
    assert normalise_official("The 'Mill', a/an £3,500!") == "mill aan £3500"
    assert normalise_official("heirs — two") == "heirs — two"
    assert normalise_answer("heirs — two") == "heirs two"


def test_the_best_gold_answer_counts_and_no_words_are_no_answer() -> None:
    assert question_scores(question("twice daily", "two times"), "Two times.") == (1.0, 1.0)
    assert question_scores(question("twice a day"), "twice") == pytest.approx((0.0, 2 / 3))
    assert question_scores(question("the", "..."), "") == (1.0, 1.0)
    assert question_scores(question(), "the") == (1.0, 1.0)
    assert question_scores(question(), "mill") == (0.0, 0.0)
    assert question_scores(question("mill"), "") == (0.0, 0.0)


def test_a_missing_prediction_scores_0_at_every_threshold(
    questions: tuple[SquadQuestion, ...],
) -> None:
    answered = {name: text for name, text in PREDICTIONS.items() if name != "m5"}
    figures = squad_scores(questions, answered, NA_PROBS)
    assert figures["exact"] == 30.0
    assert figures["NoAns_exact"] == pytest.approx(100 / 3)
    assert figures["best_exact"] == 40.0
    assert figures["total"] == 10


def test_figures_without_questions_are_null(questions: tuple[SquadQuestion, ...]) -> None:
    answerable = [q for q in questions if q.answerable]
    figures = squad_scores(answerable, PREDICTIONS, NA_PROBS)
    assert figures["NoAns_exact"] is figures["NoAns_f1"] is figures["answerability_auroc"] is None
    assert figures["NoAns_total"] == 0
    assert figures["exact"] == figures["HasAns_exact"]


def test_every_figure_over_questions_has_an_interval_around_it(
    questions: tuple[SquadQuestion, ...],
) -> None:
    figures = squad_scores(questions, PREDICTIONS, NA_PROBS, na_threshold=0.5)
    intervals = squad_intervals(questions, PREDICTIONS, NA_PROBS, na_threshold=0.5)
    assert figures.keys() - intervals.keys() == {
        "total", "HasAns_total", "NoAns_total", *OFFICIAL_BEST,
    }  # fmt: skip
    assert intervals["NoAns_exact"] == [100.0, 100.0]
    for name in ("exact", "f1", "HasAns_exact", "HasAns_f1", "answerability_auroc"):
        ends, value = intervals[name], figures[name]
        assert ends is not None
        assert value is not None
        assert ends[0] < value < ends[1]
    shuffled = random.Random(2).sample(questions, len(questions))
    assert squad_intervals(shuffled, PREDICTIONS, NA_PROBS, na_threshold=0.5) == intervals
    without = squad_intervals(questions, {"m1": "x"})
    assert without["answerability_auroc"] is None
    assert without["exact"] == [0.0, 0.0]


@given(st.integers(0, 10**6))
def test_figures_stay_in_bounds_and_order_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    words = ["mill", "ferry", "the", "1901", "roof", "", "—"]
    asked = [
        SquadQuestion(
            id=f"q{number}",
            question="?",
            answers=tuple(
                " ".join(chance.choices(words, k=2)) for _ in range(chance.randint(0, 2))
            ),
            spans=(),
        )
        for number in range(chance.randint(1, 12))
    ]
    predictions = {q.id: " ".join(chance.choices(words, k=chance.randint(0, 3))) for q in asked}
    na_probs = {q.id: chance.random() for q in asked}
    figures = squad_scores(asked, predictions, na_probs)
    shuffled = chance.sample(asked, len(asked))
    assert squad_scores(shuffled, predictions, na_probs) == figures
    for name in ("exact", "f1", "best_exact", "best_f1"):
        value = figures[name]
        assert value is not None
        assert 0.0 <= value <= 100.0
    perfect = {q.id: max(q.answers, key=lambda a: len(normalise_official(a)), default="")
               for q in asked}  # fmt: skip
    assert squad_scores(asked, perfect)["HasAns_exact"] in (100.0, None)
    assert squad_scores(asked, perfect)["NoAns_f1"] in (100.0, None)
