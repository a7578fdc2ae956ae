"""An answer as the text of a chat message: sentences with numbers, and footnotes below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rag.records import Answer, AnswerSentence, Citation

_FOOTNOTE = re.compile(
    r"^\[\d+\] (?P<named>\S.*?)(?:, \d{4}-\d\d-\d\d)?(?:, https?://\S+)?[^\S\n]*$", re.MULTILINE
)
_MARK = re.compile(r"\s*\[\d+\]")
_ACTIVE = re.compile(r"\[(?=[^\]\n]*\]\()|<(?=[A-Za-z/!?])")
"""Where Markdown would make a link, an image or HTML of what an article says."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def spoken(sentence: AnswerSentence) -> str:
    """The sentence with the numbers of its citations, as `said` has it."""
    return harmless(" ".join([sentence.text, "".join(f"[{n}]" for n in sentence.citations)]))


def said(answer: Answer) -> str:
    """The answer's own text."""
    return harmless(answer.answer)


def harmless(text: str) -> str:
    """The text, which front ends show as Markdown, with nothing in it that loads or links."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def below(answer: Answer) -> str:
    """What stands below the answer: a line for each citation, and the notice where there is one.

    A line is `[1] Title, Publisher, 2026-03-06, https://…`; two spaces end it, which Markdown shows
    as a break.
    """
    footnotes = "  \n".join(_footnote(citation) for citation in answer.citations)
    return "".join(f"\n\n{part}" for part in (footnotes, answer.notice) if part)


def said_in(message: str) -> tuple[str, tuple[str, ...]]:
    """What an answer said, without numbers and footnotes, and the titles that these name.

    The last name before the date is the publisher's.
    """
    found = list(_FOOTNOTE.finditer(message))
    said = message[: found[0].start()] if found else message
    named = [footnote["named"].rpartition(", ") for footnote in found]
    titles = dict.fromkeys(title or publisher for title, _, publisher in named)
    return _MARK.sub("", said).strip(), tuple(titles)


def url_citations(content: str, citations: Sequence[Citation]) -> list[Mapping[str, Any]]:
    """OpenAI's `url_citation` for each citation that has a link, at its first number in the text;
    offsets are code points."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "url": link,
                "title": citation.title,
                "start_index": max(content.find(mark), 0),
                "end_index": max(content.find(mark), 0) + len(mark),
            },
        }
        for citation in citations
        if (link := _link_of(citation)) and (mark := f"[{citation.n}]")
    ]


def tokens_in(*texts: str) -> int:
    """Words and punctuation marks: what stands for tokens where no language model counts any."""
    return sum(len(_TOKEN.findall(text)) for text in texts)


def _footnote(citation: Citation) -> str:
    day = citation.published_at.isoformat() if citation.published_at else None
    facts = [citation.title, citation.publisher, day, _link_of(citation)]
    named = ", ".join(" ".join(fact.split()) for fact in facts if fact)
    return f"[{citation.n}] {harmless(named)}"


def _link_of(citation: Citation) -> str | None:
    """The article's address, where it is one that a browser opens and runs nothing."""
    url = citation.url
    return url if url and re.fullmatch(r"https?://\S+", url) else None
