"""Networks are run as sentence-transformers runs them, and left to it where they take more."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedding.export import ExportedModel, exported_model
from index.embedding.huggingface import OnnxEmbedder
from index.embedding.onnx import NetworkShape, SentenceNetwork, network_shape
from index.settings import BUILT_IN

TEXTS = [
    "The ferry to Osk runs again from Monday, the harbour office said.",
    " Storms had kept it in port\nfor eleven days. ",
    "“Wir bleiben”, said the mayor of Ærøskøbing. 🎉",
    "渡𠮷",
    "",
    "one word after another " * 400,
]


@pytest.fixture(scope="module")
def exported(model_cache: Path) -> ExportedModel:
    return exported_model(BUILT_IN, model_cache)


@pytest.fixture
def folder(exported: ExportedModel, tmp_path: Path) -> Path:
    """What the built-in model's folder says of itself, to be changed."""
    leave_out = shutil.ignore_patterns("*.onnx")
    return Path(shutil.copytree(exported.folder, tmp_path / "model", ignore=leave_out))


def change(path: Path, **values: Any) -> None:
    """Write other values into a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def test_vectors_are_those_of_llama_index_and_sentence_transformers(
    exported: ExportedModel, model_cache: Path
) -> None:
    shape = network_shape(exported.folder)
    assert shape is not None
    vectors = SentenceNetwork(exported.folder, exported.file_name, shape).embed(TEXTS)
    embedder = OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=len(TEXTS))
    expected = np.array(embedder.llama_index().get_text_embedding_batch(TEXTS))
    assert np.abs(vectors - expected).max() < 1e-5


def test_a_question_on_one_core_has_the_vector_that_all_cores_give_it(
    exported: ExportedModel, model_cache: Path
) -> None:
    shape = network_shape(exported.folder)
    assert shape is not None
    network = SentenceNetwork(exported.folder, exported.file_name, shape)
    embedder = OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=8)
    for text in TEXTS:
        vector = embedder.embed_query(text)
        assert np.array_equal(vector, network.embed([text])[0])
        assert np.array_equal(vector, embedder.embed_query(text))
        with pytest.raises(ValueError, match="read-only"):
            vector[0] = 1.0


def test_the_shape_of_the_built_in_model(folder: Path) -> None:
    expected = NetworkShape(pooling="mean", max_tokens=256, pad_token="[PAD]")
    assert network_shape(folder) == expected


def test_the_first_token_may_stand_for_all(exported: ExportedModel) -> None:
    first = NetworkShape(pooling="cls", max_tokens=256, pad_token="[PAD]")
    network = SentenceNetwork(exported.folder, exported.file_name, first)
    both, alone = network.embed(TEXTS[:1] * 2), network.embed(TEXTS[:1])
    assert np.linalg.norm(both, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.abs(both - alone).max() < 1e-5


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("1_Pooling/config.json", {"pooling_mode": "lasttoken"}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("tokenizer_config.json", {"model_max_length": 10**30}),
        ("tokenizer_config.json", {"pad_token": None}),
    ],
)
def test_what_is_done_in_another_way_is_left_to_sentence_transformers(
    folder: Path, file: str, values: dict[str, Any]
) -> None:
    change(folder / file, **values)
    assert network_shape(folder) is None


def test_so_is_what_has_more_steps(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    dense = {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"}
    (folder / "modules.json").write_text(json.dumps([*modules, dense]), "utf-8")
    assert network_shape(folder) is None


@pytest.mark.parametrize(
    "missing", ["tokenizer.json", "modules.json", "config.json", "sentence_bert_config.json"]
)
def test_so_is_what_does_not_say_how_it_is_done(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    assert network_shape(folder) is None


def test_embedding_brings_no_torch_along(exported: ExportedModel, model_cache: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from index.embedding.huggingface import OnnxEmbedder
embedder = OnnxEmbedder({BUILT_IN!r}, cache=Path({str(model_cache)!r}), batch_size=2)
embedder.embed_query("When?")
embedder.embed_documents(["One.", "Two.", "Three."])
print([name for name in ("torch", "transformers", "llama_index") if name in sys.modules])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
