"""The day on which an article was published: where it was found, and how sure that is.

Evidence, best first:

| source | what it is | confidence |
|---|---|---|
| `metadata` | a field, front matter, a meta tag, JSON-LD: stated by the source | high |
| `published_line` | "Published: Jan. 6, 2026" above or below the text | high |
| `dateline` | "PARIS, Jan. 6, 2026 (XYZ) —" | high |
| `url` | `/2026/01/06/` in the article's address | medium |
| `caption` | "… in Paris, Jan. 6, 2026. (XYZ)": the photo's day; the latest of several | medium |
| `age_label` | the page's printed date less the "2 months ago" of its label | low to medium |
| `page_date` | a date alone on a line above the text | medium |
| `page_markup` | a date that htmldate finds marked up somewhere on a page | low |

With an age label a page's own date is the day on which the page was printed or saved, so it is
never taken as it stands. Dates in the running text are events and never taken; nor is a file's
time, nor today. No evidence, no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from index.cleaning.captions import is_caption
from index.cleaning.days import AGE_LABEL, DAY_PATTERN
from index.errors import DateInvalid
from index.records import Confidence, PublishedDate

_HINT = "write it as 2026-01-31"
_MAX_LENGTH = 60
_DAY = re.compile(rf"\b{DAY_PATTERN}(?!\d)", re.IGNORECASE)
_TIME = r"(?:[,\s]+(?:at\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?[A-Z]{2,5})?)?"
_PAGE_DATE = re.compile(rf"{DAY_PATTERN}{_TIME}", re.IGNORECASE)
_PUBLISHED_LINE = re.compile(
    rf"(?:first\s+)?(?:published|posted|date)(?:\s+on|\s+at)?\s*:?\s*(?P<day>{DAY_PATTERN})",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"[A-ZÀ-ÖØ-Þ][\w .'’\-]+(?:,\s[\w .'’\-]+?)?,\s(?P<day>{DAY_PATTERN})"
    r"\s?(?:\([^)]{2,40}\)\s?)?(?:—|–|--|-)\s"
)
_ARCHIVE = re.compile(r"^\s*file\b|\bfile\s+(?:photo|image|picture)|\barchive\b", re.IGNORECASE)
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?:/|-|$)")
_AMBIGUOUS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{4}|\d{2})\b")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_PROSE_WORDS = 12


def parse_day(text: str, *, today: date | None = None) -> date:
    """The day that a person means: `2026-01-31`, `Jan 31, 2026`, `yesterday`, `2 weeks ago`.

    Raises:
        DateInvalid: it names no day, or might be one of two (`01/02/2026`).
    """
    base = today or date.today()  # noqa: DTZ011 - "yesterday" is the user's own, local, yesterday
    relative = _parsed(text, ["relative-time"], base)
    return relative if relative is not None else parse_stated_day(text)


def parse_stated_day(text: str) -> date:
    """The day that a document states, the calendar day as written, whatever its time zone.

    Raises:
        DateInvalid: it names no day, might be one of two, or is relative to an unknown day.
    """
    tidy = " ".join(text.split())
    try:
        return datetime.fromisoformat(tidy).date()
    except ValueError:
        pass
    year_first = _YEAR_FIRST.match(tidy)
    if year_first:
        return _calendar_day(tidy, *map(int, year_first.groups()))
    ambiguous = _AMBIGUOUS.match(tidy)
    if ambiguous and max(map(int, ambiguous.groups())) <= 12 and len(set(ambiguous.groups())) > 1:
        raise DateInvalid(f"{tidy!r} might be one of two days", hint=_HINT)
    day = _parsed(tidy, ["absolute-time"], None)
    if day is None:
        raise _no_day(tidy)
    return day


def _calendar_day(text: str, year: int, month: int, day: int) -> date:
    """The day, in the one order that a number with its year first has."""
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _no_day(text) from error


def _no_day(text: str) -> DateInvalid:
    return DateInvalid(f"{text[:_MAX_LENGTH]!r} is not a day", hint=_HINT)


def find_published(
    text: str, *, stated: PublishedDate | None = None, url: str | None = None
) -> PublishedDate | None:
    """The best evidence of the day of publication, from the text before it is cleaned.

    `stated` is what the source or its markup says; anything but a low-confidence one is final.
    """
    if stated is not None and stated.confidence is Confidence.HIGH:
        return stated
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return (
        _published_line(lines)
        or _dateline(lines)
        or _url_day(url)
        or (stated if stated is not None and stated.source == "caption" else None)
        or caption_date(text)
        or _page_date(_head(lines))
        or stated
    )


def caption_date(text: str) -> PublishedDate | None:
    """The latest day in the captions among the lines of `text`."""
    return latest_day(line for line in map(str.strip, text.split("\n")) if is_caption(line))


def latest_day(captions: Iterable[str]) -> PublishedDate | None:
    """The latest day in photo captions, those of archive photos aside.

    An article is not older than its photos, so the latest is nearest to its publication.
    """
    new = (caption for caption in captions if not _ARCHIVE.search(caption))
    days = [day for caption in new for day in _days_in(caption)]
    return _evidence(max(days, default=None), "caption", Confidence.MEDIUM)


def _published_line(lines: Iterable[str]) -> PublishedDate | None:
    for line in lines:
        match = _PUBLISHED_LINE.match(line)
        if match and len(line) <= 2 * _MAX_LENGTH:
            return _evidence(_absolute(match["day"]), "published_line", Confidence.HIGH)
    return None


def _dateline(lines: Iterable[str]) -> PublishedDate | None:
    for line in lines:
        match = _DATELINE.match(line)
        if match:
            return _evidence(_absolute(match["day"]), "dateline", Confidence.HIGH)
    return None


def _url_day(url: str | None) -> PublishedDate | None:
    match = _URL_DAY.search(url or "")
    if match is None:
        return None
    year, month, day = match.groups()
    name = month if month.isdigit() else f"{month}."
    written = f"{year}-{month:0>2}-{day:0>2}" if month.isdigit() else f"{day} {name} {year}"
    return _evidence(_absolute(written), "url", Confidence.MEDIUM)


def _page_date(head: Iterable[str]) -> PublishedDate | None:
    """The date printed above the text, less the age that a label gives the article."""
    printed: date | None = None
    age: str | None = None
    for line in head:
        label = AGE_LABEL.fullmatch(line)
        if label:
            age = age or label["age"]
        elif printed is None and _PAGE_DATE.fullmatch(line):
            printed = next(iter(_days_in(line)), None)
    if printed is None:
        return None
    if age is None:
        return _evidence(printed, "page_date", Confidence.MEDIUM)
    coarse = any(unit in age.lower() for unit in ("week", "month", "year"))
    day = _parsed(age, ["relative-time"], printed)
    return _evidence(day, "age_label", Confidence.LOW if coarse else Confidence.MEDIUM)


def _head(lines: list[str]) -> list[str]:
    """The lines before the first paragraph of prose."""
    for number, line in enumerate(lines):
        if len(line.split()) >= _PROSE_WORDS and line.rstrip("\"”’')").endswith((".", "!", "?")):
            return lines[:number]
    return lines


def _days_in(line: str) -> list[date]:
    found = (_absolute(match.group()) for match in _DAY.finditer(line))
    return [day for day in found if day is not None]


def _absolute(text: str) -> date | None:
    try:
        return parse_stated_day(text)
    except DateInvalid:
        return None


def _evidence(day: date | None, source: str, confidence: Confidence) -> PublishedDate | None:
    if day is None:
        return None
    return PublishedDate(day=day, source=source, confidence=confidence)


def _parsed(text: str, parsers: list[str], base: date | None) -> date | None:
    """What dateparser makes of a short English text, every part of the date being given."""
    from dateparser import parse

    if len(text) > _MAX_LENGTH:
        return None
    settings: dict[str, object] = {"STRICT_PARSING": True, "PARSERS": parsers}
    if base is not None:
        settings["RELATIVE_BASE"] = datetime.combine(base, time(12))
    found = parse(text, languages=["en"], settings=settings)
    return found.date() if found else None
