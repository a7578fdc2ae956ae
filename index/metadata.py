"""Title, outlet, authors and date of an article, from its text before it is cleaned.

What the source states is taken as it is. The rest is read from the text where it shows itself
(a masthead, a dateline, a byline) and left open where it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.cleaning import captions, heads, lines
from index.dates import find_published
from index.records import PublishedDate, SourceDocument
from index.sentences import DATELINE, iterate_sentences

_TITLE_WORDS = range(3, 31)
_MASTHEAD_WORDS = 6
_STAND_IN_LENGTH = 100
_AGENCY = re.compile(r"\(([^()]{2,40})\)\s?(?:—|–|--|-)\s+$")
_BETWEEN_NAMES = re.compile(r",?\s(?:and|&)\s|,\s")
_OFFICE = re.compile(
    r"\b(?:correspondent|reporter|editor|writer|staff|bureau|chief|analyst|columnist|contributor"
    r"|desk|press|news|agency|times|post)$",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"the", "of", "and", "a", "&"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known about an article beside its text."""

    title: str
    headline: str | None
    """The title where the source or the text has one; None where it is the first sentence."""
    publisher: str | None
    authors: tuple[str, ...]
    published: PublishedDate | None


def describe(document: SourceDocument) -> Description:
    """The document's own fields, completed from its text.

    The title of a text without one is its first sentence, shortened.
    """
    rows = [" ".join(line.split()) for line in document.text.split("\n")]
    rows = [line for line in rows if line]
    head = _head(rows)
    masthead = _masthead(head)
    headline = document.title or _headline(head, masthead)
    return Description(
        title=" ".join((headline or _stand_in(document.text)).split()),
        headline=headline,
        publisher=document.publisher or masthead or _dateline_agency(rows) or _tail_name(rows),
        authors=document.authors or _authors(rows),
        published=find_published(document.text, stated=document.published, url=document.url),
    )


def _head(rows: list[str]) -> list[str]:
    """The rows above the first paragraph of prose."""
    end = next((at for at, line in enumerate(rows) if lines.is_prose(line)), len(rows))
    return rows[:end]


def _masthead(head: list[str]) -> str | None:
    """The outlet's name above the text: under its initials, above the date, or in a trail."""
    for at, line in enumerate(head):
        if heads.is_trail(line):
            names = [part for part in heads.trail_parts(line) if _is_outlet(part)]
            if len(names) == 1:
                return names[0]
        if not _is_outlet(line):
            continue
        initialled = at > 0 and heads.is_initials(head[at - 1])
        dated = at + 1 < len(head) and heads.is_page_date(head[at + 1])
        if dated or (initialled and _initials(line) == head[at - 1]):
            return line
    return None


def _is_outlet(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= _MASTHEAD_WORDS
        and not (heads.is_section(text) or lines.is_furniture(text))
        and not (heads.is_page_date(text) or heads.is_initials(text))
        and all(word[0].isupper() or word.lower() in _SMALL_WORDS for word in words)
    )


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word.lower() not in _SMALL_WORDS).upper()


def _headline(head: list[str], masthead: str | None) -> str | None:
    """The first line above the text that reads like a headline."""
    for line in head:
        if line == masthead or lines.is_furniture(line) or heads.is_head_furniture(line):
            continue
        if captions.is_caption(line) or DATELINE.match(line):
            continue
        if len(line.split()) in _TITLE_WORDS and not line.endswith((".", ":", ";", ",")):
            return line
    return None


def _stand_in(text: str) -> str:
    """The first sentence of the prose, cut at a word where it is long."""
    words = ""
    for start, end in iterate_sentences(text):
        sentence = " ".join(text[start:end].split())
        words = words or sentence
        if lines.is_prose(sentence):
            words = sentence
            break
    if len(words) <= _STAND_IN_LENGTH:
        return words
    return words[:_STAND_IN_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _dateline_agency(rows: list[str]) -> str | None:
    """The outlet or agency that a dateline names in brackets."""
    for line in rows:
        dateline = DATELINE.match(line)
        agency = _AGENCY.search(dateline.group()) if dateline else None
        if agency:
            return agency.group(1)
    return None


def _tail_name(rows: list[str]) -> str | None:
    found = (lines.monitoring_name(line) for line in reversed(rows[-3:]))
    return next((name for name in found if name), None)


def _authors(rows: list[str]) -> tuple[str, ...]:
    for line in rows:
        names = lines.byline_names(line)
        if names:
            people = _BETWEEN_NAMES.split(names)
            return tuple(name for name in people if name and not _OFFICE.search(name))
    return ()
