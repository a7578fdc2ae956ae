"""What a figure counts, by the words beside it. Pure."""

from __future__ import annotations

import re

from rag.reading.terms import key_of, terms_of

_NUMBERED = re.compile(r"\bnumber of (?P<what>\w+)[^,;.]*$", re.IGNORECASE)
_MOST_WORDS = 3


def counted(before: str, after: str) -> list[str]:
    """Keys of the words that say what a figure counts, in order: those right after it, or of "the
    number of dead rose to 19" the one that is numbered; else none. `before` and `after` are the
    rest of its sentence."""
    found: list[str] = []
    end = 0
    for term in terms_of(after):
        if term.is_stop_word or term.start > end + 1 or len(found) == _MOST_WORDS:
            break
        found.append(term.key)
        end = term.end
    if found:
        return found
    numbered = _NUMBERED.search(before)
    return [key_of(numbered["what"])] if numbered else []
