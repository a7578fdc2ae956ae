"""RAMDocs, on invented documents that contradict one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.public.base import OpenScratch, PublicOptions
from eval.public.ramdocs import RamdocsQuestion, evaluate, exact
from index.errors import GoldInvalid
from tests.eval.public.writing import write_lines


def document(text: str, kind: str = "correct", answer: str = "unknown") -> dict[str, str]:
    return {"text": text, "type": kind, "answer": answer}


RECORD: dict[str, Any] = {
    "question": "How many people live in Osk?",
    "documents": [
        document("Osk is a harbour town. About 340 people live in Osk.", answer="340"),
        document("In Osk live 912 people, a leaflet says.", "misinfo", "912"),
        document("Rye bread needs a sour dough that rests.", "noise"),
    ],
    "disambig_entity": ["Osk"],
    "gold_answers": ["340"],
    "wrong_answers": ["912"],
}
PLAIN: dict[str, Any] = {
    "question": "Who is the mayor of Harrowmouth?",
    "documents": [document("Una Brae is the mayor of Harrowmouth.", answer="Una Brae")],
    "disambig_entity": ["Harrowmouth"],
    "gold_answers": ["Una Brae"],
    "wrong_answers": [],
}


@pytest.mark.parametrize(
    ("response", "right"),
    [
        ("340 and the 12, they say", True),
        ("only 340", False),
        ("340, 12 or 912", False),
        ("340 and 1,912 and 12", True),  # a wrong answer inside another number is none
        ("", False),
    ],
)
def test_every_gold_answer_and_no_wrong_one(response: str, right: bool) -> None:
    question = RamdocsQuestion.model_validate_json(
        '{"question": "?", "documents": [{"text": "x", "type": "noise"}],'
        ' "gold_answers": ["340", "the 12"], "wrong_answers": ["912"]}'
    )
    assert exact(response, question) is right


def test_figures_of_a_small_set(tmp_path: Path, by_meaning: OpenScratch) -> None:
    path = write_lines(tmp_path / "ramdocs.jsonl.gz", [RECORD, PLAIN])
    result = evaluate(path, PublicOptions(), by_meaning)
    sentences, short, positions, behaviour, several, one = result.rows
    assert sentences.n == short.n == positions.n == behaviour.n == 2
    assert several.n == one.n == 1
    assert sentences.values["every gold answer"] in {0.5, 1.0}
    assert (sentences.values["exact match"] or 0) >= 0.5  # the question without contradiction
    assert behaviour.values["abstained"] == 0.0
    assert result.notes == ()


def test_refused_documents_are_noted(tmp_path: Path, by_words: OpenScratch) -> None:
    hollow = PLAIN | {"documents": [*PLAIN["documents"], document("—", "noise")]}
    path = write_lines(tmp_path / "ramdocs.jsonl", [hollow])
    result = evaluate(path, PublicOptions(), by_words)
    assert result.notes == ("1 of 2 documents hold no sentence and were not taken in",)


def test_a_question_whose_documents_are_all_refused_is_unanswered(
    tmp_path: Path, by_words: OpenScratch
) -> None:
    hollow = PLAIN | {"documents": [document("—", "noise")]}
    path = write_lines(tmp_path / "ramdocs.jsonl", [hollow, RECORD])
    result = evaluate(path, PublicOptions(), by_words)
    assert (result.rows[3].values["abstained"] or 0) >= 0.5


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path, by_words: OpenScratch) -> None:
    records = [PLAIN | {"question": f"Who is mayor number {n}?"} for n in range(6)]
    path = write_lines(tmp_path / "ramdocs.jsonl", records)
    options = PublicOptions(sample=3, seed=5)
    first, again = (evaluate(path, options, by_words).document(options) for _ in range(2))
    assert first == again
    assert first["rows"][0]["n"] == 3
    assert (first["sample"], first["seed"]) == (3, 5)


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (RECORD | {"documents": []}, ":1: 'documents'"),
        (RECORD | {"gold_answers": []}, ":1: 'gold_answers'"),
        (RECORD | {"documents": [{"text": "x", "type": "odd"}]}, r"'documents\.0\.type'"),
        ({"question": "?"}, "'documents' is missing"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, by_words: OpenScratch, record: Any, complaint: str
) -> None:
    path = write_lines(tmp_path / "ramdocs.jsonl", [record])
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(path, PublicOptions(), by_words)


def test_the_same_record_twice_is_refused(tmp_path: Path, by_words: OpenScratch) -> None:
    path = write_lines(tmp_path / "ramdocs.jsonl", [RECORD, RECORD])
    with pytest.raises(GoldInvalid, match=":2: it has the question"):
        evaluate(path, PublicOptions(), by_words)
