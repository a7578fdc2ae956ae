"""An extractive reader network (SQuAD 2 style) in ONNX Runtime: for each sentence of a passage,
how well its best run of words answers the question. The only importer of onnxruntime in `rag`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailable
from index.records import Passage, Span

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Logits = NDArray[np.float32]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MAX_TOKENS = 192
WINDOW_WORDS = 80
"""Longest window that is read at once; the network was trained on windows of this length."""
LONGEST_ANSWER = 30
"""Tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScore:
    """The best run of words in one sentence."""

    score: float
    """Logit of its start plus logit of its end, less those of "not answered here"."""
    words: Span
    """In the article's text."""


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    first: int
    """Position of its first sentence in the passage."""
    sentences: tuple[Span, ...]


class SpanModel:
    """A question-answering network of transformers' standard form, exported to ONNX."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None

    def scores(self, question: str, passages: Sequence[Passage]) -> list[list[SpanScore]]:
        """For each passage, in order, the best run of words of each of its sentences.

        All windows are one batch: int8 activations are scaled per batch, and so the scores
        depend on nothing but the question and the passages.
        """
        found: list[list[SpanScore]] = [
            [SpanScore(score=-np.inf, words=span) for span in p.sentences] for p in passages
        ]
        windows = [w for i, p in enumerate(passages) for w in _windows(i, p)]
        if not windows:
            return found
        encodings, starts, ends = self._run(question, passages, windows)
        for row, window in enumerate(windows):
            base = window.sentences[0].start
            nothing = float(starts[row, 0] + ends[row, 0])
            tokens = _context_tokens(encodings[row])
            for position, sentence in enumerate(window.sentences):
                best = _best(tokens, starts[row], ends[row], _shift(sentence, -base))
                place = window.first + position
                if best and best[0] - nothing > found[window.passage][place].score:
                    words = _shift(best[1], base)
                    score = SpanScore(score=best[0] - nothing, words=words)
                    found[window.passage][place] = score
        return found

    def _run(
        self, question: str, passages: Sequence[Passage], windows: Sequence[_Window]
    ) -> tuple[list[Encoding], Logits, Logits]:
        """Encodings and logits, float32 (windows, tokens) each."""
        session, tokenizer = self._load()
        pairs = []
        for window in windows:
            passage = passages[window.passage]
            first, last = window.sentences[0].start, window.sentences[-1].end
            pairs.append((question, passage.text[first - passage.start : last - passage.start]))
        encodings = tokenizer.encode_batch(pairs)
        inputs = {
            "input_ids": np.array([e.ids for e in encodings], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encodings], dtype=np.int64),
            "token_type_ids": np.array([e.type_ids for e in encodings], dtype=np.int64),
        }
        known = {given.name for given in session.get_inputs()}
        starts, ends = session.run(
            ["start_logits", "end_logits"], {k: v for k, v in inputs.items() if k in known}
        )
        return encodings, starts, ends

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        if self._loaded is None:
            from onnxruntime import InferenceSession
            from tokenizers import Tokenizer

            model = self._folder / MODEL_FILE
            if not model.is_file():
                raise ModelUnavailable(
                    f"the reader's weights are missing from {self._folder}",
                    hint="reinstall Quoth, or set QUOTH_READER=none",
                )
            tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER_FILE))
            tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
            tokenizer.enable_padding()
            session = InferenceSession(str(model), providers=["CPUExecutionProvider"])
            self._loaded = (session, tokenizer)
        return self._loaded


def _windows(number: int, passage: Passage) -> Iterator[_Window]:
    """Runs of sentences of at most `WINDOW_WORDS` words that overlap by one sentence."""
    from index.passages import PassageShape, group_sentences

    shape = PassageShape(max_words=WINDOW_WORDS, overlap=1)
    shifted = [_shift(span, -passage.start) for span in passage.sentences]
    for group in group_sentences(passage.text, shifted, shape):
        first = shifted.index(group[0])
        spans = passage.sentences[first : first + len(group)]
        yield _Window(number, first, spans)


def _context_tokens(encoding: Encoding) -> list[tuple[int, Span]]:
    """Positions and character spans of the tokens of the passage."""
    return [
        (position, Span(*encoding.offsets[position]))
        for position, sequence in enumerate(encoding.sequence_ids)
        if sequence == 1
    ]


def _best(
    tokens: Sequence[tuple[int, Span]], starts: Logits, ends: Logits, sentence: Span
) -> tuple[float, Span] | None:
    """The best run of tokens inside a sentence: its logits' sum and its characters."""
    inside = [t for t in tokens if sentence.start <= t[1].start and t[1].end <= sentence.end]
    if not inside:
        return None
    places = [position for position, _ in inside]
    total = starts[places][:, None] + ends[places][None, :]
    allowed = np.triu(np.ones_like(total, dtype=bool)) & ~np.triu(
        np.ones_like(total, dtype=bool), LONGEST_ANSWER
    )
    total = np.where(allowed, total, -np.inf)
    first, last = np.unravel_index(int(np.argmax(total)), total.shape)
    return float(total[first, last]), Span(inside[first][1].start, inside[last][1].end)


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
