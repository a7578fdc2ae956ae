"""Quotes on a terminal: the answering words bold, what is in brackets dim, days in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from rag.records import Answer, Citation

UNDATED = "undated"


def print_said(answer: Answer) -> None:
    """Print an answer's text; without a terminal it is the text to the letter."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(said_of(answer))


def said_of(answer: Answer) -> Text:
    """The answer's text, the answering words of its quotes bold."""
    from rich.text import Text

    said = Text(answer.answer)
    for citation in answer.citations:
        quote = spoken_of(citation)
        place = answer.answer.find(quote.plain)
        for span in quote.spans if place >= 0 else ():
            said.stylize(span.style, place + span.start, place + span.end)
    return said


def spoken_of(citation: Citation) -> Text:
    """The quote with its marks, its glosses and its number."""
    from rich.text import Text

    said = Text(citation.quote)
    for mark in citation.marks:
        said.stylize("bold", mark.start - citation.start, mark.end - citation.start)
    parts = said.divide(gloss.at - citation.start for gloss in citation.glosses)
    made = Text()
    for part, gloss in zip(parts, citation.glosses, strict=False):
        made.append_text(part).append(f" [{gloss.text}]", style="dim")
    return made.append_text(parts[-1]).append(f" [{citation.n}]", style="dim")


def day_in_words(day: date | None) -> str:
    """The day as "Tuesday 6 January 2026"."""
    return UNDATED if day is None else f"{day:%A} {day.day} {day:%B %Y}"
