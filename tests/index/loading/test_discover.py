"""Paths, as given, to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.loading.discover import discover
from index.records import Refusal

GOLD = json.dumps({"id": "g-1", "question": "Who?", "answerable": False})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    for name in ("b.txt", "a.md", "old/c.html", "old/deep/d.jsonl", ".git/e.txt", ".hidden.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"text": "Something."}')
    return root


def found(*paths: Path | str, recursive: bool = False) -> list[str]:
    items = list(discover([str(path) for path in paths], recursive=recursive))
    assert all(isinstance(item, Path) for item in items), items
    return [item.name for item in items if isinstance(item, Path)]


def refused(*paths: Path | str, recursive: bool = False) -> Refusal:
    (item,) = discover([str(path) for path in paths], recursive=recursive)
    assert isinstance(item, Refusal)
    assert item.origin == str(paths[0])
    assert "\n" not in item.reason
    return item


def test_a_folder_gives_its_own_files_in_order(archive: Path) -> None:
    assert found(archive) == ["a.md", "b.txt"]


def test_recursion_goes_below_but_not_into_hidden_folders(archive: Path) -> None:
    assert found(archive, recursive=True) == ["a.md", "b.txt", "c.html", "d.jsonl"]


def test_paths_stay_in_the_order_given_and_come_once(archive: Path) -> None:
    assert found(archive / "b.txt", archive, archive / "old" / ".." / "a.md") == ["b.txt", "a.md"]


def test_paths_stay_as_given(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(archive.parent)
    assert list(discover(["archive"], recursive=False)) == [
        Path("archive/a.md"),
        Path("archive/b.txt"),
    ]


def test_a_named_file_is_tried_whatever_its_kind(archive: Path) -> None:
    picture = archive / "x.png"
    picture.touch()
    assert found(picture, archive / ".hidden.txt") == ["x.png", ".hidden.txt"]


def test_what_comes_with_a_collection_is_passed_over(archive: Path) -> None:
    (archive / "README.md").write_text("# About")
    (archive / "gold.jsonl").write_text(f"{GOLD}\n{GOLD}\n")
    (archive / "x.png").touch()
    assert found(archive) == ["a.md", "b.txt"]
    assert found(archive / "gold.jsonl") == ["gold.jsonl"]


def test_a_missing_path(tmp_path: Path) -> None:
    assert "no such file or folder" in refused(tmp_path / "nowhere").reason


def test_a_folder_without_articles(tmp_path: Path) -> None:
    assert "no articles" in refused(tmp_path).reason


def test_a_folder_of_other_files_names_their_kinds(tmp_path: Path) -> None:
    for name in ("a.png", "b.py", "c.py"):
        (tmp_path / name).touch()
    reason = refused(tmp_path).reason
    assert "3 files" in reason
    assert ".png" in reason
    assert ".py" in reason
    assert ".txt" in reason


def test_a_folder_with_articles_only_below_says_so(archive: Path) -> None:
    (archive / "a.md").unlink()
    (archive / "b.txt").unlink()
    (archive / ".hidden.txt").unlink()
    assert "--recursive" in refused(archive).reason


@pytest.mark.parametrize("url", ["https://post.example/ice", "HTTP://post.example"])
def test_urls_are_refused(url: str) -> None:
    assert "save the page and ingest the file" in refused(url).reason


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_what_cannot_be_a_path_is_refused(path: str) -> None:
    refused(path)


def test_one_bad_path_does_not_hide_the_others(archive: Path) -> None:
    items = list(discover(["nowhere", str(archive)], recursive=False))
    assert [isinstance(item, Refusal) for item in items] == [True, False, False]


def test_links_in_a_circle_end(archive: Path) -> None:
    (archive / "old" / "up").symlink_to(archive)
    assert found(archive, recursive=True) == ["a.md", "b.txt", "c.html", "d.jsonl"]
