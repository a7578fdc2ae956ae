from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.public.beir import (
    BeirDocument,
    check_folder,
    corpus_sha256,
    read_corpus,
    read_judgements,
    read_queries,
    splits,
)
from index.errors import InputError

HEADING = "query-id\tcorpus-id\tscore"


def lines(path: Path, *records: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    path.write_text("".join(f"{line}\n" for line in shown), encoding="utf-8")


def test_documents_come_in_file_order_with_empty_fields_empty(tmp_path: Path) -> None:
    lines(
        tmp_path / "corpus.jsonl",
        {"_id": "b", "title": "Ferries", "text": "They run daily.", "metadata": {"url": "x"}},
        "",
        {"_id": 7, "text": "Numbers will do."},
        {"_id": "c", "title": None, "text": None},
    )
    assert list(read_corpus(tmp_path)) == [
        BeirDocument(id="b", title="Ferries", text="They run daily."),
        BeirDocument(id="7", title="", text="Numbers will do."),
        BeirDocument(id="c", title="", text=""),
    ]
    assert len(corpus_sha256(tmp_path)) == 64


def test_a_line_said_twice_counts_once(tmp_path: Path) -> None:
    document = {"_id": "b", "title": "Ferries", "text": "They run daily."}
    lines(tmp_path / "corpus.jsonl", document, document)
    assert len(list(read_corpus(tmp_path))) == 1
    lines(tmp_path / "queries.jsonl", {"_id": "q", "text": "when?"}, {"_id": "q", "text": "when?"})
    assert read_queries(tmp_path) == {"q": "when?"}
    lines(tmp_path / "qrels" / "test.tsv", HEADING, "q\tb\t1", "q\tb\t1", "q\tc\t0")
    judgements = read_judgements(tmp_path, "test")
    assert (judgements.grades, judgements.repeated) == ({"q": {"b": 1, "c": 0}}, 1)


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([{"_id": "a", "text": "x"}, "{broken"], r"corpus\.jsonl:2: not JSON"),
        ([{"_id": "a", "text": "x"}, "[1]"], r"corpus\.jsonl:2: not a JSON object"),
        ([{"text": "x"}], r"corpus\.jsonl:1: '_id' is missing or empty"),
        ([{"_id": "", "text": "x"}], r"corpus\.jsonl:1: '_id' is missing or empty"),
        ([{"_id": "a", "text": ["x"]}], r"corpus\.jsonl:1: 'text' is not a string"),
        (['{"_id": "a", "text": "\\ud800"}'], r"corpus\.jsonl:1: 'text' holds half a character"),
        ([{"_id": "a", "text": "x"}, {"_id": "a", "text": "y"}], r":2: .*already used in line 1"),
        ([], "holds no documents"),
    ],
)
def test_a_document_that_is_wrong_is_named_by_its_line(
    tmp_path: Path, records: Sequence[object], complaint: str
) -> None:
    lines(tmp_path / "corpus.jsonl", *records)
    with pytest.raises(InputError, match=complaint):
        list(read_corpus(tmp_path))


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([{"_id": "a", "text": "x"}, {"_id": "a", "text": "y"}], r":2: .*already used in line 1"),
        (["nonsense"], r"queries\.jsonl:1: not JSON"),
        ([], "holds no queries"),
    ],
)
def test_a_query_that_is_wrong_is_named_by_its_line(
    tmp_path: Path, records: Sequence[object], complaint: str
) -> None:
    lines(tmp_path / "queries.jsonl", *records)
    with pytest.raises(InputError, match=complaint):
        read_queries(tmp_path)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([HEADING, "q\td\t1", "q d 1"], r"test\.tsv:3: 1 columns, not 3"),
        ([HEADING, "q\t0\td\t1"], r"test\.tsv:2: 4 columns, not 3"),
        ([HEADING, "q\td\tyes"], r"test\.tsv:2: the score 'yes' is not a whole number"),
        ([HEADING, "\td\t1"], r"test\.tsv:2: an id is empty"),
        ([HEADING, "q\td\t1", "q\td\t2"], r"test\.tsv:3: 'd' was already graded 1 for 'q'"),
        (["q\td\t1"], r"test\.tsv:1: the heading is missing, there is a judgement"),
        (["q 0 d 1"], r"test\.tsv:1: the heading is missing, there is something else"),
        ([HEADING], "holds no judgements"),
        ([], "holds no judgements"),
    ],
)
def test_a_judgement_that_is_wrong_is_named_by_its_line(
    tmp_path: Path, rows: Sequence[str], complaint: str
) -> None:
    lines(tmp_path / "qrels" / "test.tsv", *rows)
    with pytest.raises(InputError, match=complaint):
        read_judgements(tmp_path, "test")


def test_grades_may_be_negative_and_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    lines(tmp_path / "qrels" / "test.tsv", f"\ufeff{HEADING}\r", "q\td\t-1\r", "q\te\t2\r")
    assert read_judgements(tmp_path, "test").grades == {"q": {"d": -1, "e": 2}}


def test_a_split_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    lines(tmp_path / "qrels" / "train.tsv", HEADING, "q\td\t1")
    lines(tmp_path / "qrels" / "dev.tsv", HEADING, "q\td\t1")
    assert splits(tmp_path) == ["dev", "train"]
    with pytest.raises(InputError, match=r"'test'.*dev, train"):
        read_judgements(tmp_path, "test")


def test_missing_folders_and_files_say_what_a_folder_holds(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"does not exist.*corpus\.jsonl"):
        check_folder(tmp_path / "none")
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(file)
    with pytest.raises(InputError, match=r"corpus\.jsonl does not exist"):
        list(read_corpus(tmp_path))
    with pytest.raises(InputError, match=r"corpus\.jsonl does not exist"):
        corpus_sha256(tmp_path)
    with pytest.raises(InputError, match=r"queries\.jsonl does not exist"):
        read_queries(tmp_path)
    with pytest.raises(InputError, match=r"no judgements for the split 'test'.*qrels"):
        read_judgements(tmp_path, "test")


def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(b'{"_id": "a", "text": "x"}\n{"_id": "\xff"}\n')
    with pytest.raises(InputError, match=r"corpus\.jsonl:2: not UTF-8"):
        list(read_corpus(tmp_path))
