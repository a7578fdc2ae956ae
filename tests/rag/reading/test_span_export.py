"""Any extractive question-answering model of transformers' standard form can be the reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.errors import ModelUnavailable
from index.settings import BUILT_IN
from rag.reading.span_export import reader_folder
from rag.reading.span_model import BUILT_IN_FOLDER, MODEL_FILE, SpanModel, windows
from tests.rag.reading.examples import HARBOUR
from tests.rag.reading.test_span_model import BEFORE, passage_of
from tests.rag.tiny_models import Kind, tiny_cross_encoder, tiny_reader


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an untrained network of one small layer."""
    return tiny_reader(tmp_path_factory.mktemp("models") / "small-reader")


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


@pytest.mark.parametrize("kind", ["roberta", "deberta"])
def test_networks_without_token_types_are_read(tmp_path: Path, kind: Kind) -> None:
    folder = reader_folder(str(tiny_reader(tmp_path / kind, kind)), tmp_path / "cache")
    model = SpanModel(folder)
    passage = passage_of("The mayor is Ilse Brandt. The wall costs 48 million crowns.")
    (window,) = windows(passage)
    article = BEFORE + passage.text
    scores = model.scores("Who is the mayor?", window)
    assert scores == model.scores("Who is the mayor?", window)
    for sentence, score in zip(window.sentences, scores, strict=True):
        assert score is not None
        assert sentence.start <= score.words.start < score.words.end <= sentence.end
        words = article[slice(*score.words)]
        assert words == words.strip()


@pytest.mark.parametrize("name", ["nobody/no-such-reader", "no-such-reader"])
def test_a_reader_that_is_not_here_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelUnavailable, match="set QUOTH_READER to") as raised:
        reader_folder(name, tmp_path)
    assert repr(name) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = tiny_cross_encoder(tmp_path / "judge")
    with pytest.raises(ModelUnavailable, match="not trained to answer questions"):
        reader_folder(str(folder), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_model_that_reads_too_little_is_refused(tmp_path: Path) -> None:
    folder = tiny_reader(tmp_path / "short", max_position_embeddings=64)
    with pytest.raises(ModelUnavailable, match="reads 64 tokens at once, and 192 are needed"):
        reader_folder(str(folder), tmp_path / "cache")


def test_a_folder_without_a_config_is_refused(small_model: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    weights = (small_model / "model.safetensors").read_bytes()
    (tmp_path / "bare" / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelUnavailable, match=r"no readable config\.json"):
        reader_folder(str(tmp_path / "bare"), tmp_path / "cache")


def test_weights_that_cannot_be_read_are_refused(small_model: Path, tmp_path: Path) -> None:
    folder = tiny_reader(tmp_path / "cut")
    (folder / "model.safetensors").write_bytes(b"cut short")
    with pytest.raises(ModelUnavailable, match="cannot be made an ONNX model") as raised:
        reader_folder(str(folder), tmp_path / "cache")
    assert "\n" not in str(raised.value)
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
