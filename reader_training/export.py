"""Turns a trained question-answering model into the ONNX int8 form that Quoth ships.

python -m reader_training.export MODEL... --out rag/reading/models/span-reader

Of several models the weights are averaged, which does better than each where they come from one
run (Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from index.embedding.export import sha256_of
from rag.reading.span_export import export


def averaged(models: Sequence[Path], folder: Path) -> Path:
    """A folder with the model whose weights are the means of those of `models`; of a single one
    its own."""
    if len(models) == 1:
        return models[0]
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    loaded = [AutoModelForQuestionAnswering.from_pretrained(str(model)) for model in models]
    states = [model.state_dict() for model in loaded]
    mean = {
        name: sum(state[name] for state in states) / len(states)
        if weight.is_floating_point()
        else weight
        for name, weight in states[0].items()
    }
    loaded[0].load_state_dict(mean)
    loaded[0].save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(models[0])).save_pretrained(folder)  # type: ignore[no-untyped-call]
    return folder


def main() -> None:
    """Export, put the files in place and print the checksum."""
    parser = argparse.ArgumentParser()
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    made = given.out.with_name(f"{given.out.name}-new")
    with tempfile.TemporaryDirectory() as folder:
        export(averaged(given.models, Path(folder)), made)
    given.out.mkdir(parents=True, exist_ok=True)
    for path in made.iterdir():
        shutil.move(path, given.out / path.name)
    made.rmdir()
    path = given.out / "model.onnx"
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {sha256_of(path)}")


if __name__ == "__main__":
    main()
