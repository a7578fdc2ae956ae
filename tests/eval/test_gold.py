from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from eval.gold import Evidence, GoldQuestion, Turn, gold_source, load_gold, read_gold_lines
from index.errors import GoldInvalid

LINE: dict[str, Any] = {
    "id": "seed-001",
    "question": "How long?",
    "answerable": True,
    "answers": ["15-year"],
    "evidence": [{"article": "a.txt", "quote": "a 15-year term"}],
    "as_of": None,
    "tags": ["mission"],
    "conversation": [],
}


def write(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "gold.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def changed(**changes: Any) -> dict[str, Any]:
    return LINE | changes


def test_reads_the_line_of_the_contract(tmp_path: Path) -> None:
    assert load_gold(write(tmp_path, LINE)) == [
        GoldQuestion(
            id="seed-001",
            question="How long?",
            answerable=True,
            answers=("15-year",),
            evidence=(Evidence(article="a.txt", quote="a 15-year term"),),
            tags=("mission",),
        )
    ]


def test_reads_days_and_conversations(tmp_path: Path) -> None:
    turn = {"role": "user", "content": "Tell me of the mission."}
    [question] = load_gold(write(tmp_path, changed(as_of="2026-01-06", conversation=[turn])))
    assert question.as_of == date(2026, 1, 6)
    assert question.conversation == (Turn(role="user", content="Tell me of the mission."),)


def test_skips_blank_lines_a_byte_order_mark_and_carriage_returns(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    second = json.dumps(changed(id="two", question="Line\u2028separator?"), ensure_ascii=False)
    path.write_bytes(f"\ufeff{json.dumps(LINE)}\r\n\r\n{second}\r\n".encode())
    assert [question.id for question in load_gold(path)] == ["seed-001", "two"]


UNANSWERABLE = changed(id="none", answerable=False, answers=[], evidence=[])


def test_an_unanswerable_question_has_no_evidence(tmp_path: Path) -> None:
    [question] = load_gold(write(tmp_path, UNANSWERABLE))
    assert not question.answerable


def test_what_contradicts_a_false_premise_is_quoted(tmp_path: Path) -> None:
    false = UNANSWERABLE | {"id": "false", "contradicted_by": LINE["evidence"]}
    plain, unanswerable, question = load_gold(write(tmp_path, LINE, UNANSWERABLE, false))
    assert question.evidence == ()
    assert question.contradicted_by == question.quoted == plain.evidence == plain.quoted
    assert unanswerable.quoted == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "it is not a JSON object"),
        ({k: v for k, v in LINE.items() if k != "question"}, "'question' is missing"),
        (changed(colour="red"), "'colour' is not a known key"),
        (changed(evidence=[{"article": "a", "quote": "b", "page": 1}]), "'evidence.0.page' is not"),
        (changed(evidence=[{"article": "a"}]), "'evidence.0.quote' is missing"),
        (changed(evidence=["a.txt"]), "'evidence.0' is not a JSON object"),
        (changed(answers=[]), "an answerable question needs answers"),
        (changed(evidence=[]), "an answerable question needs evidence"),
        (changed(evidence=[], answers=[]), "an answerable question needs answers and evidence"),
        (UNANSWERABLE | {"answers": ["x"]}, "an unanswerable question has no answers"),
        (UNANSWERABLE | {"evidence": LINE["evidence"]}, "an unanswerable question has no evidence"),
        (changed(contradicted_by=LINE["evidence"]), "an answerable question has no contradicted"),
        (UNANSWERABLE | {"contradicted_by": [{"article": "a"}]}, "'contradicted_by.0.quote' is"),
        (changed(answers=["the"]), "'answers.0': nothing is left of it"),
        (changed(question="  "), "'question' is blank"),
        (changed(answerable="yes"), "'answerable' is not true or false"),
        (changed(as_of="last week"), "'as_of' is not a day (YYYY-MM-DD)"),
        (changed(conversation=[{"role": "robot", "content": ""}]), "'conversation.0.role'"),
        (changed(question="TODO: who?"), "the question is unfinished: it begins with 'TODO:'"),
        (changed(question="TODO: who?", evidence=[]), "the question is unfinished"),
        (changed(note=7), "'note' is not a string"),
        (changed(tags="x"), "'tags' is not a list"),
        (changed(items=[7]), "'items.0' is not a string or a list"),
        (changed(items=[["b", 2]]), ":3: 'items.0.1' is not a string"),
        (json.dumps(changed(id="\ud800")), "not JSON"),
        ("[" * 5_000, "not JSON"),
        (LINE, "the id 'seed-001' is already used in line 1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: Any, message: str) -> None:
    path = write(tmp_path, LINE, "", line)
    with pytest.raises(GoldInvalid) as caught:
        load_gold(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(json.dumps(LINE).encode() + b"\n" + "{'id': 'é'}".encode("latin-1"))
    with pytest.raises(GoldInvalid, match=r"gold\.jsonl:2: not UTF-8"):
        load_gold(path)


def test_a_note_is_read_and_changes_nothing_else(tmp_path: Path) -> None:
    [plain] = load_gold(write(tmp_path, LINE))
    [noted] = load_gold(write(tmp_path, changed(note="see page 3")))
    assert (plain.note, noted.note) == (None, "see page 3")
    assert noted.model_copy(update={"note": None}) == plain


def test_all_lines_are_read_the_right_and_the_wrong(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    good, twice = json.dumps(LINE).encode(), json.dumps(changed(question="Again?")).encode()
    path.write_bytes(b"\n".join([b"{broken", good, b"", twice]))
    lines = read_gold_lines(path)
    assert [line.number for line in lines] == [1, 2, 4]
    assert [line.question is not None for line in lines] == [False, True, False]
    assert [(line.fault or "").split(":")[0] for line in lines] == [
        "not JSON (key must be a string at line 1 column 2)",
        "",
        "the id 'seed-001' is already used in line 2",
    ]


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(content)
    with pytest.raises(GoldInvalid, match="holds no questions"):
        load_gold(path)


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(GoldInvalid, match="does not exist"):
        load_gold(tmp_path / "none.jsonl")
    with pytest.raises(GoldInvalid, match="cannot be read"):
        load_gold(tmp_path)


def test_the_source_is_told_by_its_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, LINE)
    source = gold_source(path)
    assert source.name == "gold.jsonl"
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_questions_are_frozen(tmp_path: Path) -> None:
    [question] = load_gold(write(tmp_path, LINE))
    with pytest.raises(ValidationError):
        question.id = "other"
