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
    MODEL_FILE,
    TOKENIZER_FILE,
    checked_files,
)

log = structlog.get_logger(__name__)


def reader_folder(model: str, cache: Path) -> Path:
    """The folder of a reader: the one that ships with Quoth, or a Hugging Face model by name or
    path, exported into the cache if it is not there yet.

    Raises:
        ModelUnavailable: no such model is on this machine, or it answers no questions.
    """
    if model == BUILT_IN:
        return BUILT_IN_FOLDER
    source = weights_folder(model)
    weights = next(iter(sorted(source.glob("*.safetensors")) or sorted(source.glob("*.bin"))), None)
    if weights is None:
        raise ModelUnavailable(
            f"{source} holds no model weights", hint="name a question-answering model's folder"
        )
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
            main_export(str(model), output=full, task="question-answering", do_validation=False)
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
