"""Any extractive question-answering model of transformers' standard form can be the reader."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from index.embedding.export import weights_folder
from index.errors import ModelUnavailable
from index.settings import BUILT_IN
from rag.reading.span_export import reader_folder
from rag.reading.span_model import BUILT_IN_FOLDER, MODEL_FILE, SpanModel, windows
from tests.rag.reading.examples import HARBOUR
from tests.rag.reading.test_span_model import passage_of


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained network of one small layer."""
    transformers: Any = importlib.import_module("transformers")
    folder = tmp_path_factory.mktemp("models") / "small-reader"
    config = transformers.BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    transformers.BertForQuestionAnswering(config).save_pretrained(folder)
    words = str(weights_folder(BUILT_IN))
    transformers.AutoTokenizer.from_pretrained(words).save_pretrained(folder)
    return folder


def test_the_built_in_reader_needs_no_export(tmp_path: Path) -> None:
    assert reader_folder(BUILT_IN, tmp_path) == BUILT_IN_FOLDER
    assert not list(tmp_path.iterdir())


def test_a_named_model_is_exported_once_and_again_when_damaged(
    small_model: Path, tmp_path: Path
) -> None:
    folder = reader_folder(str(small_model), tmp_path)
    made = (folder / MODEL_FILE).stat().st_mtime_ns
    window = windows(passage_of(HARBOUR))[0]
    scores = SpanModel(folder).scores("Who is the mayor?", window)
    assert len(scores) == len(window.sentences)
    assert reader_folder(str(small_model), tmp_path) == folder
    assert (folder / MODEL_FILE).stat().st_mtime_ns == made

    (folder / MODEL_FILE).write_bytes(b"cut short")
    assert reader_folder(str(small_model), tmp_path) == folder
    assert SpanModel(folder).scores("Who is the mayor?", window) == scores


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "config.json").write_text(json.dumps({}))
    with pytest.raises(ModelUnavailable, match="weights"):
        reader_folder(str(tmp_path / "empty"), tmp_path / "cache")
