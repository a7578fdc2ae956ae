"""The similarity reader: what it returns is well formed, repeatable and, with the real model,
right about plain examples."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.base import Reader, Reading
from rag.reading.logistic import reading_model
from rag.reading.question import analyse
from rag.reading.selection import text_of
from rag.reading.similarity import SimilarityReader
from rag.records import Candidate
from tests.rag.reading.conftest import PackagedEmbedder
from tests.rag.reading.examples import (
    FERRY,
    HARBOUR,
    ORCHARD,
    WordEmbedder,
    candidates_of,
)

ARTICLES = (HARBOUR, FERRY, ORCHARD)
QUESTIONS = (
    "How long is the term of the contract?",
    "who spoke of the price of fuel",
    "How many towns asked to join?",
    "Why did the fishermen reject it?",
    "?",
)


def _quotes(reading: Reading, candidates: list[Candidate]) -> list[tuple[str, float]]:
    return [(text_of(s.span, candidates[s.candidate]), s.score) for s in reading.sentences]


def test_it_is_a_reader() -> None:
    reader: Reader = SimilarityReader(WordEmbedder())
    assert reader.name == "similarity"


@pytest.mark.parametrize("question", QUESTIONS)
def test_reading_is_well_formed(question: str) -> None:
    candidates = candidates_of(*ARTICLES)
    reading = SimilarityReader(WordEmbedder()).read(question, candidates)
    assert 0 <= reading.answerability <= 1
    scores = [sentence.score for sentence in reading.sentences]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    for sentence in reading.sentences:
        passage = candidates[sentence.candidate].passage
        assert sentence.span in passage.sentences
        if sentence.answer is not None:
            assert sentence.span.start <= sentence.answer.start
            assert sentence.answer.start < sentence.answer.end <= sentence.span.end


def test_every_sentence_is_read_once() -> None:
    candidates = candidates_of(*ARTICLES)
    reading = SimilarityReader(WordEmbedder()).read(QUESTIONS[0], candidates)
    places = [(sentence.candidate, sentence.span) for sentence in reading.sentences]
    expected = [(i, span) for i, c in enumerate(candidates) for span in c.passage.sentences]
    assert sorted(places) == expected


def test_nothing_to_read_is_not_answerable() -> None:
    reader = SimilarityReader(WordEmbedder())
    assert reader.read("How many towns?", []) == Reading(sentences=(), answerability=0.0)
    assert reader.read("?!", candidates_of(HARBOUR)).answerability == 0.0


def test_reads_only_the_first_passages() -> None:
    reader = SimilarityReader(WordEmbedder(), passages=1)
    reading = reader.read(QUESTIONS[0], candidates_of(*ARTICLES))
    assert {sentence.candidate for sentence in reading.sentences} == {0}


def test_a_batch_holds_the_sentences_of_one_passage_in_order() -> None:
    embedder = WordEmbedder()
    candidates = candidates_of(*ARTICLES)
    SimilarityReader(embedder).read(QUESTIONS[0], candidates)
    assert [len(batch) for batch in embedder.batches] == [
        len(candidate.passage.sentences) for candidate in candidates
    ]
    first = [text_of(span, candidates[0]) for span in candidates[0].passage.sentences]
    assert list(embedder.batches[0]) == first


@settings(max_examples=25)
@given(st.permutations(QUESTIONS), st.integers(min_value=1, max_value=3))
def test_a_reading_does_not_depend_on_what_was_read_before(order: list[str], size: int) -> None:
    candidates = candidates_of(*ARTICLES)
    reader = SimilarityReader(WordEmbedder(), cache_size=size)
    for question in order:
        fresh = SimilarityReader(WordEmbedder()).read(question, candidates)
        assert reader.read(question, candidates) == fresh


def test_a_passage_is_embedded_once_while_it_is_remembered() -> None:
    embedder = WordEmbedder()
    reader = SimilarityReader(embedder)
    for question in QUESTIONS[:3]:
        reader.read(question, candidates_of(*ARTICLES))
    assert len(embedder.batches) == len(ARTICLES)


@pytest.mark.parametrize("question", QUESTIONS[:4])
def test_equal_candidates_may_come_in_any_order_but_for_their_rank(question: str) -> None:
    """Rank is a feature: the best sentence of clearly different passages stays the best."""
    articles = list(ARTICLES)
    best = set()
    for seed in range(4):
        random.Random(seed).shuffle(articles)
        candidates = candidates_of(*articles, scores=[0.5, 0.5, 0.5])
        best.add(
            _quotes(SimilarityReader(WordEmbedder()).read(question, candidates), candidates)[0][0]
        )
    assert len(best) == 1


class Frequencies:
    """Term statistics in which every word is equally common, but for one."""

    document_count = 1000

    def __init__(self, common: str) -> None:
        self._common = common

    def document_frequency(self, term: str) -> int:
        """Passages with the word."""
        return 900 if term == self._common else 2


def test_rare_words_weigh_more() -> None:
    texts = ("The ferry stops at the pier.", "The orchard lies by the road.")
    question = "ferry orchard"
    for common, expected in (("ferry", texts[1]), ("orchard", texts[0])):
        candidates = candidates_of(*texts, scores=[0.5, 0.5])
        reader = SimilarityReader(WordEmbedder(), Frequencies(common))
        assert _quotes(reader.read(question, candidates), candidates)[0][0] == expected


def test_question_in_the_text_does_not_answer() -> None:
    candidates = candidates_of(
        "Who will carry the passengers?\n\nOtto Quist will carry passengers."
    )
    reading = SimilarityReader(WordEmbedder()).read("Who will carry the passengers?", candidates)
    assert _quotes(reading, candidates)[0][0].startswith("Otto")


@pytest.mark.parametrize(
    ("question", "words", "short"),
    [
        ("How much will the sea wall cost?", "48 million crowns", "48 million crowns"),
        ("What share of the wall does the state pay?", "60 percent", "60 percent"),
        ("How many towns want to join the plan?", "14 towns", "14"),
        ("Why did fishermen reject the first design?", "closed the northern channel", None),
        ("What did Mayor Brandt say about the storm?", "cannot wait", None),
        ("When will the night ferry end?", "in October", "October"),
        ("Who blamed the price of fuel?", "Otto Quist", "Otto Quist"),
        ("how many people might lose their jobs", "85 workers", "85"),
        ("How many passengers used the ferry every week?", "2,300", "2,300"),
        ("When do the apple trees recover, according to Szonyi?", "next spring", "next spring"),
        ("What killed the apple blossom?", "Late frost", None),
    ],
)
def test_right_sentence_comes_first(
    packaged_embedder: PackagedEmbedder, question: str, words: str, short: str | None
) -> None:
    candidates = candidates_of(*ARTICLES)
    reading = SimilarityReader(packaged_embedder).read(question, candidates)
    best = reading.sentences[0]
    assert words in text_of(best.span, candidates[best.candidate])
    assert reading.answerability >= reading_model().threshold
    if short is not None:
        assert best.answer is not None
        assert short in text_of(best.answer, candidates[best.candidate])
    assert analyse(question).types


@pytest.mark.parametrize(
    "question",
    [
        "How many fishermen live in Port Lune?",
        "What did the prime minister say about the sea wall?",
        "Who is the prime minister of Denmark?",
        "Who designed the lighthouse?",
        "How much does a ferry ticket cost in Denmark?",
        "When was the cathedral of Saltmarsh built?",
        "How many pears were picked in 1998?",
        "Where was Ilse Brandt born?",
        "Who won the chess tournament?",
        "what is the best recipe for pancakes",
    ],
)
def test_what_the_articles_do_not_say_is_not_answerable(
    packaged_embedder: PackagedEmbedder, question: str
) -> None:
    reading = SimilarityReader(packaged_embedder).read(question, candidates_of(*ARTICLES))
    assert reading.answerability < reading_model().threshold
