"""Article records: JSON lines and JSON."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import BinaryIO, cast

import pytest

from index.loading.base import Loaded, LoadLimits
from index.loading.records import JsonLinesLoader, JsonLoader, holds_only_gold
from index.records import Refusal, SourceDocument

TEXT = "The ferry has been stuck since Sunday. Nobody expects it to move."
GOLD = json.dumps({"id": "g-1", "question": "Who?", "answerable": True, "answers": ["Ida"]})


def lines(*rows: object, limits: LoadLimits | None = None) -> list[Loaded]:
    data = b"\n".join(
        row
        if isinstance(row, bytes)
        else (row if isinstance(row, str) else json.dumps(row)).encode()
        for row in rows
    )
    loader = JsonLinesLoader(limits or LoadLimits())
    return list(loader.load(io.BytesIO(data), origin="a.jsonl"))


def whole(content: str) -> list[Loaded]:
    return list(JsonLoader(LoadLimits()).load(io.BytesIO(content.encode()), origin="a.json"))


def the_refusal(loaded: list[Loaded]) -> Refusal:
    (refusal,) = loaded
    assert isinstance(refusal, Refusal)
    assert "\n" not in refusal.reason
    return refusal


def the_document(loaded: list[Loaded]) -> SourceDocument:
    (document,) = loaded
    assert isinstance(document, SourceDocument)
    return document


def test_every_field() -> None:
    document = the_document(
        lines(
            {
                "id": 7,
                "url": "https://post.example/ice",
                "title": " Ice  holds ",
                "text": TEXT,
                "publisher": "Ellery Post",
                "authors": ["Ida Moe", {"name": "Tor Eide"}],
                "published_at": "2026-01-06T23:00:00-05:00",
            }
        )
    )
    assert document.identity == "7"
    assert document.title == "Ice holds"
    assert document.text == TEXT
    assert document.authors == ("Ida Moe", "Tor Eide")
    assert document.published is not None
    assert document.published.day == date(2026, 1, 6)
    assert document.origin == "a.jsonl:1"


def test_the_same_under_other_names() -> None:
    document = the_document(
        lines(
            {
                "_id": "x",
                "link": "https://post.example/ice",
                "headline": "Ice",
                "body": TEXT,
                "source": {"name": "Ellery Post"},
                "author": "By Ida Moe and Tor Eide",
                "publish_date": "January 6, 2026",
            }
        )
    )
    assert document.identity == "x"
    assert document.publisher == "Ellery Post"
    assert document.authors == ("Ida Moe", "Tor Eide")
    assert document.published is not None


def test_nothing_but_text() -> None:
    document = the_document(lines({"text": TEXT, "published_at": "", "authors": None}))
    assert document == SourceDocument(origin="a.jsonl:1", text=TEXT)


def test_html_instead_of_text() -> None:
    body = "".join(f"<p>{TEXT} Paragraph {word} adds a few words.</p>" for word in ("one", "two"))
    html = f"<html><body><article><h1>Ice</h1>{body * 2}</article></body></html>"
    document = the_document(lines({"html": html, "title": "Stated", "url": "https://p.example/1"}))
    assert document.title == "Stated"
    assert document.url == "https://p.example/1"
    assert "stuck since Sunday" in document.text
    assert "<p>" not in document.text


def test_a_broken_line_in_the_middle_costs_only_itself() -> None:
    loaded = lines({"text": TEXT}, '{"text": "cut off', "", {"text": TEXT})
    assert [item.origin for item in loaded] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:4"]
    assert [isinstance(item, Refusal) for item in loaded] == [False, True, False]
    assert isinstance(loaded[1], Refusal)
    assert "JSON" in loaded[1].reason


def test_broken_lines_before_the_first_article_are_still_listed() -> None:
    loaded = lines("{", "[", {"text": TEXT})
    assert [item.origin for item in loaded] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"title": "Only a title"}, "text"),
        ({"text": 5}, "text"),
        ({"text": TEXT, "published_at": "yesterday-ish"}, "2026-01-31"),
        ({"text": TEXT, "published_at": "01/02/2026"}, "two days"),
        ({"text": TEXT, "published_at": ["2026"]}, "2026-01-31"),
        ({"text": TEXT, "title": ["a"]}, "title"),
        ({"html": "<html></html>"}, "article"),
        ([1], "object"),
        ("nonsense", "JSON"),
        ("[" * 100_000, "JSON"),
        (b"\xff\xfe{\x00}\x00", "save it again as UTF-8"),
        (b"\x1f\x8b\x08\x00zzzz", "gzip"),
    ],
)
def test_a_wrong_record_is_refused_with_the_reason(row: object, word: str) -> None:
    assert word in the_refusal(lines(row)).reason


def test_gold_questions_are_refused_once() -> None:
    refusal = the_refusal(lines(GOLD, GOLD, GOLD, GOLD))
    assert refusal.origin == "a.jsonl"
    assert "looks like gold questions, not articles" in refusal.reason


def test_a_gold_question_among_articles_is_refused_alone() -> None:
    loaded = lines(GOLD, {"text": TEXT}, GOLD)
    assert [isinstance(item, Refusal) for item in loaded] == [True, False, True]


def test_a_file_of_no_json_at_all_is_refused_once() -> None:
    refusal = the_refusal(lines(*["plain words"] * 50))
    assert refusal.origin == "a.jsonl"
    assert "none of its 50 lines" in refusal.reason


def test_an_empty_file_is_refused() -> None:
    assert "no articles" in the_refusal(lines("", "  ", "")).reason


def test_a_line_that_is_too_long_costs_only_itself() -> None:
    long = {"text": TEXT * 100_000}
    loaded = lines({"text": TEXT}, long, {"text": TEXT}, limits=LoadLimits(max_line_bytes=1024**2))
    assert [isinstance(item, Refusal) for item in loaded] == [False, True, False]
    assert isinstance(loaded[1], Refusal)
    assert "1 MiB" in loaded[1].reason


def test_a_byte_order_mark_and_a_latin_1_line() -> None:
    marked = b"\xef\xbb\xbf" + json.dumps({"text": TEXT}).encode()
    latin = json.dumps({"text": f"{TEXT} Zoë paid."}, ensure_ascii=False).encode("latin-1")
    loaded = lines(marked, latin)
    assert all(isinstance(item, SourceDocument) for item in loaded)
    assert isinstance(loaded[1], SourceDocument)
    assert "Zoë" in loaded[1].text


def test_lone_surrogates_do_not_get_through() -> None:
    document = the_document(lines('{"text": "' + TEXT + ' \\ud800", "title": "a\\udc00"}'))
    (document.text + (document.title or "")).encode("utf-8")


def test_lines_are_read_as_they_are_asked_for() -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002 - as the base
            return json.dumps({"text": TEXT}).encode() + b"\n"

    stream = cast("BinaryIO", Endless())
    endless = JsonLinesLoader(LoadLimits()).load(stream, origin="a.jsonl")
    for number in range(1, 4):
        assert next(endless).origin == f"a.jsonl:{number}"


def test_json_holds_one_article_or_a_list() -> None:
    assert the_document(whole(json.dumps({"text": TEXT}))).origin == "a.json"
    listed = whole(json.dumps([{"text": TEXT}, {"title": "x"}, {"text": TEXT}], indent=2))
    assert [item.origin for item in listed] == ["a.json:1", "a.json:2", "a.json:3"]
    assert [isinstance(item, Refusal) for item in listed] == [False, True, False]


def test_json_lines_under_the_wrong_name() -> None:
    content = "\n".join([json.dumps({"text": TEXT})] * 2)
    assert all(isinstance(item, SourceDocument) for item in whole(content))


@pytest.mark.parametrize("content", ["{", "", "[]", "3", '"text"', "null", f"[{GOLD}]"])
def test_wrong_json_is_refused_once(content: str) -> None:
    the_refusal(whole(content))


def test_only_a_file_of_gold_questions_holds_only_gold() -> None:
    article = json.dumps({"text": TEXT})
    for content, only in ((f"{GOLD}\n{GOLD}\n", True), (f"{GOLD}\n{article}", False), ("", False)):
        assert holds_only_gold(io.BytesIO(content.encode())) is only
