"""Named fields, of a JSON record or of front matter, to a document.

| field | also known as |
|---|---|
| `id` | `_id`, `article_id`, `guid` |
| `url` | `link`, `canonical_url` |
| `title` | `headline` |
| `text` | `body`, `content`, `article`, `maintext` |
| `html` | `raw_html`, `content_html` |
| `publisher` | `source`, `outlet`, `site_name`, `sitename` |
| `authors` | `author`, `byline` |
| `published_at` | `publish_date`, `published`, `date_published`, `datePublished`, `pubDate`, |
| | `date` |

The first name that holds something wins. Other fields are ignored. `authors` is a list of names
or one string; `publisher` and each author may also be an object with a `name`, as in JSON-LD.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from index.dates import parse_stated_day
from index.errors import DateInvalid, SourceRefused
from index.loading.decode import normalise
from index.records import Confidence, PublishedDate, SourceDocument

_NAMES = {
    "id": ("id", "_id", "article_id", "guid"),
    "url": ("url", "link", "canonical_url"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content", "article", "maintext"),
    "html": ("html", "raw_html", "content_html"),
    "publisher": ("publisher", "source", "outlet", "site_name", "sitename"),
    "authors": ("authors", "author", "byline"),
    "published_at": (
        "published_at",
        "publish_date",
        "published",
        "date_published",
        "datePublished",
        "pubDate",
        "date",
    ),
}
_BETWEEN_AUTHORS = re.compile(r"\s*(?:;|,|\band\b|&)\s*")
_BY = re.compile(r"^by\s+", re.IGNORECASE)


def field(fields: Mapping[str, Any], name: str) -> Any:
    """The value of the field under the first of its names that holds something, else None."""
    for alias in _NAMES[name]:
        value = fields.get(alias)
        if value not in (None, "", [], {}):
            return value
    return None


def document_from(fields: Mapping[str, Any], *, text: str, origin: str) -> SourceDocument:
    """The document that `text` and its named fields make.

    Raises:
        SourceRefused: a field holds what it cannot hold.
    """
    return SourceDocument(
        origin=origin,
        text=text,
        identity=_words(fields, "id"),
        url=_words(fields, "url"),
        title=_words(fields, "title"),
        publisher=_words(fields, "publisher"),
        authors=_authors(field(fields, "authors")),
        published=_published(field(fields, "published_at")),
    )


def _words(fields: Mapping[str, Any], name: str) -> str | None:
    """A field's value as one line of text."""
    value = _named(field(fields, name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceRefused(f"its {name} is not text but {value!r:.60}", hint="put it in quotes")
    return " ".join(normalise(str(value)).split()) or None


def _named(value: Any) -> Any:
    """The `name` of an object, anything else as it is."""
    return value["name"] if isinstance(value, Mapping) and "name" in value else value


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = _BETWEEN_AUTHORS.split(_BY.sub("", value))
    elif isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list):
        return ()
    names = (_named(entry) for entry in value)
    tidy = (" ".join(_BY.sub("", name).split()) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in tidy if name))


def _published(value: Any) -> PublishedDate | None:
    if value is None:
        return None
    try:
        day = parse_stated_day(str(value))
    except DateInvalid as invalid:
        raise SourceRefused(
            f"its date of publication is not one: {invalid.message}", hint=invalid.hint
        ) from invalid
    return PublishedDate(day=day, source="metadata", confidence=Confidence.HIGH)
