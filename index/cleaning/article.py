"""Cleans a whole article: which lines go, and how the rest is laid out.

Furniture is told line by line, by what a line says (`index.cleaning.lines`) and by where it
stands: above the first paragraph of prose, after the last one, or between two. It is conservative:
a line that might be a sentence of the article stays, since a false deletion loses an answer and
leftover furniture costs little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from index.cleaning.captions import is_caption, unspoken_caption
from index.cleaning.heads import is_head_furniture
from index.cleaning.lines import is_furniture, is_prose, is_tail, same_words, words_of

_SPACES = re.compile(r"[^\S\n]+")


def clean(text: str, *, names: Collection[str] = ()) -> str:
    """`text` without furniture, one paragraph per line, a blank line between paragraphs.

    `names` are the article's title and outlets: they go where they stand alone above the text.
    """
    lines = [line for line in (_tidy(line) for line in text.split("\n")) if line]
    while True:
        kept = _one_pass(lines, names)
        if kept == lines:
            return "\n\n".join(lines)
        lines = kept


def _tidy(line: str) -> str:
    return _SPACES.sub(" ", line).strip()


def _one_pass(lines: list[str], names: Collection[str]) -> list[str]:
    lines = _without_furniture(lines)
    lines = _without_head(lines, names)
    lines = _without_tail(lines)
    lines = _without_repeats(lines)
    return _without_bare_captions(lines, names)


def _without_furniture(lines: list[str]) -> list[str]:
    return [line for line in lines if not (is_furniture(line) or is_caption(line))]


def _without_head(lines: list[str], names: Collection[str]) -> list[str]:
    """Without the masthead, labels, dates, byline and title that stand above the prose."""
    end = next((at for at, line in enumerate(lines) if is_prose(line)), len(lines))
    head = [
        line
        for line in lines[:end]
        if not is_head_furniture(line) and not any(same_words(line, name) for name in names)
    ]
    return head + lines[end:]


def _without_tail(lines: list[str]) -> list[str]:
    """Without credits and agency lines at the very end."""
    end = len(lines)
    while end and is_tail(lines[end - 1]):
        end -= 1
    return lines[:end]


def _without_repeats(lines: list[str]) -> list[str]:
    """Without a line that says word for word what the line before it says."""
    return [line for at, line in enumerate(lines) if at == 0 or line != lines[at - 1]]


def _without_bare_captions(lines: list[str], names: Collection[str]) -> list[str]:
    """Without short unfinished lines between paragraphs that only repeat the article's words."""
    spoken = Counter(word for line in [*lines, *names] for word in words_of(line))
    kept: list[str] = []
    for at, line in enumerate(lines):
        between = kept and at + 1 < len(lines) and is_prose(kept[-1]) and is_prose(lines[at + 1])
        if between and unspoken_caption(line, spoken):
            spoken.subtract(words_of(line))
        else:
            kept.append(line)
    return kept
