"""Bad input: one clear line each, no traceback, and nothing that was stored is harmed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION, Finished

Make = Callable[[Path], Path]
FACADE = "Café Zoë on the Rue Mouffetard lost its façade to the storm, the mayor said in year"
BRIDGE = "The bridge at Harrowmouth will close for repairs in September, the county decided."
ENCODINGS = (
    ("latin-1", b""),
    ("cp1252", b""),
    ("utf-16-le", b"\xff\xfe"),
    ("utf-16-be", b"\xfe\xff"),
    ("utf-16-le", b""),
    ("utf-8", b"\xef\xbb\xbf"),
)
COOKIES = """<!doctype html><html lang="en"><head><title>Skerry Post</title></head><body>
<div id="cookie-banner" class="consent"><h2>We value your privacy</h2>
<p>We and our partners use cookies.</p><button>Accept all</button><button>Reject</button></div>
</body></html>"""


def assert_unharmed(cli: Cli, archive: Path, *, more: int = 0) -> None:
    """The seeds are still there, and the stores agree."""
    assert cli("status", "--json", "--data-dir", archive).json()["articles"] == 10 + more
    assert cli("verify", "--data-dir", archive).code == 0


def assert_answers(cli: Cli, archive: Path) -> None:
    """A known answer still comes."""
    answer = cli("ask", QUESTION, "--json", "--data-dir", archive).json()
    assert any("15-year" in citation["quote"] for citation in answer["citations"])


def refusals(done: Finished) -> list[str]:
    assert "Traceback" not in done.out + done.err
    return [line for line in done.out.splitlines() if line.startswith("refused ")]


def empty(folder: Path) -> Path:
    path = folder / "empty.txt"
    path.touch()
    return path


def blank(folder: Path) -> Path:
    path = folder / "blank.txt"
    path.write_text(" \n\t\n", encoding="utf-8")
    return path


def binary(folder: Path) -> Path:
    path = folder / "binary.txt"
    path.write_bytes(random.Random(7).randbytes(40_000))
    return path


def picture(folder: Path) -> Path:
    path = folder / "picture.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(9000))
    return path


def enormous(folder: Path) -> Path:
    path = folder / "enormous.txt"
    with path.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    return path


def cookie_wall(folder: Path) -> Path:
    path = folder / "wall.html"
    path.write_text(COOKIES, encoding="utf-8")
    return path


def no_articles(folder: Path) -> Path:
    path = folder / "none"
    path.mkdir()
    (path / "photo.png").write_bytes(b"\x89PNG")
    return path


def empty_folder(folder: Path) -> Path:
    path = folder / "nothing"
    path.mkdir()
    return path


def missing(folder: Path) -> Path:
    return folder / "missing.txt"


def a_url(_folder: Path) -> Path:
    return Path("ftp:/nowhere.example/article")


REFUSED: list[tuple[Make, str]] = [
    (empty, "the file is empty"),
    (blank, "the file is empty"),
    (binary, "it is a binary file, not text"),
    (picture, "it is a PNG image"),
    (enormous, "it is 200 MiB, more than the 64 MiB"),
    (cookie_wall, "no "),
    (no_articles, "nothing in the folder can be taken in"),
    (empty_folder, "the folder holds no articles"),
    (missing, "there is no such file or folder"),
    (a_url, "there is no such file or folder"),
]


@pytest.mark.parametrize(("make", "reason"), REFUSED, ids=[make.__name__ for make, _ in REFUSED])
def test_what_cannot_be_taken_in_is_refused_in_one_line(
    cli: Cli, archive_dir: Path, tmp_path: Path, make: Make, reason: str
) -> None:
    path = make(tmp_path)
    done = cli("ingest", path, "--data-dir", archive_dir)
    assert done.code == 2
    (line,) = refusals(done)
    assert line.startswith(f"refused {path}: ")
    assert reason in line
    assert ": " in line.removeprefix(f"refused {path}: "), "it says what to do"
    assert_unharmed(cli, archive_dir)


def test_other_encodings_are_taken_in_with_the_right_characters(
    cli: Cli, archive_dir: Path, tmp_path: Path
) -> None:
    paths = []
    for number, (encoding, mark) in enumerate(ENCODINGS):
        path = tmp_path / f"facade-{number}.txt"
        path.write_bytes(mark + f"A façade falls\n\n{FACADE} {number}.\n".encode(encoding))
        paths.append(path)
    done = cli("ingest", *paths, "--json", "--data-dir", archive_dir)
    assert (done.code, done.json()["added"]) == (0, len(ENCODINGS))
    search = ("search", "Café Zoë façade", "--top-k", "100", "--json")
    found = cli(*search, "--data-dir", archive_dir).json()["passages"]
    read = sorted(passage["text"] for passage in found if passage["title"] == "A façade falls")
    assert read == [f"{FACADE} {number}." for number in range(len(ENCODINGS))]
    assert_unharmed(cli, archive_dir, more=len(ENCODINGS))


def test_a_broken_line_is_named_and_the_others_are_in(
    cli: Cli, archive_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "wire.jsonl"
    good = [json.dumps({"id": f"r{n}", "text": f"{BRIDGE} Round {n} of the vote."}) for n in (1, 3)]
    path.write_text("\n".join([good[0], '{"id": "r2", "text": ', good[1]]), encoding="utf-8")
    done = cli("ingest", path, "--data-dir", archive_dir)
    assert done.code == 1
    (line,) = refusals(done)
    assert line.startswith(f"refused {path}:2: the line is not valid JSON")
    assert done.out.splitlines()[1].split() == ["2", "0", "0", "1"]
    assert_unharmed(cli, archive_dir, more=2)


def test_bad_files_among_good_ones_do_not_stop_them(
    cli: Cli, archive_dir: Path, tmp_path: Path
) -> None:
    good = tmp_path / "bridge.txt"
    good.write_text(BRIDGE, encoding="utf-8")
    bad = [make(tmp_path) for make in (empty, binary, enormous, cookie_wall, no_articles, missing)]
    done = cli("ingest", *bad[:3], good, *bad[3:], "--data-dir", archive_dir)
    assert done.code == 1
    assert len(refusals(done)) == len(bad)
    assert_unharmed(cli, archive_dir, more=1)
    assert_answers(cli, archive_dir)


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "reason"),
    [("", "is empty"), ("  \n ", "is empty"), ("x" * 100_000, "has 100000 characters")],
    ids=["empty", "blank", "100000"],
)
def test_an_unusable_question_is_told_in_one_line(
    cli: Cli, pristine: Path, command: str, question: str, reason: str
) -> None:
    done = cli(command, question, "--data-dir", pristine)
    assert done.code == 2
    assert reason in done.complaint
    assert len(done.complaint) < 200
