"""A trained reader's scores, kept in a file between runs: a refit reads nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from index.records import Span
from rag.reading.span_model import SpanModel, SpanScore, Window

Stored = list[tuple[float, int, int] | None]
"""Score, start and end from the start of the window, for each sentence."""


class RememberedSpans:
    """A `SpanScorer` that asks the network only what the file does not hold."""

    def __init__(self, model: SpanModel, file: Path | None) -> None:
        self._model = model
        self._file = file
        self._known: dict[str, Stored] = {}
        if file is not None and file.exists():
            self._known = json.loads(file.read_text(encoding="utf-8"))

    def scores(self, question: str, window: Window, /) -> list[SpanScore | None]:
        """As the network gives them."""
        base = window.sentences[0].start
        key = self._key(question, window, base)
        if key not in self._known:
            self._known[key] = [
                None if s is None else (s.score, s.words.start - base, s.words.end - base)
                for s in self._model.scores(question, window)
            ]
        return [
            None if s is None else SpanScore(score=s[0], words=Span(s[1] + base, s[2] + base))
            for s in self._known[key]
        ]

    def save(self) -> None:
        """Write the file, where one was named."""
        if self._file is not None:
            self._file.write_text(json.dumps(self._known), encoding="utf-8")

    def _key(self, question: str, window: Window, base: int) -> str:
        ends: Sequence[int] = [span.end - base for span in window.sentences]
        text = "\0".join((self._model.model_id, question, window.text, str(ends)))
        return hashlib.sha1(text.encode()).hexdigest()
