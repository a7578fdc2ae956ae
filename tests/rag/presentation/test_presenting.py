"""From chosen sentences to an answer: what is added, what is marked, and what stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Passage, Span
from index.sentences import split_sentences
from rag.presentation.presenting import (
    Presented,
    backgrounds_of,
    glossed,
    present,
    sentences_to_show,
)
from rag.reading.base import Reading, SentenceReading
from rag.reading.question import analyse
from rag.records import Candidate, Citation
from tests.rag.candidates import candidate
from tests.rag.presentation import news

ARTICLE = (
    "Mayor Anna Holt opened the pier on Monday. She thanked Piet Varga and Jonas Feld. He had "
    "built it in a year. The guests were Ilse Varn, Tomas Brandt and Carla Moon. It rained."
)
DAY = date(2026, 1, 6)


def held(text: str = ARTICLE, day: date | None = DAY, sure: str = "high") -> Candidate:
    made = candidate("pier", text)
    passage = replace(made.passage, sentences=tuple(split_sentences(text)))
    return replace(
        made,
        passage=passage,
        published_at=day,
        published_at_source="metadata" if day else None,
        published_at_confidence=sure if day else None,
    )


def cited(found: Candidate, shown: Sequence[SentenceReading]) -> list[Citation]:
    """As the quoter cites them."""
    passage: Passage = found.passage
    return [
        Citation(
            n=n,
            article_id=passage.article_id,
            passage_id=passage.passage_id,
            title=found.title,
            publisher=found.publisher,
            url=None,
            published_at=found.published_at,
            published_at_source=found.published_at_source,
            published_at_confidence=found.published_at_confidence,
            quote=passage.text[s.span.start : s.span.end],
            start=s.span.start,
            end=s.span.end,
            score=s.score,
        )
        for n, s in enumerate(shown, start=1)
    ]


def shown_for(
    question: str, numbers: Sequence[int], found: Candidate, *, most: int = 4
) -> list[SentenceReading]:
    """What is shown where the sentences with these numbers were chosen; all others are worse."""
    readings = [
        SentenceReading(candidate=0, span=span, score=0.9 if place in numbers else 0.5)
        for place, span in enumerate(found.passage.sentences)
    ]
    reading = Reading(sentences=sorted(readings, key=lambda r: -r.score), answerability=0.9)
    chosen = [readings[number] for number in numbers]
    backgrounds = backgrounds_of({"pier": found.passage.text})
    return sentences_to_show(analyse(question), chosen, reading, [found], backgrounds, most=most)


def presented(question: str, numbers: Sequence[int], found: Candidate | None = None) -> Presented:
    found = found or held()
    shown = shown_for(question, numbers, found)
    backgrounds = backgrounds_of({"pier": found.passage.text})
    best = max(shown, key=lambda sentence: sentence.score)
    return present(analyse(question), shown, cited(found, shown), backgrounds, best=best)


def said(made: Presented) -> str:
    """The answer's text."""
    return " ".join(f"{glossed(c)} [{c.n}]" for c in made.citations)


class TestWhatIsAdded:
    def test_nothing_where_brackets_do(self) -> None:
        made = presented("Whom did Holt thank?", [1])
        assert said(made) == "She [Anna Holt] thanked Piet Varga and Jonas Feld. [1]"

    def test_the_sentence_before_where_it_is_open_who_is_meant(self) -> None:
        made = presented("How long did it take to build it?", [2])
        assert said(made) == (
            "She [Anna Holt] thanked Piet Varga and Jonas Feld. [1] He had built it in a year. [2]"
        )

    def test_no_brackets_where_the_sentence_before_is_quoted(self) -> None:
        made = presented("Who opened the pier?", [0, 1])
        assert "[Anna Holt]" not in said(made)

    @pytest.mark.parametrize("most", [1, 2])
    def test_never_more_than_allowed_nor_one_of_the_chosen_less(self, most: int) -> None:
        shown = shown_for("How long did it take?", [2], held(), most=most)
        assert len(shown) == most
        assert held().passage.sentences[2] in [s.span for s in shown]

    def test_one_that_hangs_on_one_that_hangs_brings_both(self) -> None:
        text = "Osk has two piers. They are old. They leak. People complain."
        shown = shown_for("What leaks?", [2], held(text))
        assert [text[slice(*s.span)] for s in shown] == [
            "Osk has two piers.",
            "They are old.",
            "They leak.",
        ]

    def test_a_chain_without_a_head_brings_nothing(self) -> None:
        text = "They came. They saw. They left. They sang."
        assert len(shown_for("Who sang?", [3], held(text))) == 1

    def test_of_such_a_chain_the_nearest_comes_where_it_names_somebody(self) -> None:
        text = "He came. He began early. He married Anna Holt. They sang."
        shown = shown_for("Who sang?", [3], held(text))
        assert [text[slice(*s.span)] for s in shown] == ["He married Anna Holt.", "They sang."]

    def test_of_a_chain_only_what_the_quote_itself_hangs_on(self) -> None:
        text = "Doctors treated him. Holt did not name him in public. They said 20 had come."
        shown = shown_for("How many had come?", [2], held(text))
        assert text[slice(*shown[0].span)] != "Doctors treated him."

    def test_a_list_of_those_that_a_quote_speaks_of(self) -> None:
        text = (
            "About 400 took part in the march. Police saw 250. Among them were Anna Holt, Piet "
            "Varga and Tomas Brandt. Among them was a dog."
        )
        shown = shown_for("Who took part in the march?", [0], held(text))
        assert [text[slice(*s.span)][:10] for s in shown] == ["About 400 ", "Among them"]

    def test_a_list_takes_the_place_of_what_lists_nothing(self) -> None:
        text = (
            "Holt opened it. Guests sang. The guests were Ilse Varn, Tomas Brandt and Carla Moon."
        )
        shown = shown_for("Who were the guests?", [0, 1], held(text), most=2)
        assert [text[slice(*s.span)][:10] for s in shown] == ["Holt opene", "The guests"]

    def test_what_adds_to_a_list(self) -> None:
        assert len(shown_for("Who were the guests?", [0], held())) == 2
        assert len(shown_for("Who opened the pier?", [0], held())) == 1


class TestDays:
    def test_a_dated_article(self) -> None:
        assert "on Monday [5 January 2026]." in said(presented("Who opened the pier?", [0]))

    @pytest.mark.parametrize("found", [held(day=None), held(sure="low")])
    def test_not_where_the_day_of_publication_is_a_guess(self, found: Candidate) -> None:
        assert "January" not in said(presented("Who opened the pier?", [0], found))


class TestAnsweringWords:
    def test_a_list_in_one(self) -> None:
        made = presented("Who were the guests?", [3])
        assert made.short_answer == "Ilse Varn, Tomas Brandt and Carla Moon"
        assert [ARTICLE[m.start : m.end] for c in made.citations for m in c.marks] == [
            "Ilse Varn",
            "Tomas Brandt",
            "Carla Moon",
        ]

    @pytest.mark.parametrize(
        ("question", "words", "short"),
        [
            ("How long is the term?", "15", "a 15-year term"),
            ("What is the term?", "15-year", "15-year"),
            ("Is there a term?", None, None),
            ("What is X?", "X", None),
            ("Who wrote the term?", "term", None),
            ("Who wrote the drafts?", "The drafts", None),
        ],
    )
    def test_the_direct_answer(self, question: str, words: str | None, short: str | None) -> None:
        text = "The drafts by X provide for a 15-year term."
        found = held(text)
        start = text.index(words) if words else 0
        answer = Span(start, start + len(words)) if words else None
        shown = [SentenceReading(candidate=0, span=Span(0, len(text)), score=0.9, answer=answer)]
        backgrounds = backgrounds_of({"pier": text})
        made = present(analyse(question), shown, cited(found, shown), backgrounds, best=shown[0])
        assert made.short_answer == short
        marked = [text[m.start : m.end] for m in made.citations[0].marks]
        assert marked == ([short] if short else [])

    @pytest.mark.parametrize(
        ("question", "text", "words", "short"),
        [
            (
                "Which firm asked for more?",
                "Osk, has asked for 27.",
                "Osk, has asked for 27",
                "Osk",
            ),
            ("What was the record?", "Of 22 minutes was it.", "22 minutes was it", "22 minutes"),
            ("When will it end?", "It ends once a truce is signed.", None, None),
            ("Did Brandt agree?", "The Osk Union did.", "The Osk Union", None),
            ("Did Brandt agree?", "Brandt refused to.", "refused to", "refused to"),
        ],
    )
    def test_no_more_than_the_direct_answer(
        self, question: str, text: str, words: str | None, short: str | None
    ) -> None:
        words = words or "once a truce is signed"
        start = text.index(words)
        answer = Span(start, start + len(words))
        found = held(text)
        shown = [SentenceReading(candidate=0, span=Span(0, len(text)), score=0.9, answer=answer)]
        backgrounds = backgrounds_of({"pier": text})
        made = present(analyse(question), shown, cited(found, shown), backgrounds, best=shown[0])
        assert made.short_answer == (short or (words if question.startswith("When") else None))

    def test_of_each_of_several_there_is_no_one_answer(self) -> None:
        assert presented("How many guests did each town send?", [0, 3]).short_answer is None

    def test_none_where_the_best_sentence_is_no_longer_quoted(self) -> None:
        found = held()
        shown = [
            SentenceReading(candidate=0, span=span, score=0.9 - n / 10, answer=span)
            for n, span in enumerate(found.passage.sentences)
        ]
        quotes = cited(found, shown)[1:]
        backgrounds = backgrounds_of({"pier": ARTICLE})
        made = present(analyse("What?"), shown, quotes, backgrounds, best=shown[0])
        assert made.short_answer is None


TEXTS = st.lists(
    st.sampled_from([part for case in news.LEANING for part in (case.before, case.sentence)]
                    + [case.sentence for case in news.DATED]),
    min_size=2,
    max_size=6,
)  # fmt: skip
QUESTIONS = st.sampled_from(["Who was there?", "Which ports are closed?", "When was it?", "Why?"])


@given(TEXTS, QUESTIONS, st.data())
def test_without_brackets_the_answer_is_its_quotes(
    sentences: list[str], question: str, data: st.DataObject
) -> None:
    found = held(" ".join(sentences))
    places = range(len(found.passage.sentences))
    numbers = sorted(data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=3)))
    made = presented(question, numbers, found)
    assert made == presented(question, numbers, found)
    bare = re.sub(r" \[[^\]]*[^\]\d][^\]]*\]", "", said(made))
    assert bare == " ".join(f"{c.quote} [{c.n}]" for c in made.citations)
    for citation in made.citations:
        ends = [end for mark in citation.marks for end in (mark.start, mark.end)]
        assert ends == sorted(ends)
        assert all(citation.start <= end <= citation.end for end in ends)
