"""Reading within a budget: the most promising windows are read, once each, and what is read in
them moves sentences and gives the words of the answer."""

from __future__ import annotations

import pytest

from index.records import Span
from rag.reading.features import (
    SPAN_LIMIT,
    SPAN_SENTENCE_FEATURES,
    SentenceMeasure,
    with_span_scores,
)
from rag.reading.logistic import LogisticModel, ReadingModel
from rag.reading.selection import text_of
from rag.reading.similarity import SimilarityReader
from rag.reading.span_model import SpanScore, Window, windows
from rag.reading.spans import read_spans
from tests.rag.reading.examples import FERRY, HARBOUR, ORCHARD, WordEmbedder, candidates_of

ARTICLES = (HARBOUR, FERRY, ORCHARD)


class WordFinder:
    """Stands for the network: sure of the sentences that hold a word, and of that word."""

    def __init__(self, word: str) -> None:
        self._word = word
        self.read: list[str] = []

    def scores(self, _question: str, window: Window, /) -> list[SpanScore | None]:
        """+5 with the word, -5 without."""
        self.read.append(window.text)
        base = window.sentences[0].start
        made: list[SpanScore | None] = []
        for start, end in window.sentences:
            text = window.text[start - base : end - base]
            place = text.find(self._word)
            words = (
                Span(start + place, start + place + len(self._word))
                if place >= 0
                else Span(start, end)
            )
            made.append(SpanScore(score=5.0 if place >= 0 else -5.0, words=words))
        return made


def measures_of(*sizes: int) -> list[SentenceMeasure]:
    """As many sentences for each candidate."""
    return [
        SentenceMeasure(candidate=i, position=j, values={}, spans=(), is_short_answer=True)
        for i, size in enumerate(sizes)
        for j in range(size)
    ]


def test_the_best_windows_are_read_and_no_more() -> None:
    passages = [candidate.passage for candidate in candidates_of(*ARTICLES)]
    measures = measures_of(*(len(p.sentences) for p in passages))
    screened = [(m, 1.0 if (m.candidate, m.position) == (1, 4) else 0.0) for m in measures]
    finder = WordFinder("85 workers")
    read = read_spans("How many?", passages, screened, finder, most=1)
    assert finder.read == [window.text for window in windows(passages[1])]
    assert {candidate for candidate, _ in read} == {1}
    score, words = read[1, 4]
    assert score == 5.0
    start = passages[1].start
    assert passages[1].text[words.start - start : words.end - start] == "85 workers"


def test_with_room_everything_is_read() -> None:
    passages = [candidate.passage for candidate in candidates_of(*ARTICLES)]
    measures = measures_of(*(len(p.sentences) for p in passages))
    read = read_spans("Who?", passages, [(m, 0.0) for m in measures], WordFinder("x"), most=50)
    assert set(read) == {(m.candidate, m.position) for m in measures}


def test_what_was_not_read_counts_as_the_worst() -> None:
    (seen, unseen) = with_span_scores(measures_of(2), {(0, 0): (3.0, Span(4, 9))})
    assert set(seen.values) == set(unseen.values) == set(SPAN_SENTENCE_FEATURES)
    assert seen.values["span"] == 3.0 / SPAN_LIMIT
    assert unseen.values["span"] == -1.0
    assert (seen.values["span_unread"], unseen.values["span_unread"]) == (0.0, 1.0)
    assert seen.values["span_below_best"] == 0.0
    assert unseen.values["span_below_best"] == pytest.approx(1.25)
    assert (seen.words, unseen.words) == (Span(4, 9), None)


@pytest.mark.parametrize("score", [-1e9, -SPAN_LIMIT, 0.0, SPAN_LIMIT, 1e9])
def test_scores_stay_within_their_limits(score: float) -> None:
    (made,) = with_span_scores(measures_of(1), {(0, 0): (score, Span(0, 1))})
    assert -1 <= made.values["span"] <= 1
    assert 0 <= made.values["span_probability"] <= 1
    assert made.values["span_below_best"] >= 0


def test_the_reader_follows_the_spans() -> None:
    by_span = LogisticModel(weights={"span": 1.0})
    model = ReadingModel(sentence=by_span, answer=by_span, threshold=0.5)
    candidates = candidates_of(*ARTICLES)
    for word in ("60 percent", "Otto Quist", "Late frost"):
        reader = SimilarityReader(WordEmbedder(), spans=WordFinder(word), model=model)
        best = reader.read("Which part does the state pay?", candidates).sentences[0]
        assert best.answer is not None
        assert word in text_of(best.span, candidates[best.candidate])
        assert text_of(best.answer, candidates[best.candidate]) == word


def test_it_says_which_reader_it_is() -> None:
    assert SimilarityReader(WordEmbedder()).name == "similarity"
    assert SimilarityReader(WordEmbedder(), spans=WordFinder("x"), model=ReadingModel(
        sentence=LogisticModel(weights={}), answer=LogisticModel(weights={}), threshold=0.5
    )).name == "span"  # fmt: skip
