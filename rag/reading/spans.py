"""The trained reader within a budget: it reads the windows that similarity finds most promising."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Protocol

from index.records import Passage, Span
from rag.reading.features import SentenceMeasure
from rag.reading.span_model import SpanScore, Window, windows

DEFAULT_WINDOWS = 8
"""Windows of 110 words at most that are read for a question."""


class SpanScorer(Protocol):
    """Scores the sentences of a window by what words in them answer."""

    def scores(self, question: str, window: Window, /) -> list[SpanScore | None]:
        """For each sentence its best run of words; None where it was not seen. Called from several
        threads at once."""


def read_spans(
    question: str,
    passages: Sequence[Passage],
    screened: Sequence[tuple[SentenceMeasure, float]],
    scorer: SpanScorer,
    most: int = DEFAULT_WINDOWS,
) -> dict[tuple[int, int], tuple[float, Span]]:
    """Score and words of each sentence of the `most` best windows, by candidate and position.

    `screened` are all sentences of the passages with the scores by which windows are chosen: a
    window is as good as its best sentence.
    """
    score_of = {(found.candidate, found.position): score for found, score in screened}
    ranked = sorted(
        (
            (max(score_of[number, window.first + i] for i in range(len(window.sentences))),
             number, window)
            for number, passage in enumerate(passages)
            for window in windows(passage)
        ),
        key=lambda item: (-item[0], item[1], item[2].first),
    )  # fmt: skip
    chosen = ranked[:most]
    scored = _threads().map(partial(scorer.scores, question), [window for *_, window in chosen])
    read: dict[tuple[int, int], tuple[float, Span]] = {}
    for (_, number, window), scores in zip(chosen, scored, strict=True):
        for position, found in enumerate(scores, start=window.first):
            held = read.get((number, position))
            if found is not None and (held is None or found.score > held[0]):
                read[number, position] = (found.score, found.words)
    return read


@cache
def _threads() -> ThreadPoolExecutor:
    """A thread a core. A window on each core is as quick as all cores on one window, and does not
    wait for the slower core at each step: where others use the cores too, it is much quicker."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="reader")
