"""The reader that is switched off: nothing answers, and retrieval speaks for itself."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading.base import Reading
from rag.records import Candidate


class SilentReader:
    """Implements `Reader`: every question comes out as not found, with the nearest passages."""

    name = "none"
    threshold = 1.0

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:  # noqa: ARG002
        """Find nothing."""
        return Reading(sentences=(), answerability=0.0)
