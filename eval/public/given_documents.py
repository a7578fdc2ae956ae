"""Answers questions that bring their own documents, as RGB and RAMDocs do.

An archive for each question would spend more on opening databases than on answering. So all
documents of a set are taken into one archive, each under a publisher of its own, and a question is
asked with the publishers of its documents as filter: the engine searches, reads and quotes these
and no others, and documents that are independent count as independent. Word statistics are
those of the whole set, as they would be in an archive that is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.public.base import Progress
from index.archive import Archive
from index.records import Filters, IngestOutcome
from rag.engine import AnswerEngine
from rag.records import Answer, Query

BATCH = 200
"""Documents that are taken in before progress is told."""

_NOBODY = "nobody"
"""Publisher of no document: an empty filter would search the documents of all questions."""


class GivenDocuments:
    """The documents of a set, and an engine that answers from those that are named."""

    def __init__(self, archive: Archive, engine: AnswerEngine) -> None:
        self._archive = archive
        self._engine = engine

    def take_in(
        self, documents: Mapping[str, str], *, origin: str, on_progress: Progress
    ) -> tuple[str, ...]:
        """Store the documents (key to text); return the keys of those that were refused."""
        keys = list(documents)
        refused: list[str] = []
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            report = self._archive.ingest_records(
                [{"id": key, "publisher": key, "text": documents[key]} for key in batch],
                origin=origin,
            )
            outcomes = zip(batch, report.items, strict=True)
            refused += [key for key, item in outcomes if item.outcome is IngestOutcome.REFUSED]
            on_progress("taking in", start + len(batch), len(keys))
        return tuple(refused)

    def ask(self, question: str, keys: Sequence[str]) -> Answer:
        """Return the engine's answer from the documents of these keys."""
        return self._engine.ask(
            Query(question=question, filters=Filters(publishers=tuple(keys) or (_NOBODY,)))
        )


def refusal_notes(refused: Sequence[str], total: int) -> tuple[str, ...]:
    """Return a note where documents were not taken in."""
    if not refused:
        return ()
    return (f"{len(refused)} of {total} documents hold no sentence and were not taken in",)
