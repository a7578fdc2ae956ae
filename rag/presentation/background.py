"""An article around a quote: the sentences before it, and who is named in them."""

from __future__ import annotations

import re
from functools import cached_property

from index.records import Span
from index.sentences import split_sentences
from rag.presentation.people import People, people_in

_WHOLE = re.compile(r"[.!?…][\"”’')\]]*$")
_REACH = 3
"""Sentences back that a sentence may lean on."""
_LONGEST_REACH = 3000
"""The same in code points; paragraphs that begin before are not looked at."""


class Background:
    """The stored text of an article, read only as far as it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def words(self, span: Span) -> str:
        """The words of a span."""
        return self.text[span.start : span.end]

    def before(self, start: int) -> list[Span]:
        """The three sentences before `start`, nearest first; headings are none."""
        floor = max(0, start - _LONGEST_REACH)
        if floor:
            paragraph = self.text.find("\n\n", floor, start)
            floor = start if paragraph < 0 else paragraph
        # To the end of the paragraph: a sentence ends where it does in the whole text.
        end = self.text.find("\n\n", start)
        held = self.text[floor : end if end >= 0 else len(self.text)]
        spans = [Span(a + floor, b + floor) for a, b in split_sentences(held)]
        whole = [s for s in spans if s.end <= start and _WHOLE.search(self.words(s))]
        return whole[::-1][:_REACH]

    def people(self, span: Span) -> People:
        """Who is named within a span, by the names that the whole article gives them."""
        return People(
            persons=tuple(p for p in self._people.persons if span.start <= p.start < span.end),
            others=tuple(o for o in self._people.others if span.start <= o.start < span.end),
            places=tuple(p for p in self._people.places if span.start <= p.start < span.end),
        )

    def people_before(self, start: int) -> People:
        """Who is named before `start`."""
        return self.people(Span(0, start))

    @cached_property
    def _people(self) -> People:
        return people_in(self.text)
