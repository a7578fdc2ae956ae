"""Files of every kind through one door."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from index.loading.base import LoadLimits
from index.loading.files import KNOWN_SUFFIXES, load_bytes, load_path
from index.records import Refusal, SourceDocument

TEXT = "The ferry has been stuck since Sunday. Nobody expects it to move before the weekend."


def refusal(path: Path, limits: LoadLimits | None = None) -> str:
    (loaded,) = load_path(path, limits=limits or LoadLimits())
    assert isinstance(loaded, Refusal)
    assert loaded.origin == str(path)
    assert "\n" not in loaded.reason
    assert ": " in loaded.reason, "says what is wrong and what to do"
    return loaded.reason


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "b.md", "c.markdown"])
def test_known_kinds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT)
    (loaded,) = load_path(path)
    assert isinstance(loaded, SourceDocument)
    assert loaded.text == TEXT
    assert loaded.origin == str(path)


def test_the_origin_may_be_given(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": TEXT}))
    (loaded,) = load_path(path, origin="seeds/a.jsonl")
    assert loaded.origin == "seeds/a.jsonl:1"


@pytest.mark.parametrize("name", ["a.pdf", "a.py", "a.docx", "a"])
def test_an_unknown_kind_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXT)
    reason = refusal(path)
    assert all(suffix in reason for suffix in KNOWN_SUFFIXES)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.json"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    assert "empty" in refusal(path)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.json"])
def test_a_binary_file_in_disguise_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    refusal(path)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "Der Bürgermeister von Weißensee sagte, die Fähre bleibe im Eis."),
        ("cp1252", "“Nobody told us,” said Zoë – the ferry costs €9."),
        ("utf-16", "The naïve café in Łódź reopened. Еще одно предложение."),
        ("utf-16-le", "The naïve café in Łódź reopened on a windy Tuesday."),
    ],
)
def test_other_encodings_keep_their_letters(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    (loaded,) = load_path(path)
    assert isinstance(loaded, SourceDocument)
    assert loaded.text == text


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(200 * 1024**2)
    assert "200 MiB, more than the 64 MiB" in refusal(path)


def test_a_streamed_file_may_be_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join([json.dumps({"text": TEXT})] * 50))
    loaded = list(load_path(path, limits=LoadLimits(max_file_bytes=1000)))
    assert len(loaded) == 50
    assert all(isinstance(item, SourceDocument) for item in loaded)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nowhere.txt")


def test_a_folder_with_the_name_of_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "folder.txt"
    path.mkdir()
    assert "not a file" in refusal(path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    assert "not a file" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(TEXT)
    path.chmod(0)
    assert "permissions" in refusal(path)


def test_an_upload() -> None:
    (loaded,) = load_bytes(TEXT.encode(), name="a.txt", origin="upload:a.txt")
    assert loaded == SourceDocument(origin="upload:a.txt", text=TEXT)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.txt"), (b"x" * 2000, "a.txt"), (b"x", "a.exe"), (b"%PDF-1.4", "a.html")],
)
def test_a_bad_upload_is_refused(data: bytes, name: str) -> None:
    (loaded,) = load_bytes(data, name=name, limits=LoadLimits(max_file_bytes=1000))
    assert isinstance(loaded, Refusal)
