"""Passages on a question's topic that do not answer it, as retrieval would bring them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.reader_retrieval import PackagedEmbedder
from benchmarks.reader_sets import Archive, Case
from index.passages import embedding_input
from index.records import Passage

NEIGHBOURS = 12


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of some cases, the passages nearest to its question, nearest first."""

    archive: Archive
    nearest: Sequence[Sequence[int]]

    def misleading(self, number: int, case: Case, most: int) -> list[Passage]:
        """At most `most` near passages without the case's answer, nearest first."""
        words = [answer.lower() for answer in case.answers]
        found: list[Passage] = []
        for i in self.nearest[number]:
            passage = self.archive.passages[i]
            own = self.archive.article_of[i] == case.article and any(
                gold.start < passage.end and passage.start < gold.end for gold in case.gold
            )
            if not own and not any(word in passage.text.lower() for word in words):
                found.append(passage)
        return found[:most]


def neighbours(archive: Archive, cases: Sequence[Case], embedder: PackagedEmbedder) -> Neighbours:
    """The passages of an archive nearest to each question by cosine."""
    titles = [archive.titles[article] for article in archive.article_of]
    vectors = embedder.embed(
        [embedding_input(t, p) for t, p in zip(titles, archive.passages, strict=True)]
    )
    questions = embedder.embed([case.question for case in cases])
    nearest: list[list[int]] = []
    for first in range(0, len(cases), 256):
        close = questions[first : first + 256] @ vectors.T
        nearest.extend(np.argsort(-close, axis=1, kind="stable")[:, :NEIGHBOURS].tolist())
    return Neighbours(archive, nearest)
