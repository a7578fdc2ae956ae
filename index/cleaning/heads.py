"""What stands above an article: masthead, section labels, trails, dates."""

from __future__ import annotations

import re

from index.cleaning.days import DAY_PATTERN

_SECTION = re.compile(
    r"(?:home|news|world|africa|americas?|asia|europe|middle\seast|uk|us|u\.s\.|national|"
    r"international|local|regional?|politics|business|economy|markets|finance|money|sports?|"
    r"football|culture|arts|entertainment|opinion|analysis|editorial|science|technology|tech|"
    r"health|environment|climate|travel|lifestyle|education|society|crime|law|defen[cs]e|"
    r"security|top\sstories|latest|headlines|features?|interview|live|breaking)(?:\snews)?",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s?[|›»>·•/]\s?")
_INITIALS = re.compile(r"[A-Z0-9]{2,4}")
_DATE_LINE = re.compile(
    rf"(?:(?:first\s)?(?:published|updated|posted|last\s(?:updated|modified)|date)\W*(?:on\W*)?)?"
    rf"{DAY_PATTERN}.{{0,40}}"
    r"|(?:published|updated|posted|last\supdated)\b.{0,60}",
    re.IGNORECASE,
)
_PAGE_DATE = re.compile(rf"{DAY_PATTERN}\W*(?:\d{{1,2}}[:.]\d{{2}}.{{0,20}})?", re.IGNORECASE)


def is_head_furniture(line: str) -> bool:
    """Furniture only above the text: initials, sections, trails of sections, dates."""
    if _INITIALS.fullmatch(line) or _SECTION.fullmatch(line) or _DATE_LINE.fullmatch(line):
        return True
    return is_trail(line)


def is_trail(line: str) -> bool:
    """A trail of labels such as `Home > World` or `The Gazette | World | 4 min read`."""
    parts = [part for part in _SEPARATOR.split(line) if part]
    return len(parts) > 1 and (
        any(is_section(part) for part in parts) and all(len(part.split()) <= 5 for part in parts)
    )


def trail_parts(line: str) -> list[str]:
    """The labels of a trail, in order."""
    return [part for part in _SEPARATOR.split(line) if part]


def is_section(text: str) -> bool:
    """The name of a newspaper's section."""
    return _SECTION.fullmatch(text) is not None


def is_initials(line: str) -> bool:
    """A masthead's initials."""
    return _INITIALS.fullmatch(line) is not None


def is_page_date(line: str) -> bool:
    """Nothing but a day, perhaps with a time."""
    return _PAGE_DATE.fullmatch(line) is not None
