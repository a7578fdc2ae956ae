"""From a document as loaded to an article ready to be cut into passages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from index.cleaning import clean
from index.errors import SourceRefused
from index.metadata import describe
from index.records import PublishedDate, SourceDocument
from index.sentences import iterate_sentences

_MIN_SENTENCE_WORDS = 3
_THREE_WORDS = re.compile(r"(?:^|\s)[^\W\d_]{2,} [^\W\d_]{2,} [^\W\d_]{2,}(?:[\s,.!?]|$)")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedArticle:
    """A cleaned article with its metadata, not yet stored."""

    origin: str
    identity_key: str
    """The same for every version of an article, different for different articles."""
    title: str
    text: str
    """One paragraph per line, a blank line between paragraphs."""
    publisher: str | None
    authors: tuple[str, ...]
    url: str | None
    """An http(s) address, fit to be a link; None for any other."""
    published: PublishedDate | None


def prepare(document: SourceDocument, *, publisher: str | None = None) -> PreparedArticle:
    """The article that a document holds; `publisher` overrides what the document says.

    Raises:
        SourceRefused: nothing that could be quoted is left.
    """
    found = describe(document)
    names = [name for name in (found.headline, found.publisher, publisher) if name]
    text = clean(document.text, names=names)
    if not _has_sentence(text):
        text = clean(document.text)  # a headline may be all that there is
    if not _has_sentence(text):
        raise SourceRefused(
            "it holds no sentence of text", hint="give it the article's own text, in sentences"
        )
    outlet = publisher or found.publisher
    return PreparedArticle(
        origin=document.origin,
        identity_key=_identity_key(document, publisher or document.publisher or "", text),
        title=found.title,
        text=text,
        publisher=outlet,
        authors=found.authors,
        url=document.url if _WEB_ADDRESS.match(document.url or "") else None,
        published=found.published,
    )


def _has_sentence(text: str) -> bool:
    if _THREE_WORDS.search(text):
        return True  # nothing stands between them at which a sentence could end
    for start, end in iterate_sentences(text):
        words = [word for word in text[start:end].split() if any(map(str.isalpha, word))]
        if len(words) >= _MIN_SENTENCE_WORDS:
            return True
    return False


def _identity_key(document: SourceDocument, publisher: str, text: str) -> str:
    """The source's own identifier; else its address; else the place of the file; else its words,
    so that articles which nothing tells apart but their text never supersede one another.

    `publisher` is the stated one, since the one found in a text may change with the text.
    """
    if document.identity:
        return f"id:{publisher}:{document.identity}"
    if document.url:
        return f"url:{_canonical(document.url)}"
    if document.place:
        return f"file:{document.place}"
    return f"text:{publisher}:{hashlib.sha256(text.encode()).hexdigest()}"


def _canonical(url: str) -> str:
    """The address without scheme, tracking parameters, fragment and final slash."""
    from courlan import normalize_url

    try:
        tidy = str(normalize_url(url, strict=False))
    except ValueError:
        tidy = url
    return tidy.split("#", 1)[0].split("://", 1)[-1].removeprefix("www.").rstrip("/")
