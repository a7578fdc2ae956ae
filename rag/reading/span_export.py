"""ONNX int8 exports of extractive question-answering models: any that transformers'
`AutoModelForQuestionAnswering` loads. The only importer of optimum in `rag`."""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import structlog
from filelock import FileLock

from index.embedding.export import sha256_of, weights_folder
from index.errors import ModelUnavailable
from index.settings import BUILT_IN
from rag.reading.span_model import (
    BUILT_IN_FOLDER,
    MANIFEST_FILE,
    MAX_TOKENS,
    MODEL_FILE,
    TOKENIZER_FILE,
    checked_files,
)

log = structlog.get_logger(__name__)


def reader_folder(model: str, cache: Path) -> Path:
    """The folder of a reader: the one that ships with Quoth, or a Hugging Face model by name or
    path, exported into the cache if it is not there yet. Nothing is downloaded.

    Raises:
        ModelUnavailable: no such model is on this machine, or it answers no questions.
    """
    if model == BUILT_IN:
        return BUILT_IN_FOLDER
    source = _source(model)
    weights = next(iter(sorted(source.glob("*.safetensors")) or sorted(source.glob("*.bin"))), None)
    if weights is None:
        raise ModelUnavailable(
            f"{source} holds no model weights", hint="name a question-answering model's folder"
        )
    _check_kind(model, source)
    folder = cache / f"reader-{Path(model).name}-{sha256_of(weights)[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{folder.name}.lock"):
        if folder.is_dir() and not _intact(folder):
            log.warning("export_damaged", folder=str(folder), action="exported again")
            shutil.rmtree(folder)
        if not folder.is_dir():
            log.info("exporting_model", model=folder.name)
            export(source, folder)
    return folder


def _source(model: str) -> Path:
    try:
        return weights_folder(model)
    except ModelUnavailable:
        raise ModelUnavailable(
            f"no reader {model!r} is on this machine",
            hint="set QUOTH_READER to built-in, similarity, span, none or the path of a "
            f"question-answering model, or fetch it first with: hf download {model}",
        ) from None


def _check_kind(model: str, source: Path) -> None:
    """Refuse a model that transformers would give an untrained head, or that reads too little."""
    try:
        config = json.loads((source / "config.json").read_text(encoding="utf-8"))
        kinds = [str(kind) for kind in config.get("architectures") or ()]
        longest = int(config.get("max_position_embeddings") or MAX_TOKENS)
    except (OSError, ValueError, TypeError, AttributeError):
        raise ModelUnavailable(
            f"{source} has no readable config.json", hint="name a transformers model's folder"
        ) from None
    if not any("QuestionAnswering" in kind for kind in kinds):
        raise ModelUnavailable(
            f"{model!r} was not trained to answer questions ({', '.join(kinds) or 'no kind'})",
            hint="name a model for AutoModelForQuestionAnswering",
        )
    if longest < MAX_TOKENS:
        raise ModelUnavailable(
            f"{model!r} reads {longest} tokens at once, and {MAX_TOKENS} are needed",
            hint="name a model that reads more",
        )


def _intact(folder: Path) -> bool:
    try:
        checked_files(folder)
    except ModelUnavailable:
        return False
    return True


def export(model: Path, out: Path) -> Path:
    """Export a model's folder and quantise it; the ONNX file that was written. `out` appears
    whole, by a rename, and must not be there yet.

    Weights are int8 per channel in seven bits: processors without VNNI add pairs of products in
    sixteen bits, which eight would overflow.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from optimum.exporters.onnx import main_export

    out.parent.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        full, small = working / "full", working / "small"
        small.mkdir()
        with _quiet():
            try:
                main_export(str(model), output=full, task="question-answering", do_validation=False)
            except Exception as error:  # noqa: BLE001 - whatever torch and optimum raise
                reason = " ".join(str(error).split())[:200]
                raise ModelUnavailable(
                    f"{model} cannot be made an ONNX model: {reason}", hint="name another reader"
                ) from None
            if not (full / TOKENIZER_FILE).is_file():
                raise ModelUnavailable(
                    f"{model} has no fast tokenizer", hint="name a model with a tokenizer.json"
                )
            quantize_dynamic(
                str(full / "model.onnx"),
                str(small / MODEL_FILE),
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
            )
        shutil.copy(full / TOKENIZER_FILE, small / TOKENIZER_FILE)
        digests = {name: sha256_of(small / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
        (small / MANIFEST_FILE).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
        small.replace(out)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return out / MODEL_FILE


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Exporting warns of its own ways and advises on what is done anyway."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
