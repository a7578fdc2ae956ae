"""What a gold file calls an article."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.gold_sets.articles import ArchiveArticles, KnownArticles
from tests.eval.gold_sets.fakes import MemoryArticles
from tests.index.building import archive_in, ingest, record, text_of


@pytest.fixture
def known() -> KnownArticles:
    held = MemoryArticles()
    held.add("a1", "One.", origin="in/one.txt")
    held.add("a2", "Two.", origin="north/two.txt", url="https://n.example/two")
    held.add("a3", "Two.", origin="south/two.txt")
    held.add("a4", "Rec.", origin="in/all.jsonl:1", url="https://n.example/rec")
    held.add("a5", "Rec.", origin="in/all.jsonl:2")
    held.add("a6", "Old.", origin="up.txt", url="https://n.example/same")
    held.add("a7", "New.", origin="up.txt", url="https://n.example/same")
    return KnownArticles(held)


@pytest.mark.parametrize(
    ("article_id", "name"),
    [
        ("a1", "one.txt"),
        ("a2", "https://n.example/two"),
        ("a3", "south/two.txt"),
        ("a4", "https://n.example/rec"),
        ("a5", "all.jsonl:2"),
        ("a6", "a6"),
    ],
)
def test_an_article_is_called_by_the_first_name_that_is_its_alone(
    known: KnownArticles, article_id: str, name: str
) -> None:
    assert known.reference(article_id) == name
    assert known.resolve(name) == [article_id]


def test_a_text_that_is_gone_is_empty(known: KnownArticles) -> None:
    assert (known.text("a1"), known.text("nobody"), known.resolve("nobody")) == ("One.", "", [])


def test_an_archive_is_listed_to_its_end(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        ingest(archive, *(record(f"n{n}", text_of(n, sentences=1)) for n in range(4)))
        source = ArchiveArticles(archive, name="here")
        ids = [summary.article_id for summary in source.summaries()]
        assert len(set(ids)) == len(ids) == 4
        known = KnownArticles(source)
        assert list(known.summaries) == sorted(ids)
        assert known.name == "here"
        assert {known.text(name) for name in ids} == {text_of(n, sentences=1) for n in range(4)}
        assert source.article_text("nobody") is None


def test_an_empty_archive_has_no_articles() -> None:
    assert KnownArticles(MemoryArticles()).summaries == {}
