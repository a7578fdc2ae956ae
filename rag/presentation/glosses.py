"""Words in brackets that help a quote to be understood, kept apart from the quote itself."""

from __future__ import annotations

from collections.abc import Iterable

from rag.records import Gloss


def spoken(quote: str, start: int, glosses: Iterable[Gloss]) -> str:
    """The quote, which begins at `start` of its article, with its glosses in square brackets."""
    parts: list[str] = []
    position = 0
    for gloss in sorted(glosses, key=lambda gloss: gloss.at):
        parts += [quote[position : gloss.at - start], f" [{gloss.text}]"]
        position = gloss.at - start
    return "".join([*parts, quote[position:]])
