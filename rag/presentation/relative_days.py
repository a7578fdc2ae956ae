"""Which day "on Tuesday" or "next month" is, by the day on which an article was published.

| words | read as | left alone where |
|---|---|---|
| `yesterday`, `last night`, `tomorrow` | the day beside it | |
| `today`, `tonight` | that day | the present tense may mean these days |
| `Tuesday`, past | the last one, or that day | the next day would do as well |
| `Tuesday`, future | the next one | |
| `Tuesday`, otherwise | | always: no verb tells which |
| `last`, `next`, `this Tuesday` | that of the week named | two readings differ |
| `last`, `this`, `next week` | that from Monday | published on a Sunday |
| `last`, `this`, `next month`, `year` | the calendar's | "the last year" |
| `over the weekend`, past | the one before | published on it |
| `three days ago` | counted | "some three days ago" |

Nothing inside quotation marks is read: the article was published when its words were written, not
when they were spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.presentation.tense import Tense, tense_at
from rag.reading.terms import NUMBER_WORDS, STOP_WORDS
from rag.records import Gloss

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_PART = r"(?: (?:morning|afternoon|evening|night))?"
_MONTH = rf"(?:{'|'.join(m[:3] for m in _MONTHS)})[a-z]*\.?"
_EXPRESSION = re.compile(
    rf"\b(?:(?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow){_PART}"
    rf"|(?P<night>[Ll]ast night)"
    rf"|(?P<which>[Ll]ast|[Nn]ext|[Tt]his) (?:(?P<day>{_WEEKDAY}){_PART}"
    r"|(?P<unit>week|month|year)|(?P<weekend>weekend))"
    rf"|(?P<bare>{_WEEKDAY}){_PART}"
    r"|(?P<over>[Oo]ver|[Aa]t|[Oo]n|[Dd]uring) the weekend"
    r"|(?P<count>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) days? ago)"
    r"(?![\w-])(?!['’]s?\b)"
)
_QUOTATION = re.compile(r"“[^”]*”?|\"[^\"]*\"?|^[^“]*”|^[^\"]*\"$")
"""Also one that began in a sentence before."""
_HABIT_BEFORE = re.compile(
    r"\b(?:every|each|a|an|the|one|any|most|some|that|previous|following|between|to|than|about|around"
    r"|roughly|nearly|almost|over|first|second|third|fourth|last|next|Black|Good|Ash|Super"
    r"|Bloody|Cyber|Palm|Easter|Holy|Shrove|Maundy|Whit|Boxing) $"
    rf"|\b{_WEEKDAY}(?:,| and| or| to|–|-) ?$",
    re.IGNORECASE,
)
_DATED_BEHIND = re.compile(
    rf",? (?:\(?{_MONTH} \d|\(?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}|\d{{4}}\b|week\b"
    rf"|last week|of (?:last|that|the)\b|next week|fortnight)|(?:,| and| or| to|–|-) ?{_WEEKDAY}\b"
    r"| (?:[A-Z]\w+)|\s?\["
)
_ON = re.compile(r"\b(?:on|late|early) $", re.IGNORECASE)
_NEXT_WORD = re.compile(r" ([a-z]+)")
_THE_BEFORE = re.compile(r"\b(?:the|that|these|those|this|of|than|as of) $", re.IGNORECASE)
_VAGUE_COUNT = re.compile(r"\b(?:about|some|around|roughly|nearly|almost|than|under|over|only) $")
_SUNDAY = 6


def relative_days(sentence: str, published: date) -> list[Gloss]:
    """A gloss behind each expression of time whose day is certain, in order, by offsets into the
    sentence."""
    quotations = [match.span() for match in _QUOTATION.finditer(sentence)]
    return [
        Gloss(at=match.end(), text=meant)
        for match in _EXPRESSION.finditer(sentence)
        if not any(start <= match.start() < end for start, end in quotations)
        if match.start() == 0 or match.group()[0].islower() or match["bare"]  # not "USA Today"
        for meant in _meanings(sentence, match, published)
    ]


def in_words(day: date) -> str:
    """The day as "6 January 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _meanings(sentence: str, match: re.Match[str], published: date) -> Iterator[str]:
    """What the expression means, or nothing."""
    before = sentence[: match.start()]
    tense = tense_at(sentence, match.start(), match.end())
    found: date | str | None = None
    if match["bare"]:
        found = _weekday(sentence, match, published, tense)
    elif match["near"]:
        found = _near(match["near"].lower(), before, published, tense)
    elif match["night"]:
        found = published - timedelta(days=1)
    elif match["day"]:
        found = _weekday_of(match["which"].lower(), match["day"], published, tense)
    elif match["unit"]:
        found = _period(match["which"].lower(), match["unit"], before, published)
    elif match["weekend"] or match["over"]:
        found = _weekend((match["which"] or "over").lower(), published, tense)
    elif not _VAGUE_COUNT.search(before):
        count = match["count"]
        found = published - timedelta(days=int(NUMBER_WORDS.get(count, count)))
    if found is not None:
        yield in_words(found) if isinstance(found, date) else found


def _near(word: str, before: str, published: date, tense: Tense | None) -> date | None:
    if word in {"yesterday", "tomorrow"}:
        if _THE_BEFORE.search(before) or re.search(r"\b(?:of|for|than) $", before):
            return None
        return published + timedelta(days=1 if word == "tomorrow" else -1)
    if word == "today" and (tense is None or _THE_BEFORE.search(before)):
        return None
    return published


def _weekday(
    sentence: str, match: re.Match[str], published: date, tense: Tense | None
) -> date | None:
    """The last such day up to the publication after the past, the next one after the future."""
    if _HABIT_BEFORE.search(sentence[: match.start()]):
        return None
    if _DATED_BEHIND.match(sentence, match.end()):
        return None
    following = _NEXT_WORD.match(sentence, match.end())
    if following and following[1] not in STOP_WORDS:  # "Friday prayers", but "on Monday approved"
        on = _ON.search(sentence[: match.start()])
        if on is None or following[1].endswith("s"):
            return None
    wanted = _WEEKDAYS.index(match["bare"].lower())
    back = (published.weekday() - wanted) % 7
    if tense is Tense.PAST:
        # Of a page that was changed a day later, it would be the day after.
        return published - timedelta(days=back) if back < _SUNDAY else None
    if tense is Tense.FUTURE and back:
        return published + timedelta(days=7 - back)
    return None


def _weekday_of(which: str, day: str, published: date, tense: Tense | None) -> date | None:
    wanted = _WEEKDAYS.index(day.lower())
    today = published.weekday()
    if which == "last":
        back = (today - wanted) % 7 or 7
        return published - timedelta(days=back) if back > today else None
    if which == "next":
        ahead = (wanted - today) % 7 or 7
        return published + timedelta(days=ahead) if today + ahead > _SUNDAY else None
    fits = tense is (Tense.FUTURE if wanted > today else Tense.PAST)
    return published + timedelta(days=wanted - today) if fits and wanted != today else None


def _period(which: str, unit: str, before: str, published: date) -> str | None:
    of = before.endswith(" of ") and not before.endswith("as of ")
    if _THE_BEFORE.search(before) and which != "this" and not of:
        return None
    if re.search(r"\b(?:by|until|since|of|than) $", before) and unit == "week":
        return None
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return f"the year {published.year + step}" if of else f"in {published.year + step}"
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return f"{_MONTHS[months % 12]} {months // 12}"
    if published.weekday() == _SUNDAY:
        return None
    monday = published + timedelta(days=7 * step - published.weekday())
    return f"the week of {in_words(monday)}"


def _weekend(which: str, published: date, tense: Tense | None) -> str | None:
    today = published.weekday()
    if today >= _SUNDAY - 1 or which == "next":
        return None
    past = which == "last" or (which == "over" and tense is Tense.PAST)
    if not past and tense is not Tense.FUTURE:
        return None
    saturday = published + timedelta(days=5 - today - (7 if past else 0))
    return _days(saturday, saturday + timedelta(days=1))


def _days(first: date, last: date) -> str:
    """Two days side by side: "3–4 January 2026"."""
    if first.month == last.month:
        return f"{first.day}–{in_words(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} – {in_words(last)}"
    return f"{in_words(first)} – {in_words(last)}"
