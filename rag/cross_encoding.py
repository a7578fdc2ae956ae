"""Passages ordered by a sentence-transformers `CrossEncoder` before they are read. The only
importer of sentence_transformers in `rag`."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from index.embedding.export import sha256_of, weights_folder
from index.errors import ModelUnavailable
from rag.fusion import min_max
from rag.records import Candidate

DEFAULT_SHOWN = 20
"""Passages that the cross-encoder is shown for a question."""
BATCH = 16


class CrossEncoderReranker:
    """Orders candidates by what a cross-encoder makes of question and passage together.

    The weights are loaded when first used. Safe to share between threads.

    Raises:
        ModelUnavailable: no such model is on this machine, or it gives no relevance score.
    """

    def __init__(self, model: str, *, shown: int = DEFAULT_SHOWN) -> None:
        self._folder = _folder(model)
        self._name = model
        self._shown = shown
        self._model: Any = None
        self._lock = Lock()

    @property
    def model_id(self) -> str:
        """Name and checksum, for reports."""
        return f"{Path(self._name).name}@{sha256_of(_weights(self._folder))[:12]}"

    def rerank(self, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates (best first), the first of them in the cross-encoder's order.

        What it was shown has its output as `cross_encoder`, and as `score` that output stretched
        to [0, 1]; the rest follows in its old order with a score of 0. `fused` keeps the score
        that there was. Ties keep their order.
        """
        shown, rest = candidates[: self._shown], candidates[self._shown :]
        if not shown:
            return []
        outputs = self._outputs(question, [candidate.passage.text for candidate in shown])
        stretched = min_max({str(place): output for place, output in enumerate(outputs)})
        seen = [
            replace(c, score=stretched[str(place)], fused=c.score, cross_encoder=outputs[place])
            for place, c in enumerate(shown)
        ]
        return sorted(seen, key=lambda c: -c.score) + [
            replace(candidate, score=0.0, fused=candidate.score) for candidate in rest
        ]

    def _outputs(self, question: str, texts: Sequence[str]) -> list[float]:
        """One output a text, as the model gives it: most give a probability in [0, 1]."""
        pairs = [(question, text) for text in texts]
        given = self._load().predict(pairs, batch_size=BATCH, show_progress_bar=False)
        return [round(float(value), 6) for value in given]

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _load(self._folder)
            return self._model


def _folder(model: str) -> Path:
    try:
        folder = weights_folder(model)
    except ModelUnavailable:
        raise ModelUnavailable(
            f"no reranker {model!r} is on this machine",
            hint="set QUOTH_RERANKER to none or the path of a cross-encoder, or fetch it first "
            f"with: hf download {model}",
        ) from None
    _weights(folder)
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kinds = [str(kind) for kind in config.get("architectures") or ()]
        labels = len(config.get("id2label") or (0, 1))  # transformers leaves out a pair of labels
    except (OSError, ValueError, TypeError, AttributeError):
        raise ModelUnavailable(
            f"{folder} has no readable config.json", hint="name a cross-encoder's folder"
        ) from None
    if labels != 1 or not any("SequenceClassification" in kind for kind in kinds):
        found = f"{', '.join(kinds) or 'no kind'}, {labels} labels"
        raise ModelUnavailable(
            f"{model!r} gives no relevance score ({found})",
            hint="name a sentence-transformers CrossEncoder with one label",
        )
    return folder


def _weights(folder: Path) -> Path:
    for path in [*sorted(folder.glob("*.safetensors")), *sorted(folder.glob("*.bin"))]:
        return path
    raise ModelUnavailable(f"{folder} holds no model weights", hint="name a cross-encoder's folder")


def _load(folder: Path) -> Any:
    from sentence_transformers import CrossEncoder

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # noqa: BLE001 - whatever torch and safetensors raise
        reason = " ".join(str(error).split())[:200]
        raise ModelUnavailable(
            f"the reranker in {folder} cannot be loaded: {reason}", hint="name another one"
        ) from None
    finally:
        logging.disable(before)
