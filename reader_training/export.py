"""Turns a trained question-answering model into the ONNX int8 form that Quoth ships.

python -m reader_training.export MODEL --out rag/reading/models/span-reader
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from index.embedding.export import sha256_of
from rag.reading.span_export import export


def main() -> None:
    """Export, put the files in place and print the checksum."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    made = given.out.with_name(f"{given.out.name}-new")
    export(given.model, made)
    given.out.mkdir(parents=True, exist_ok=True)
    for path in made.iterdir():
        shutil.move(path, given.out / path.name)
    made.rmdir()
    path = given.out / "model.onnx"
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {sha256_of(path)}")


if __name__ == "__main__":
    main()
