"""From documents, and from real files, to articles ready to store."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.errors import SourceRefused
from index.loading.discover import discover
from index.loading.files import load_path
from index.preparation import PreparedArticle, prepare
from index.records import Confidence, SourceDocument
from index.sentences import split_sentences

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "seeds"
SAMPLE = ROOT / "seeds"
LEDE = "The harbour board of Port Ellery met on Monday to vote on the plan of Mayor Ida Moe."
FURNITURE = re.compile(
    r"^EG$|^SD$|advertisement|^By [A-Z]|generated from an automated|monitoring\.$"
    r"|months ago|read also|also read|share this|newsletter|rights reserved|cookie|\((?:R|AFP)\)"
    r"|^with assistance from|November 8, 2025|Agency photo|min read|^Tags",
    re.IGNORECASE | re.MULTILINE,
)


def document(text: str = LEDE, **fields: object) -> SourceDocument:
    return SourceDocument(**({"origin": "a.txt", "text": text} | fields))  # type: ignore[arg-type]


def prepared(folder: Path) -> dict[str, PreparedArticle]:
    found = {}
    for path in discover([str(folder)], recursive=False):
        assert isinstance(path, Path), path
        for loaded in load_path(path):
            assert isinstance(loaded, SourceDocument), loaded
            found[path.name] = prepare(loaded)
    return found


def test_metadata_comes_from_the_text_before_it_is_cleaned() -> None:
    text = (
        "EP\nThe Ellery Post\nSaturday, November 8, 2025\nHarbour Board Puts Off Its Vote\n"
        f"World 2 months ago\nBy Ida Moe\nOSLO — {LEDE}\n- Advertisement -\nIt failed by a vote."
    )
    article = prepare(document(text))
    assert article.title == "Harbour Board Puts Off Its Vote"
    assert article.publisher == "The Ellery Post"
    assert article.authors == ("Ida Moe",)
    assert article.published is not None
    assert article.published.day == date(2025, 9, 8)
    assert article.text == f"OSLO — {LEDE}\n\nIt failed by a vote."


def test_the_publisher_given_overrides_the_one_found() -> None:
    text = f"The Ellery Post\nSaturday, November 8, 2025\nA Vote Put Off\n{LEDE}"
    article = prepare(document(text), publisher="Ellery Post Online")
    assert article.publisher == "Ellery Post Online"
    assert article.text == LEDE


@pytest.mark.parametrize("text", ["", "Advertisement\nShare", "###", "12 345 67", "one two"])
def test_a_text_without_a_sentence_is_refused(text: str) -> None:
    with pytest.raises(SourceRefused, match="no sentence"):
        prepare(document(text))


@pytest.mark.parametrize("title", [None, "The boat left now."])
def test_a_text_of_one_short_sentence_is_taken(title: str | None) -> None:
    article = prepare(document("The boat left now.", title=title))
    assert article.text == article.title == "The boat left now."


def test_identity_is_the_id_then_the_address_then_the_file_then_the_words() -> None:
    url = "https://post.example/ice"
    assert prepare(document(identity="7", url=url)).identity_key == "id::7"
    assert prepare(document(identity="7"), publisher="P").identity_key == "id:P:7"
    assert prepare(document(url=url)).identity_key == "url:post.example/ice"
    placed = replace(document(), place="/archive/a.txt")
    assert prepare(placed).identity_key == "file:/archive/a.txt"
    assert prepare(document()).identity_key.startswith("text::")


@pytest.mark.parametrize(
    "url",
    [
        "http://post.example/ice",
        "https://www.post.example/ice/",
        "https://post.example/ice?utm_source=x&utm_medium=y",
        "https://post.example/ice#comments",
    ],
)
def test_one_page_has_one_identity(url: str) -> None:
    article = prepare(document(url=url))
    assert article.identity_key == "url:post.example/ice"
    assert article.url == url


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/ice", "", None])
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    assert prepare(document(url=url)).url is None


def test_different_pages_have_different_identities() -> None:
    urls = [
        "https://p.example/a?id=1",
        "https://p.example/a?id=2",
        "not a url",
        "https://p.example",
    ]
    assert len({prepare(document(url=url)).identity_key for url in urls}) == len(urls)


def test_a_file_has_one_identity_however_it_is_named() -> None:
    keys = {
        prepare(document(origin=name)).identity_key for name in ("a.txt", "./a.txt", "b/../a.txt")
    }
    assert len(keys) == 1


def test_identity_does_not_hang_on_an_outlet_found_in_the_text() -> None:
    placed = replace(document(), place="/archive/a.txt")
    with_dateline = prepare(replace(placed, text=f"OSLO (Tern24) — {LEDE}"))
    assert with_dateline.publisher == "Tern24"
    assert with_dateline.identity_key == prepare(placed).identity_key


@pytest.mark.skipif(not REAL.is_dir(), reason="the real articles are not here")
def test_the_real_articles_are_clean_and_dated_as_their_evidence_allows() -> None:
    articles = prepared(REAL)
    assert len(articles) == 5
    for article in articles.values():
        assert FURNITURE.search(article.text) is None
        assert len(article.text) > 2500
    days = {
        name[:3]: (article.published.day, article.published.source) if article.published else None
        for name, article in articles.items()
    }
    assert days == {
        "000": None,
        "001": None,
        "002": None,
        "003": (date(2026, 1, 6), "caption"),
        "004": (date(2025, 9, 8), "age_label"),
    }
    outlets = {name[:3]: article.publisher for name, article in articles.items()}
    assert outlets == {
        "000": "Kurdistan24",
        "001": None,
        "002": "Axadle Times",
        "003": "Kurdistan24",
        "004": "The Express Gazette",
    }


@pytest.mark.skipif(not REAL.is_dir(), reason="the real articles are not here")
def test_no_prose_of_the_real_articles_is_lost() -> None:
    articles = prepared(REAL)
    for path in REAL.glob("*.txt"):
        for line in path.read_text("utf-8").split("\n"):
            tidy = " ".join(line.split())
            if len(tidy.split()) > 25:
                assert tidy in articles[path.name].text.split("\n\n")


def test_the_sample_archive_is_clean_and_dated() -> None:
    articles = prepared(SAMPLE)
    assert len(articles) == 10
    for article in articles.values():
        assert FURNITURE.search(article.text) is None
        assert article.publisher
        assert split_sentences(article.text)
    days = {
        (article.published.day, article.published.source, article.published.confidence)
        for article in articles.values()
        if article.published
    }
    assert days == {
        (date(2026, 1, 6), "caption", Confidence.MEDIUM),
        (date(2026, 1, 6), "metadata", Confidence.HIGH),
        (date(2025, 9, 8), "age_label", Confidence.LOW),
        (date(2026, 1, 12), "metadata", Confidence.HIGH),
        (date(2026, 1, 12), "page_date", Confidence.MEDIUM),
        (date(2026, 1, 20), "metadata", Confidence.HIGH),
        (date(2026, 2, 10), "dateline", Confidence.HIGH),
    }


def test_records_without_name_or_place_are_told_apart_by_their_words() -> None:
    first = SourceDocument(origin="api:1", text="The ferry sails at nine. Dogs travel free.")
    second = SourceDocument(
        origin="api:1", text="The library shuts on Monday. It is being painted."
    )
    assert prepare(first).identity_key != prepare(second).identity_key
    assert prepare(first).identity_key == prepare(replace(first, origin="api:7")).identity_key


def test_a_file_keeps_its_identity_under_another_publisher_or_text() -> None:
    document = SourceDocument(
        origin="ferry.txt", place="/archive/ferry.txt", text="The ferry sails at nine."
    )
    changed = replace(document, text="The ferry sails at ten now.")
    assert prepare(document).identity_key == prepare(changed, publisher="Skerry Post").identity_key
