"""Mistyped words of a question, as the archive spells them.

A word is taken for a slip only where nobody writes it: the archive does not hold it, and it is no
word of the reader's vocabulary either, whose 30,000 pieces hold the common words of English whole.
Names with a capital are left as they are: another name is another question.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rag.reading.features import TermStatistics
from rag.reading.terms import terms_of

SHORTEST = 6
"""Letters of a word that is looked at: shorter ones have too many neighbours (stoat, stout)."""
_VOCABULARY = Path(__file__).parent / "reading" / "models" / "span-reader" / "tokenizer.json"


class SpellingCorrector:
    """Puts mistyped words right where the archive holds a word one slip away (Damerau 1964: a
    letter too many, too few, another one, or two exchanged)."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def corrected(self, question: str) -> str:
        """The question with its slips put right; of several words that would do, one of the
        vocabulary (the archive counts stems, which odd forms share), then the one that most
        passages hold, then the first by alphabet."""
        made = question
        for term in reversed(terms_of(question)):
            if self._is_slip(term.text):
                word = self._intended(term.text)
                made = made[: term.start] + word + made[term.end :]
        return made

    def _is_slip(self, word: str) -> bool:
        return (
            len(word) >= SHORTEST
            and word.isascii()
            and word.isalpha()
            and word.islower()
            and word not in known_words()
            and not self._statistics.document_frequency(word)
        )

    def _intended(self, word: str) -> str:
        count = self._statistics.document_frequency
        held = [
            (other not in known_words(), -n, other)
            for other in one_slip_away(word)
            if (n := count(other))
        ]
        return min(held)[2] if held else word


def one_slip_away(word: str) -> Iterator[str]:
    """The texts that one slip turns into the word, or it into them, each once, in no order; the
    first letter, which is seldom mistyped, stays."""
    letters = string.ascii_lowercase
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    shorter = {left + right[1:] for left, right in cuts if right}
    turned = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    other = {left + c + right[1:] for left, right in cuts if right for c in letters}
    longer = {left + c + right for left, right in cuts for c in letters}
    yield from (shorter | turned | other | longer) - {word}


@cache
def known_words() -> frozenset[str]:
    """The words that the reader's vocabulary holds whole."""
    document = json.loads(_VOCABULARY.read_text(encoding="utf-8"))
    return frozenset(piece for piece in document["model"]["vocab"] if piece.isalpha())
