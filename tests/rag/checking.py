"""What every answer promises, checked against the archive that it comes from."""

from __future__ import annotations

import re
from typing import Any

from index.archive import Archive
from rag.engine import NOT_FOUND, AnswerEngine
from rag.records import Answer, Outcome, Query

MARK = re.compile(r"\[(\d+)\]")


def ask(engine: AnswerEngine, question: str, **more: Any) -> Answer:
    return engine.ask(Query(question=question, **more))


def assert_checked(answer: Answer, archive: Archive) -> None:
    """Every promise about quotes, marks and numbers that an answer makes."""
    for citation in answer.citations:
        article = archive.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert (citation.title, citation.publisher) == (article.title, article.publisher)
        assert 0 <= citation.score <= 1
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
        assert [int(n) for n in MARK.findall(answer.answer)] == numbers
        assert all(f"{quotes[n]} [{n}]" in answer.answer for n in numbers)
        assert answer.agreement.independent_publishers >= 1
        if answer.short_answer is not None:
            assert any(answer.short_answer in quote for quote in quotes.values())
    else:
        assert (answer.answer, answer.short_answer) == (NOT_FOUND, None)
        assert (numbers, list(answer.sentences)) == ([], [])
        assert answer.agreement.independent_publishers == 0
