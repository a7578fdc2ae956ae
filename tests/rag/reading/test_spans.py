"""Reading within a budget: the most promising windows are read, once each."""

from __future__ import annotations

from rag.reading.span_model import windows
from rag.reading.spans import read_spans
from tests.rag.reading.examples import (
    FERRY,
    HARBOUR,
    ORCHARD,
    WordFinder,
    candidates_of,
    measures_of,
)

ARTICLES = (HARBOUR, FERRY, ORCHARD)


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
