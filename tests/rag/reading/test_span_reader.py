"""The trained reader: what it finds moves sentences and gives the words of the answer."""

from __future__ import annotations

import pytest

from rag.reading.base import Reader, Reading
from rag.reading.logistic import SPAN, LogisticModel, ReadingModel, reading_model
from rag.reading.selection import text_of
from rag.reading.span_features import SPAN_ANSWER_FEATURES, SPAN_CHOICE_FEATURES
from rag.reading.span_model import SpanModel
from rag.reading.span_reader import SpanReader
from tests.rag.reading.conftest import PackagedEmbedder
from tests.rag.reading.examples import (
    FERRY,
    HARBOUR,
    ORCHARD,
    WordEmbedder,
    WordFinder,
    candidates_of,
)

ARTICLES = (HARBOUR, FERRY, ORCHARD)
BY_SPAN = LogisticModel(weights={"span": 1.0})
MODEL = ReadingModel(sentence=BY_SPAN, answer=BY_SPAN, threshold=0.5)


@pytest.fixture(scope="module")
def network() -> SpanModel:
    """The one that ships."""
    return SpanModel()


def test_it_is_a_reader() -> None:
    reader: Reader = SpanReader(WordEmbedder(), WordFinder("x"))
    assert reader.name == "span"


@pytest.mark.parametrize("word", ["60 percent", "Otto Quist", "Late frost"])
def test_the_reader_follows_the_spans(word: str) -> None:
    candidates = candidates_of(*ARTICLES)
    reader = SpanReader(WordEmbedder(), WordFinder(word), model=MODEL)
    best = reader.read("Which part does the state pay?", candidates).sentences[0]
    assert best.answer is not None
    assert word in text_of(best.span, candidates[best.candidate])
    assert text_of(best.answer, candidates[best.candidate]) == word


def test_reading_is_well_formed_and_does_not_depend_on_what_was_read_before() -> None:
    candidates = candidates_of(*ARTICLES)
    reader = SpanReader(WordEmbedder(), WordFinder("October"))
    for question in ("When will the night ferry end?", "How many towns?", "Who?"):
        reading = reader.read(question, candidates)
        assert reading == SpanReader(WordEmbedder(), WordFinder("October")).read(
            question, candidates
        )
        scores = [sentence.score for sentence in reading.sentences]
        assert scores == sorted(scores, reverse=True)
        for sentence in reading.sentences:
            assert sentence.span in candidates[sentence.candidate].passage.sentences
            if sentence.answer is not None:
                assert sentence.span.start <= sentence.answer.start
                assert sentence.answer.end <= sentence.span.end


def test_nothing_to_read_is_not_answerable() -> None:
    reader = SpanReader(WordEmbedder(), WordFinder("x"))
    assert reader.read("How many towns?", []) == Reading(sentences=(), answerability=0.0)
    assert reader.read("?!", candidates_of(HARBOUR)).answerability == 0.0


def test_the_shipped_weights_are_of_features_that_there_are() -> None:
    model = reading_model(SPAN)
    assert set(model.sentence.weights) <= set(SPAN_CHOICE_FEATURES)
    assert set(model.answer.weights) <= set(SPAN_ANSWER_FEATURES)
    assert model.sentence.weights["span"] > 0


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much will the sea wall cost?", "48 million crowns"),
        ("What share of the wall does the state pay?", "60 percent"),
        ("How many towns want to join the plan?", "14"),
        ("When will the night ferry end?", "October"),
        ("Who blamed the price of fuel?", "Otto Quist"),
        ("what killed the apple blossom", "Late frost"),
    ],
)
def test_the_shipped_reader_marks_the_words_that_answer(
    packaged_embedder: PackagedEmbedder, network: SpanModel, question: str, words: str
) -> None:
    candidates = candidates_of(*ARTICLES)
    reader = SpanReader(packaged_embedder, network)
    reading = reader.read(question, candidates)
    best = reading.sentences[0]
    assert best.answer is not None
    assert words in text_of(best.answer, candidates[best.candidate])
    assert reading.answerability >= reader.threshold


@pytest.mark.parametrize(
    "question",
    [
        "How many fishermen live in Port Lune?",
        "What did the prime minister say about the sea wall?",
        "Who is the prime minister of Denmark?",
        "When was the cathedral of Saltmarsh built?",
        "Where was Ilse Brandt born?",
        "Who won the chess tournament?",
        "what is the best recipe for pancakes",
    ],
)
def test_what_the_articles_do_not_say_is_not_answerable(
    packaged_embedder: PackagedEmbedder, network: SpanModel, question: str
) -> None:
    reader = SpanReader(packaged_embedder, network)
    assert reader.read(question, candidates_of(*ARTICLES)).answerability < reader.threshold
