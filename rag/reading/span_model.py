"""An extractive reader network (SQuAD 2 style): for each sentence of a window of a passage, how
well its best run of words answers the question. The only importer of tokenizers in `rag`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.export import sha256_of
from index.embedding.onnx import open_session
from index.errors import ModelUnavailable
from index.passages import PassageShape, group_sentences
from index.records import Passage, Span

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Logits = NDArray[np.float32]

BUILT_IN_FOLDER = Path(__file__).parent / "models" / "span-reader"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
"""Name → SHA-256 of the other two."""
MAX_TOKENS = 192
"""Question and window; the longer of the two is cut first."""
WINDOW = PassageShape(max_words=110, overlap=1)
"""Longest window that is read at once; the network was trained on windows of this shape."""
LONGEST_ANSWER = 30
"""Tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScore:
    """The best run of words in one sentence."""

    score: float
    """Logit of its start plus logit of its end, less those of "not answered here"."""
    words: Span
    """In the article's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Sentences of one passage that are read at once."""

    first: int
    """Position of its first sentence in the passage."""
    sentences: tuple[Span, ...]
    """In the article's text."""
    text: str


class SpanModel:
    """A question-answering network of transformers' standard form, exported to ONNX.

    One window at a time: int8 activations are scaled over a whole batch, and so a score depends
    on nothing but the question and the window. Safe to share between threads; each window is read
    on one core.

    Raises:
        ModelUnavailable: a file is missing or is not the one that the manifest names.
    """

    def __init__(self, folder: Path = BUILT_IN_FOLDER, *, name: str = "span-reader") -> None:
        self._folder = folder
        self._name = name
        self._digests = checked_files(folder)
        self._loaded: tuple[InferenceSession, Tokenizer, frozenset[str]] | None = None
        self._lock = Lock()

    @property
    def model_id(self) -> str:
        """Name and checksum, for reports."""
        return f"{self._name}@{self._digests[MODEL_FILE][:12]}"

    def scores(self, question: str, window: Window) -> list[SpanScore | None]:
        """For each sentence of the window its best run of words; None where it was cut off."""
        session, tokenizer, known = self._load()
        encoding = tokenizer.encode(question, window.text)
        given = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        inputs = {k: np.array([v], dtype=np.int64) for k, v in given.items() if k in known}
        starts, ends = (v[0] for v in session.run(["start_logits", "end_logits"], inputs))
        nothing = float(starts[0]) + float(ends[0])
        tokens = _context_tokens(encoding, window.text)
        base = window.sentences[0].start
        return [
            _best(tokens, starts, ends, _shift(sentence, -base), nothing=nothing, base=base)
            for sentence in window.sentences
        ]

    def _load(self) -> tuple[InferenceSession, Tokenizer, frozenset[str]]:
        """Session, tokenizer and the names of the network's inputs; loaded when first used."""
        with self._lock:
            if self._loaded is None:
                session, tokenizer = _load(self._folder)
                known = frozenset(given.name for given in session.get_inputs())
                self._loaded = (session, tokenizer, known)
            return self._loaded


def windows(passage: Passage) -> list[Window]:
    """The windows that a passage is read in, in text order; they hold every sentence."""
    shift = passage.start
    relative = [_shift(span, -shift) for span in passage.sentences]
    made, first = [], 0
    for group in group_sentences(passage.text, relative, WINDOW):
        first = relative.index(group[0], first)
        spans = tuple(passage.sentences[first : first + len(group)])
        text = passage.text[spans[0].start - shift : spans[-1].end - shift]
        made.append(Window(first=first, sentences=spans, text=text))
    return made


def checked_files(folder: Path) -> dict[str, str]:
    """Digests by file name, as the manifest states them and the files bear out.

    Raises:
        ModelUnavailable: a file is missing or is not the one that the manifest names.
    """
    hint = "reinstall Quoth, or set QUOTH_READER=similarity"
    try:
        digests: dict[str, str] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if sha256_of(folder / name) != digests[name]:
                raise ModelUnavailable(f"{folder / name} fails its checksum", hint=hint)
    except (OSError, ValueError, LookupError, TypeError):
        raise ModelUnavailable(
            f"the reader's weights are missing from {folder}", hint=hint
        ) from None
    return digests


def _load(folder: Path) -> tuple[InferenceSession, Tokenizer]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return open_session(folder / MODEL_FILE, threads=1), tokenizer


def _context_tokens(
    encoding: Encoding, text: str
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of the tokens of the window, in order: positions, first characters, ends. Some tokenizers
    count the space before a word as part of it; here it is not."""
    places = [i for i, sequence in enumerate(encoding.sequence_ids) if sequence == 1]
    spans = [encoding.offsets[i] for i in places]
    trimmed = [(end - len(text[start:end].lstrip()), end) for start, end in spans]
    offsets = np.array(trimmed, dtype=np.int64).reshape(-1, 2)
    return np.array(places, dtype=np.int64), offsets[:, 0], offsets[:, 1]


def _best(
    tokens: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    starts: Logits,
    ends: Logits,
    sentence: Span,
    *,
    nothing: float,
    base: int,
) -> SpanScore | None:
    """The best run of tokens inside a sentence, at most `LONGEST_ANSWER` long."""
    places, opens, closes = tokens
    inside = np.flatnonzero((opens >= sentence.start) & (closes <= sentence.end))
    if not len(inside):
        return None
    chosen = places[inside]
    total = starts[chosen][:, None].astype(np.float64) + ends[chosen][None, :]
    shape = np.ones_like(total, dtype=bool)
    total[~(np.triu(shape) & ~np.triu(shape, LONGEST_ANSWER))] = -np.inf
    first, last = np.unravel_index(int(np.argmax(total)), total.shape)
    words = Span(int(opens[inside[first]]) + base, int(closes[inside[last]]) + base)
    return SpanScore(score=float(total[first, last]) - nothing, words=words)


def _shift(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def best_scores(model: SpanModel, question: str, chosen: Sequence[Window]) -> dict[int, SpanScore]:
    """The best run of words of each sentence of a passage that stands in one of the windows, by
    the sentence's position."""
    found: dict[int, SpanScore] = {}
    for position, score in _positions(model, question, chosen):
        held = found.get(position)
        if held is None or score.score > held.score:
            found[position] = score
    return found


def _positions(
    model: SpanModel, question: str, chosen: Sequence[Window]
) -> Iterator[tuple[int, SpanScore]]:
    for window in chosen:
        for position, score in enumerate(model.scores(question, window), start=window.first):
            if score is not None:
                yield position, score
