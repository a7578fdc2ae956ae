"""Turns a trained question-answering model into the ONNX int8 form that Quoth ships.

    python -m reader_training.export MODEL --out rag/reading/reader
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from index.embedding.export import sha256_of
from rag.reading.span_model import MODEL_FILE, TOKENIZER_FILE


def export(model: Path, out: Path) -> Path:
    """Export and quantise; the ONNX file that was written.

    Weights are int8 per tensor with unsigned activations, which every x86 and ARM machine runs.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from optimum.exporters.onnx import main_export

    with tempfile.TemporaryDirectory() as folder:
        main_export(str(model), output=folder, task="question-answering", do_validation=False)
        out.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(
            str(Path(folder) / "model.onnx"),
            str(out / MODEL_FILE),
            weight_type=QuantType.QInt8,
            per_channel=False,
            reduce_range=False,
        )
    shutil.copy(model / TOKENIZER_FILE, out / TOKENIZER_FILE)
    return out / MODEL_FILE


def main() -> None:
    """Export and print the checksum."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    path = export(given.model, given.out)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {sha256_of(path)}")


if __name__ == "__main__":
    main()
