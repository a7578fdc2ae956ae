"""What every answer promises, checked against the archive that it comes from."""

from __future__ import annotations

import re
from typing import Any

from index.archive import Archive
from rag.answering import NOT_FOUND
from rag.engine import AnswerEngine
from rag.records import Answer, Citation, Outcome, Query

MARK = re.compile(r"\[(\d+)\]")
LISTED = re.compile(r", | and ")


def ask(engine: AnswerEngine, question: str, **more: Any) -> Answer:
    return engine.ask(Query(question=question, **more))


def assert_checked(answer: Answer, archive: Archive) -> None:
    """Every promise about quotes, marks and numbers that an answer makes."""
    for citation in answer.citations:
        article = archive.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert (citation.title, citation.publisher) == (article.title, article.publisher)
        assert 0 <= citation.score <= 1
        for mark in citation.marks:
            assert citation.start <= mark.start < mark.end <= citation.end
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    quotes = {citation.n: citation.quote for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.citations
        assert sentence.text in [quotes[n] for n in sentence.citations]
    for passage in answer.retrieved:
        text = archive.article(passage.article_id).text
        assert text[passage.start : passage.end] == passage.text
    assert 0 <= answer.confidence <= 1
    if answer.outcome is Outcome.ANSWERED:
        assert numbers
        assert sorted(int(n) for n in MARK.findall(answer.answer)) == numbers
        spoken = [f"{_spoken(citation)} [{citation.n}]" for citation in answer.citations]
        assert all(said in answer.answer for said in spoken)
        assert answer.disagreements or answer.answer == " ".join(spoken)
        assert answer.agreement.independent_publishers >= 1
        if answer.short_answer is not None:
            marked = " ".join(_marked(answer))
            assert all(part in marked for part in LISTED.split(answer.short_answer))
    else:
        assert (answer.answer, answer.short_answer) == (NOT_FOUND, None)
        assert (numbers, list(answer.sentences)) == ([], [])
        assert answer.agreement.independent_publishers == 0


def _spoken(citation: Citation) -> str:
    """The quote with its glosses in brackets."""
    words = citation.quote
    for gloss in reversed(citation.glosses):
        at = gloss.at - citation.start
        words = f"{words[:at]} [{gloss.text}]{words[at:]}"
    return words


def _marked(answer: Answer) -> list[str]:
    return [
        citation.quote[mark.start - citation.start : mark.end - citation.start]
        for citation in answer.citations
        for mark in citation.marks
    ]
