"""Questions after all that there is on a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from rag.reading.base import Reading
from rag.reading.measuring import CandidateMeasurer
from rag.reading.overview import OverviewReader, topic_of
from rag.records import Candidate
from tests.rag.reading.examples import FERRY, HARBOUR, ORCHARD, WordEmbedder, candidates_of

BENEATH = Reading(sentences=(), answerability=0.125)


class Beneath:
    """The reader for what asks for no topic."""

    name = "beneath"
    threshold = 0.3

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:  # noqa: ARG002
        """Always the same."""
        return BENEATH


def overview(question: str, candidates: Sequence[Candidate]) -> Reading:
    """What is read."""
    return OverviewReader(Beneath(), CandidateMeasurer(WordEmbedder())).read(question, candidates)


def quotes(reading: Reading, candidates: Sequence[Candidate]) -> list[str]:
    """The sentences, as they stand in their articles."""
    passages = [candidates[one.candidate].passage for one in reading.sentences]
    return [
        passage.text[one.span.start - passage.start : one.span.end - passage.start]
        for passage, one in zip(passages, reading.sentences, strict=True)
    ]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What is the latest on the sea wall?", "the sea wall"),
        ("what's the latest news about Otto Quist", "Otto Quist"),
        ("Any news on the ferry?", "the ferry"),
        ("Is there anything new about the ferry?", "the ferry"),
        ("What’s new with Tidewater?", "Tidewater"),
        ("Please tell me about Saltmarsh.", "Saltmarsh"),
        ("What do we know about the apple crop?", "the apple crop"),
        ("What does the archive say about frost?", "frost"),
        ("what is going on in Port Lune?", "Port Lune"),
        ("latest developments in the Vell valley", "the Vell valley"),
        ("Summarise the news on the wall", "the wall"),
        ("Give me an overview of the harbour plans", "the harbour plans"),
    ],
)
def test_what_a_question_wants_to_hear_of(question: str, topic: str) -> None:
    assert topic_of(question) == topic


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest price of apples?",
        "When was the latest storm?",
        "What did Tarrant tell me about?",
        "Who told the news to Quist?",
        "What is the news?",
        "any news on ?",
        "how long is the term?",
        "",
    ],
)
def test_what_asks_for_something_in_particular_is_left_alone(question: str) -> None:
    assert topic_of(question) is None
    assert overview(question, candidates_of(FERRY, HARBOUR)) is BENEATH


def test_each_article_on_the_topic_gives_one_sentence() -> None:
    candidates = candidates_of(FERRY, HARBOUR, ORCHARD)
    found = overview("Tell me about Saltmarsh", candidates)
    assert sorted(one.candidate for one in found.sentences) == [0, 2]
    assert all("Saltmarsh" in quote for quote in quotes(found, candidates))
    assert found.answerability == max(one.score for one in found.sentences) > 0


def test_news_come_newest_first_and_the_undated_last() -> None:
    days = (date(2026, 1, 3), None, date(2026, 2, 1))
    texts = (FERRY, FERRY.replace("October", "May"), FERRY.replace("October", "June"))
    candidates = [
        replace(one, published_at=day) for one, day in zip(candidates_of(*texts), days, strict=True)
    ]
    found = overview("Any news about the night ferry?", candidates)
    assert [one.candidate for one in found.sentences] == [2, 0, 1]


def test_a_topic_that_no_passage_holds_is_left_to_the_reader_beneath() -> None:
    candidates = candidates_of(FERRY, HARBOUR)
    assert overview("What is the latest on Norhaven?", candidates) is BENEATH
    assert overview("What is the latest on Otto Quist's apple trees?", candidates) is BENEATH
    assert overview("What is the latest on the ferry?", []) is BENEATH


def test_a_question_in_an_article_tells_nothing() -> None:
    candidates = candidates_of("Who will carry the passengers of the ferry now?")
    assert overview("Any news about the ferry?", candidates) is BENEATH
