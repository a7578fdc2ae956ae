"""Markdown files: words without markup, front matter as metadata."""

from __future__ import annotations

import io
from datetime import date

import pytest

from index.loading.markdown import MarkdownLoader, plain_text
from index.records import Confidence, PublishedDate, Refusal, SourceDocument

ARTICLE = """\
---
title: "Ice holds the ferry: day 3"
publisher: Ellery Post
authors: [Ida Moe, Tor Eide]
date: 2026-01-06T23:48:00-05:00
url: https://post.example/ice
tags: [ice]
---

# Ice holds the ferry

The *ferry* has been [stuck](https://post.example/stuck) since **Sunday**,
its owner said.

> A quoted line.

- first `item`
- second item

![A photo](x.jpg)
"""


def load(text: str) -> SourceDocument | Refusal:
    (loaded,) = MarkdownLoader().load(io.BytesIO(text.encode()), origin="a.md")
    return loaded


def test_front_matter_and_plain_words() -> None:
    assert load(ARTICLE) == SourceDocument(
        origin="a.md",
        text="Ice holds the ferry\n\nThe ferry has been stuck since Sunday, its owner said.\n\n"
        "A quoted line.\n\nfirst item\n\nsecond item",
        url="https://post.example/ice",
        title="Ice holds the ferry: day 3",
        publisher="Ellery Post",
        authors=("Ida Moe", "Tor Eide"),
        published=PublishedDate(
            day=date(2026, 1, 6), source="metadata", confidence=Confidence.HIGH
        ),
    )


def test_no_front_matter() -> None:
    loaded = load("# Title\n\nText.\n\n---\n\nMore.")
    assert isinstance(loaded, SourceDocument)
    assert loaded.text == "Title\n\nText.\n\nMore."
    assert loaded.title is None


def test_an_unclosed_front_matter_is_text() -> None:
    loaded = load("---\nThe ferry left on time.\n")
    assert isinstance(loaded, SourceDocument)
    assert "The ferry left on time." in loaded.text


@pytest.mark.parametrize(
    ("front", "word"),
    [
        ("title: [unclosed", "YAML"),
        ("date: yesterday-ish", "yesterday-ish"),
        ("date: 01/02/2026", "2026-01-31"),
        ("title: {a: b}", "title"),
        ("[" * 20_000, "YAML"),
    ],
)
def test_wrong_front_matter_is_refused_with_the_reason(front: str, word: str) -> None:
    loaded = load(f"---\n{front}\n---\n\nThe ferry left on time.\n")
    assert isinstance(loaded, Refusal)
    assert word in loaded.reason
    assert "\n" not in loaded.reason


def test_tables_code_and_html_leave_no_markup() -> None:
    text = plain_text("| a | b |\n|---|---|\n| c | d |\n\n<div>raw</div>\n\n    code\n\nEnd.\\*")
    assert text == "a\n\nb\n\nc\n\nd\n\nEnd.*"
