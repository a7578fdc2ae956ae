"""CANARD, on an invented conversation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval.public.base import OpenScratch, PublicOptions
from eval.public.canard import evaluate, measure, rouge_1_recall, score_rewrite
from index.errors import GoldInvalid
from tests.eval.public.writing import write_list


def turn(number: int, history: list[str], question: str, rewrite: str) -> dict[str, Any]:
    return {
        "History": history,
        "QuAC_dialog_id": "C_1",
        "Question": question,
        "Question_no": number,
        "Rewrite": rewrite,
    }


HISTORY = ["Ferry to Osk", "Storm", "Who runs the ferry to Osk?", "Ilse Varn"]
TURNS = [
    turn(1, HISTORY[:2], "Who runs the ferry to Osk?", "Who runs the ferry to Osk?"),
    turn(2, HISTORY, "When did she start?", "When did Ilse Varn start running the ferry to Osk?"),
]


class Names:
    """Puts in a name, and one word too many."""

    name = "names"

    def rewrite(self, history: Sequence[str], question: str) -> str:
        return question.replace("she", "Ilse Varn gladly") if history else question


def test_scores_are_those_counted_by_hand() -> None:
    gold = "When did Ilse Varn start running the ferry to Osk?"
    score = score_rewrite("When did she start?", "When did Ilse Varn gladly start?", gold)
    assert score.restored == pytest.approx(2 / 5)  # ilse varn | run ferri osk
    assert score.added_right == pytest.approx(2 / 3)
    assert score.rouge_1 == pytest.approx(5 / 10)
    assert score.exact == 0.0


def test_where_nothing_lacks_or_is_added_there_is_no_figure() -> None:
    score = score_rewrite("Who runs it?", "Who runs it?", "Who runs it?")
    assert (score.restored, score.added_right, score.exact) == (None, None, 1.0)


def test_forms_of_a_word_are_one_word() -> None:
    assert score_rewrite("Why?", "Why ferries?", "Why the ferry?").restored == 1.0


@pytest.mark.parametrize(
    ("text", "reference", "recall"),
    [
        ("a b", "a a b c", 0.5),
        ("a a a", "a b", 0.5),
        ("A, B!", "a b", 1.0),
        ("", "a", 0.0),
        ("a", "?", 0.0),
    ],
)
def test_rouge_1_recall_clips_counts(text: str, reference: str, recall: float) -> None:
    assert rouge_1_recall(text, reference) == recall


def test_the_bounds_are_measured_by_name(tmp_path: Path, by_words: OpenScratch) -> None:
    path = write_list(tmp_path / "dev.json", TURNS)
    result = evaluate(path, PublicOptions(), by_words)
    last, whole, rules = result.rows
    assert last.label == "last turn as it is"
    assert last.values["content words restored"] == 0.0
    assert last.values["words added that gold adds"] is None
    assert last.values["changed"] == 0.0
    assert rules.label == "rules"
    assert rules.values["content words restored"] == pytest.approx(2 / 5)  # ilse varn
    assert rules.values["words added that gold adds"] == 1.0
    assert whole.label == "whole history and last turn"
    assert whole.values["content words restored"] == 1.0
    assert (whole.values["words added that gold adds"] or 0) < 1
    assert result.notes == ("1 of 2 questions lack content words that their gold rewrite has",)


def test_a_rewriter_of_ones_own_is_measured(tmp_path: Path) -> None:
    path = write_list(tmp_path / "dev.json", TURNS)
    (row,) = measure(path, PublicOptions(), [Names()]).rows
    assert (row.label, row.n) == ("names", 2)
    assert row.values["content words restored"] == pytest.approx(2 / 5)
    assert row.values["exact match"] == 0.5
    assert row.values["changed"] == 0.5


@pytest.mark.parametrize(
    ("turns", "complaint"),
    [
        ([TURNS[0], TURNS[0]], "item 2: it has the turn"),
        ([TURNS[0] | {"Rewrite": " "}], "item 1: 'Rewrite' is blank"),
        ([TURNS[0] | {"History": "Osk"}], "item 1: 'History'"),
        ([{"Question": "Who?"}], "'History' is missing"),
        ([], "holds no records"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, by_words: OpenScratch, turns: list[Any], complaint: str
) -> None:
    path = write_list(tmp_path / "dev.json", turns)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(path, PublicOptions(), by_words)
