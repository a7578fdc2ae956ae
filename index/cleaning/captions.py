"""Photo captions between the paragraphs of an article."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.cleaning.days import DAY_PATTERN
from index.cleaning.lines import SENTENCE_END, words_of

_SIDE = re.compile(
    r"\((?:[LRC]|left|right|cent(?:er|re)|top|bottom|from\s(?:L|left))\)", re.IGNORECASE
)
_DAY = re.compile(DAY_PATTERN, re.IGNORECASE)
_CREDIT_END = re.compile(r"\([^()\d]{2,80}\)\.?$")
_DAY_AND_CREDIT = re.compile(rf"{DAY_PATTERN}\.?\s\([^()\d]{{2,80}}\)\.?$", re.IGNORECASE)
_PHOTO_CREDIT = re.compile(
    r"\((?:(?:image|photo|picture)\s(?:credit|by)\b|[^().]{0,60}\b(?:photos?|getty\simages|handout)\b)"
    r"[^()]{0,80}\)\.?$",
    re.IGNORECASE,
)
_FILE_CAPTION = re.compile(r"FILE(?:\s(?:PHOTO|IMAGE|PICTURE))?\s?[:\-–—]\s.{3,}")
_CAPTION_WORDS = 60

# fmt: off
_FREE_WORDS = frozenset({
    "a", "an", "and", "as", "at", "before", "after", "by", "during", "for", "from", "his", "her",
    "in", "into", "its", "near", "of", "on", "outside", "over", "the", "their", "to", "under",
    "with", "within", "left", "right", "centre", "center", "pictured", "photographed", "seen",
    "shown", "above", "below", "file",
})
# fmt: on
_PLACED = re.compile(r"\b(?:in|at|on|near|outside|inside|aboard|during)\s(?:the\s)?[A-ZÀ-Þ0-9]")
_CAPITALISED = re.compile(r"\b[A-ZÀ-Þ]")
_NAMES_AND_PLACE = 2
_BARE_CAPTION_WORDS = 14


def is_caption(line: str) -> bool:
    """A photo caption that shows itself: a credit in brackets with a day, a side or a photo."""
    if len(line.split()) > _CAPTION_WORDS:
        return False
    if _FILE_CAPTION.fullmatch(line) or _PHOTO_CREDIT.search(line):
        return True
    if _DAY_AND_CREDIT.search(line):
        return True
    return all(sign.search(line) for sign in (_CREDIT_END, _SIDE, _DAY))


def unspoken_caption(line: str, spoken: Mapping[str, int]) -> bool:
    """A short line of names and a place, no full stop, whose every word is said elsewhere too.

    `spoken` counts the words of the whole article, this line's among them. A subheading may look
    like a caption; where all that it says is said elsewhere, little is lost.
    """
    words = words_of(line)
    if not words or len(words) > _BARE_CAPTION_WORDS or SENTENCE_END.search(line):
        return False
    if not line[0].isupper() or line.endswith((":", ";", ",")):
        return False
    if not _PLACED.search(line) or len(_CAPITALISED.findall(line)) <= _NAMES_AND_PLACE:
        return False
    return all(word in _FREE_WORDS or spoken[word] > words.count(word) for word in words)
