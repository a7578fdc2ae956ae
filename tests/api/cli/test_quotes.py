"""An answer's quotes on a terminal."""

from __future__ import annotations

from datetime import date

import pytest

from api.cli.quotes import day_in_words, print_said, spoken_of
from rag.records import Agreement, Answer, AnswerSentence, Citation, Gloss, Mark, Outcome

QUOTE = "She opened the pier on Monday."
CITATION = Citation(
    n=1,
    article_id="pier",
    passage_id="pier.1.0",
    title="The pier",
    publisher=None,
    url=None,
    published_at=date(2026, 1, 6),
    published_at_source="metadata",
    quote=QUOTE,
    start=100,
    end=100 + len(QUOTE),
    score=0.9,
    marks=(Mark(start=120, end=129),),
    glosses=(Gloss(at=103, text="Anna Holt"), Gloss(at=129, text="5 January 2026")),
)
SPOKEN = "She [Anna Holt] opened the pier on Monday [5 January 2026]. [1]"


def answered(text: str) -> Answer:
    return Answer(
        id="ans_1",
        question="When was it?",
        standalone_question="When was it?",
        outcome=Outcome.ANSWERED,
        answer=text,
        short_answer=None,
        confidence=0.9,
        sentences=[AnswerSentence(text=QUOTE, citations=(1,))],
        citations=[CITATION],
        agreement=Agreement(independent_publishers=1),
        disagreements=(),
        retrieved=(),
        mode="extractive",
        timings_ms={},
    )


def test_the_words_are_those_of_the_answer() -> None:
    assert spoken_of(CITATION).plain == SPOKEN


def test_the_answering_words_are_bold_and_the_brackets_dim() -> None:
    said = spoken_of(CITATION)
    styled = {said.plain[span.start : span.end].strip(): span.style for span in said.spans}
    assert styled == {
        "on Monday": "bold",
        "[Anna Holt]": "dim",
        "[5 January 2026]": "dim",
        "[1]": "dim",
    }


def test_without_a_terminal_there_is_nothing_but_words(capsys: pytest.CaptureFixture[str]) -> None:
    told = f"Sources differ. Skerry Post: {SPOKEN}"
    print_said(answered(told))
    assert capsys.readouterr().out == f"{told}\n"


def test_days_are_told_in_words() -> None:
    assert day_in_words(date(2026, 1, 6)) == "Tuesday 6 January 2026"
    assert day_in_words(None) == "undated"
