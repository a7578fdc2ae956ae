"""What a gold set is made of, and what of the archive it touches."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from eval.gold import GoldQuestion, load_gold
from eval.gold_sets.articles import KnownArticles
from eval.gold_sets.coverage import coverage
from eval.gold_sets.tables import coverage_document, print_coverage
from tests.eval.gold_sets.fakes import MemoryArticles, line, unanswerable, write


@pytest.fixture
def known() -> KnownArticles:
    held = MemoryArticles()
    held.add("a1", "", origin="mill.txt", day=date(2026, 1, 6))
    held.add("a2", "", origin="fire.txt", day=date(2025, 12, 31), publisher="Echo [b]")
    held.add("a3", "", origin="old.txt", publisher=None)
    held.add("a4", "", origin="new.txt", day=date(2026, 1, 9))
    return KnownArticles(held)


@pytest.fixture
def questions(tmp_path: Path) -> list[GoldQuestion]:
    both = [{"article": name, "quote": "x 1901"} for name in ("mill.txt", "fire.txt", "fire.txt")]
    said = [{"role": "user", "content": "Of the mill."}]
    return load_gold(
        write(
            tmp_path,
            line("q1", tags=["date", "mill"], conversation=said),
            line("q2", question="How many mills burned?", evidence=both, tags=["mill"]),
            line("q3", evidence=[{"article": "none.txt", "quote": "x 1901"}], as_of="2026-02-01"),
            unanswerable("q4") | {"tags": ["far", "mill"]},
        )
    )


def test_counts_are_of_questions(questions: list[GoldQuestion], known: KnownArticles) -> None:
    found = coverage(questions, known)
    assert (found.questions, found.answerable, found.unanswerable) == (4, 3, 1)
    assert (found.with_as_of, found.with_conversation) == (1, 1)
    assert list(found.by_tag.items()) == [("mill", (3, 2)), ("date", (1, 1)), ("far", (1, 0))]
    assert list(found.by_kind.items()) == [("date", (2, 2)), ("count", (1, 1)), ("person", (1, 0))]
    assert found.words == {"least": 3, "median": 6.0, "mean": 5.75, "most": 8}
    assert found.evidence == {1: 2, 3: 1}


def test_the_archives_share_is_of_articles(
    questions: list[GoldQuestion], known: KnownArticles
) -> None:
    found = coverage(questions, known).archive
    assert found is not None
    assert (found.archive, found.articles, found.touched, found.unknown) == ("memory", 4, 2, 1)
    assert found.share == 0.5
    assert list(found.by_publisher.items()) == [
        ("Skerry Post", (2, 2)),
        ("Echo [b]", (1, 1)),
        ("unnamed", (0, 1)),
    ]
    assert list(found.by_month.items()) == [
        ("2025-12", (1, 1)),
        ("2026-01", (2, 2)),
        ("undated", (0, 1)),
    ]


def test_without_an_archive_nothing_is_said_of_one(questions: list[GoldQuestion]) -> None:
    assert coverage(questions, None).archive is None


def test_an_empty_archive_has_no_share(questions: list[GoldQuestion]) -> None:
    found = coverage(questions, KnownArticles(MemoryArticles())).archive
    assert found is not None
    assert (found.share, found.touched, found.unknown) == (None, 0, 5)


def test_no_questions_have_no_length() -> None:
    found = coverage([], None)
    assert (found.questions, found.words, found.evidence) == (0, {}, {})


def test_order_does_not_matter(questions: list[GoldQuestion], known: KnownArticles) -> None:
    assert coverage(questions[::-1], known) == coverage(questions, known)


def test_it_is_json_with_names(questions: list[GoldQuestion], known: KnownArticles) -> None:
    document = json.loads(json.dumps(coverage_document(coverage(questions, known))))
    assert document["by_tag"]["mill"] == {"questions": 3, "answerable": 2}
    assert document["archive"]["by_month"]["2026-01"] == {"questions": 2, "articles": 2}
    assert document["evidence"] == {"1": 2, "3": 1}
    assert coverage_document(coverage(questions, None))["archive"] is None


def test_it_is_printed_as_tables(questions: list[GoldQuestion], known: KnownArticles) -> None:
    said = StringIO()
    print_coverage(coverage(questions, known), Console(file=said, width=80))
    text = said.getvalue()
    for part in ("4 questions: 3 answerable", "2 of 4 articles are quoted (50.0%)", "Echo [b]"):
        assert part in text
    assert "articles that the archive does not hold: 1" in text
