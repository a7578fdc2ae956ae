"""Saved web pages (`.html`, `.htm`): trafilatura finds the article, htmldate its date."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from index.dates import latest_day
from index.errors import SourceRefused
from index.loading.base import Loaded
from index.loading.decode import decode, normalise
from index.records import Confidence, PublishedDate, Refusal, SourceDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_MIN_WORDS = 20
_WALL_WORDS = 150
_WALL_SIGNS = 2
_WALL = re.compile(
    r"\bcookies?\b|\bconsent\b|\bprivacy (?:policy|settings|choices)\b|\baccept all\b"
    r"|\breject all\b|\bpersonal data\b|\bour partners\b|\benable javascript\b"
    r"|\bare you a robot\b|\bverify (?:that )?you are (?:a )?human\b|\baccess denied\b"
    r"|\bturn off your ad ?blocker\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"modif|updated|copyright", re.IGNORECASE)


class HtmlLoader:
    """Reads a saved web page as one article."""

    suffixes = frozenset({".html", ".htm", ".xhtml"})
    streamed = False

    def load(self, stream: BinaryIO, *, origin: str) -> Iterator[Loaded]:
        """The page's article, or the reason why there is none."""
        try:
            yield read_page(decode(stream.read()), origin=origin)
        except SourceRefused as refused:
            yield Refusal(origin=origin, reason=str(refused))


def read_page(markup: str, *, origin: str, url: str | None = None) -> SourceDocument:
    """The article of a page, with what its markup says about it.

    Raises:
        SourceRefused: the page holds no article.
    """
    _import_trafilatura()
    from trafilatura.utils import load_html

    tree = load_html(markup)
    if tree is None:
        raise SourceRefused("it is not an HTML page", hint="save the page again, as HTML")
    found = _extracted(markup, url)
    text = normalise((found.text if found else None) or "")
    _refuse_walls(text or tree.text_content())
    if found is None or len(text.split()) < _MIN_WORDS:
        raise SourceRefused(
            "no article text was found on the page",
            hint="save the article's own page after it has loaded, or save its text as .txt",
        )
    return SourceDocument(
        origin=origin,
        text=text,
        url=url or found.url,
        title=found.title or None,
        publisher=found.sitename or None,
        authors=tuple(name.strip() for name in (found.author or "").split(";") if name.strip()),
        published=_published(tree),
    )


def _import_trafilatura() -> None:
    """Import it without its complaint: it looks for SOCKS support, and Quoth fetches nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SOCKS support in urllib3")
        importlib.import_module("trafilatura")


def _extracted(markup: str, url: str | None) -> Document | None:
    """What trafilatura makes of the page."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(
        markup,
        url=url,
        with_metadata=True,
        include_comments=False,
        favor_precision=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    return found if isinstance(found, Document) else None


def _refuse_walls(text: str) -> None:
    """Raise where the text is a consent page or a check for robots, not an article."""
    signs = {match.group().lower() for match in _WALL.finditer(text)}
    if len(signs) >= _WALL_SIGNS and len(text.split()) < _WALL_WORDS:
        raise SourceRefused(
            "the page shows only a cookie or consent notice, no article",
            hint="accept or dismiss the notice in the browser, then save the page again",
        )


def _published(tree: HtmlElement) -> PublishedDate | None:
    """From meta tags and JSON-LD; else from photo captions; else from marked-up dates."""
    day = _date_in(_statements(tree))
    if day is not None:
        return PublishedDate(day=day, source="metadata", confidence=Confidence.HIGH)
    captions = (" ".join(element.text_content().split()) for element in tree.iter("figcaption"))
    shot = latest_day(captions)
    if shot is not None:
        return shot
    day = _date_in(tree)
    if day is None:
        return None
    return PublishedDate(day=day, source="page_markup", confidence=Confidence.LOW)


def _statements(tree: HtmlElement) -> HtmlElement:
    """A page with only those meta tags and JSON-LD blocks that may state the first publication."""
    from lxml.html import document_fromstring

    page: HtmlElement = document_fromstring("<html><head></head><body></body></html>")
    for element in tree.iter("meta"):
        if not _LATER.search(" ".join(element.attrib.values())):
            page.head.append(deepcopy(element))
    for element in tree.iterfind(".//script[@type='application/ld+json']"):
        page.head.append(deepcopy(element))
    return page


def _date_in(tree: HtmlElement) -> date | None:
    """The date of publication as htmldate reads it from the markup, without guessing from text."""
    from htmldate import find_date

    found = find_date(tree, extensive_search=False, original_date=True)
    return date.fromisoformat(found) if found else None
