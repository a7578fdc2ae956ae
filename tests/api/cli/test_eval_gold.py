"""`quoth eval gold`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.service import Service
from index.records import Filters, GivenAnswer, Rating
from rag.bootstrap import build_engine
from rag.settings import RagSettings
from tests.api.cli.conftest import Cli
from tests.api.cli.running import SEEDS
from tests.api.http.serving import serving
from tests.index.building import archive_in, bytes_of

GOLD = SEEDS / "gold.jsonl"
TERM = "The drafts now on the table provide for a 15-year term, which could later be prolonged."
FILE = "harbour-ledger-allies-near-accord-on-guarantees.md"


@pytest.fixture(scope="module")
def hashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed archive with the seeds; nothing here asks the model."""
    folder = tmp_path_factory.mktemp("hashed") / "archive"
    with archive_in(folder) as archive:
        archive.ingest([str(SEEDS)])
    return folder


@pytest.fixture
def folder(hashed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hashed, tmp_path / "archive"))


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """The URL of a running Quoth with the seeds."""
    with archive_in(folder) as archive:
        engine = build_engine(archive, RagSettings())
        with serving(Service(engine=engine, archive=archive)) as url:
            yield url


def write(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return path


def line(quote: str = TERM, article: str = FILE, **changes: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "question": "How long is the term?",
        "answerable": True,
        "answers": ["15-year"],
        "evidence": [{"article": article, "quote": quote}],
    } | changes


def test_the_seeds_pass_and_nothing_is_changed(cli: Cli, folder: Path) -> None:
    done = cli("eval", "gold", "check", GOLD, "--data-dir", folder)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"80 questions checked against {folder}: 0 problems, 0 warnings\n"


def test_each_problem_is_a_line_with_file_and_number(
    cli: Cli, folder: Path, tmp_path: Path
) -> None:
    wrong = TERM.replace("15-year term", "fifteen-year term")
    path = write(tmp_path, line(), line(wrong, id="q2"), line(id="q1"))
    done = cli("eval", "gold", "check", path, "--data-dir", folder)
    assert done.code == 1
    second, third, *warnings, summary = done.out.splitlines()
    assert second.startswith(f"{path}:2: q2: the quote is not in '{FILE}': the nearest text there")
    assert f"'{TERM}'" in second
    assert third == f"{path}:3: q1: the id 'q1' is already used in line 1"
    assert warnings[0].startswith(f"{path}:2: warning: q2: the question is already asked in line 1")
    assert summary.endswith("2 problems, 2 warnings")


def test_the_check_is_one_json_document(cli: Cli, folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path, line(TERM.replace("later", "sooner")))
    found = cli("eval", "gold", "check", path, "--data-dir", folder, "--json").json()
    assert (found["ok"], found["foreign"], found["questions"]) == (False, True, 1)
    [problem] = found["problems"]
    assert (problem["line"], problem["question_id"]) == (1, "q1")
    assert problem["nearest"]["text"] == TERM
    assert 0.9 < problem["nearest"]["similarity"] < 1
    fine = cli("eval", "gold", "check", GOLD, "--no-archive", "--json").json()
    assert (fine["ok"], fine["archive"], fine["problems"]) == (True, None, [])


def test_what_no_terminal_could_show_is_a_problem_in_a_line(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    half = json.dumps(line(id="\ud800"))
    path.write_text("\n".join([half, "[" * 5_000, json.dumps(line(id="q3", evidence=[]))]))
    done = cli("eval", "gold", "check", path, "--no-archive")
    assert (done.code, done.err) == (1, "")
    first, second, third, summary = done.out.splitlines()
    assert first.startswith(f"{path}:1: not JSON (")
    assert second.startswith(f"{path}:2: not JSON (")
    assert third == f"{path}:3: q3: an answerable question needs evidence"
    assert summary == "3 questions by itself: 3 problems, 0 warnings"
    found = cli("eval", "gold", "check", path, "--no-archive", "--json").json()
    assert [problem["line"] for problem in found["problems"]] == [1, 2, 3]
    refused = cli("eval", "gold", "stats", path, "--no-archive")
    assert (refused.code, "gold.jsonl:1: not JSON" in refused.complaint) == (2, True)


def test_a_file_that_is_not_text_is_told_once(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"PK\n\n{\n\xff\n\xfe\n" * 50)
    done = cli("eval", "gold", "check", path, "--no-archive")
    assert (done.code, done.out) == (2, "")
    assert f"{path}:4: not UTF-8: save the file as UTF-8" in done.complaint


def test_one_of_each_is_not_many(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, line(answers=["16-year"]))
    done = cli("eval", "gold", "check", path, "--no-archive")
    assert done.out.splitlines()[-1] == "1 question by itself: 0 problems, 1 warning"
    assert cli("eval", "gold", "stats", path, "--no-archive").out.startswith("1 question: 1 ans")


def test_a_gold_set_of_another_archive_is_told(cli: Cli, folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path, line("Nobody said that.", "elsewhere.txt"))
    done = cli("eval", "gold", "check", path, "--data-dir", folder)
    assert done.code == 1
    assert "it was written for another archive" in done.out


def test_a_mistyped_data_directory_is_told_and_not_made(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "nowhere"
    for command in (("check", GOLD), ("stats", GOLD), ("init",), ("from-feedback",)):
        done = cli("eval", "gold", *command, "--data-dir", nowhere)
        assert (done.code, done.out) == (2, "")
        assert f"no archive in {nowhere}" in done.complaint
    monkeypatch.setenv("QUOTH_DATA_DIR", str(nowhere))
    assert cli("eval", "gold", "check", GOLD).code == 2
    assert list(tmp_path.iterdir()) == []


def test_without_any_archive_the_file_alone_is_checked(cli: Cli, tmp_path: Path) -> None:
    done = cli("eval", "gold", "check", GOLD)
    assert (done.code, done.out) == (0, "80 questions by itself: 0 problems, 0 warnings\n")
    assert "the articles are not looked at" in done.err
    quiet = cli("eval", "gold", "check", GOLD, "--no-archive")
    assert (quiet.code, quiet.out, quiet.err) == (0, done.out, "")
    for command in ("init", "from-feedback"):
        refused = cli("eval", "gold", command)
        assert refused.code == 2
        assert "--data-dir" in refused.complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "stats"])
def test_a_file_that_cannot_be_read_is_told_in_one_line(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    missing = cli("eval", "gold", command, tmp_path / "none.jsonl", "--no-archive")
    assert (missing.code, "none.jsonl does not exist" in missing.complaint) == (2, True)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    done = cli("eval", "gold", command, empty, "--no-archive")
    assert (done.code, "holds no questions" in done.complaint) == (2, True)


def test_a_running_quoth_is_asked_by_its_url(
    cli: Cli, served: str, folder: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, line(TERM.replace("15", "16")))
    done = cli("eval", "gold", "check", path, "--url", served)
    assert done.code == 1
    assert f"'{TERM}'" in done.out
    assert cli("eval", "gold", "check", GOLD, "--url", served).code == 0
    stats = cli("eval", "gold", "stats", GOLD, "--url", served)
    assert (stats.code, "5 of 10 articles are quoted (50.0%)" in stats.out) == (0, True)
    locked = cli("eval", "gold", "check", GOLD, "--data-dir", folder)
    assert locked.code == 2
    rated = cli("eval", "gold", "from-feedback", "--data-dir", folder)
    assert (rated.code, "stop `quoth serve` first" in rated.complaint) == (2, True)
    gone = cli("eval", "gold", "check", GOLD, "--url", "http://127.0.0.1:9")
    assert (gone.code, "127.0.0.1:9" in gone.complaint) == (2, True)


def test_stats_count_the_seeds(cli: Cli, folder: Path) -> None:
    found = cli("eval", "gold", "stats", GOLD, "--data-dir", folder, "--json").json()
    assert (found["questions"], found["answerable"], found["unanswerable"]) == (80, 54, 26)
    assert found["by_tag"]["unanswerable-near"] == {"questions": 13, "answerable": 0}
    assert (found["archive"]["touched"], found["archive"]["articles"]) == (5, 10)
    assert found["archive"]["by_publisher"]["Citadel Courier"]["articles"] == 3
    table = cli("eval", "gold", "stats", GOLD, "--data-dir", folder)
    assert table.code == 0
    for part in ("80 questions: 54 answerable", "unanswerable-near", "Citadel Courier", "2026-01"):
        assert part in table.out


def test_drafts_go_to_standard_output_or_into_a_new_file(
    cli: Cli, folder: Path, tmp_path: Path
) -> None:
    shown = cli("eval", "gold", "init", "--n", "8", "--data-dir", folder)
    assert (shown.code, shown.err) == (0, "")
    lines = [json.loads(each) for each in shown.out.splitlines()]
    assert [each["answerable"] for each in lines] == [True] * 6 + [False] * 2
    path = tmp_path / "drafts.jsonl"
    again = ("eval", "gold", "init", "--n", "8", "--data-dir", folder, "--out", path)
    assert cli(*again).code == 0
    assert path.read_text(encoding="utf-8") == shown.out
    refused = cli(*again)
    assert (refused.code, "is not overwritten" in refused.complaint) == (2, True)
    nowhere = cli(*again[:-1], tmp_path / "none" / "drafts.jsonl")
    assert (nowhere.code, "name another place with --out" in nowhere.complaint) == (2, True)
    assert path.read_text(encoding="utf-8") == shown.out
    assert (
        cli("eval", "gold", "init", "--n", "8", "--seed", "7", "--data-dir", folder).out
        != shown.out
    )
    check = cli("eval", "gold", "check", path, "--data-dir", folder)
    assert check.code == 1
    assert check.out.count("the question is unfinished") == 8
    run = cli("eval", "gold", "stats", path, "--data-dir", folder)
    assert (run.code, "unfinished" in run.complaint) == (2, True)


def test_fewer_drafts_than_wanted_are_told(cli: Cli, folder: Path) -> None:
    done = cli("eval", "gold", "init", "--n", "900", "--data-dir", folder)
    assert done.code == 0
    count = len(done.out.splitlines())
    assert done.err == f"{count} drafts: the articles give no more\n"
    assert 20 < count < 900


def test_an_archive_without_articles_or_ratings_has_nothing_to_give(
    cli: Cli, tmp_path: Path
) -> None:
    with archive_in(tmp_path / "empty"):
        pass
    before = set(bytes_of(tmp_path / "empty"))
    for command, said in (("init", "no sentence to ask"), ("from-feedback", "no answer was rated")):
        done = cli("eval", "gold", command, "--data-dir", tmp_path / "empty")
        assert (done.code, said in done.complaint) == (2, True)
    assert set(bytes_of(tmp_path / "empty")) >= before


def test_rated_answers_become_candidates(cli: Cli, folder: Path, tmp_path: Path) -> None:
    with archive_in(folder) as archive:
        service = Service(
            engine=build_engine(archive, RagSettings(answer_threshold=0.0)), archive=archive
        )
        with serving(service) as url, httpx.Client(base_url=url, timeout=20) as client:
            for number, rating in enumerate(("up", "down")):
                question = {"question": f"How long is the term of the drafts ({number})?"}
                answer = client.post("/v1/ask", json=question).json()
                body = {"answer_id": answer["id"], "rating": rating, "comment": f"It is {rating}."}
                assert client.post("/v1/feedback", json=body).status_code == 200
        unfound = GivenAnswer(
            answer_id="ans_x",
            question="Who owns the moon?",
            filters=Filters(),
            document=answer | {"outcome": "not_found", "citations": [], "sentences": []},
        )
        archive.rate(unfound, Rating.UP)
    done = cli("eval", "gold", "from-feedback", "--data-dir", folder)
    assert (done.code, done.err) == (0, "")
    up, down, moon = map(json.loads, done.out.splitlines())
    assert up["tags"] == ["from-feedback", "up"]
    assert up["evidence"]
    assert "comment: It is up." in up["note"]
    assert (down["question"], down["evidence"]) == (
        "TODO: How long is the term of the drafts (1)?",
        [],
    )
    assert (moon["question"], moon["answerable"]) == ("Who owns the moon?", False)
    only = cli("eval", "gold", "from-feedback", "--rating", "down", "--data-dir", folder)
    assert [json.loads(each)["question"] for each in only.out.splitlines()] == [down["question"]]
    path = tmp_path / "candidates.jsonl"
    assert cli("eval", "gold", "from-feedback", "--data-dir", folder, "--out", path).code == 0
    check = cli("eval", "gold", "check", path, "--data-dir", folder)
    assert check.code == 1
    assert f"{path}:2: " in check.out
    assert f"{path}:3: " not in check.out
    assert cli("status", "--data-dir", folder, "--json").json()["rated_answers"] == 3
    assert "feedback   3 rated answers" in cli("status", "--data-dir", folder).out


def test_a_rating_that_is_none_is_told(cli: Cli, folder: Path) -> None:
    done = cli("eval", "gold", "from-feedback", "--rating", "sideways", "--data-dir", folder)
    assert (done.code, "sideways" in done.complaint) == (2, True)
    assert cli("eval", "gold", "init", "--n", "0", "--data-dir", folder).code == 2


def test_no_command_shows_the_help_and_fails(cli: Cli) -> None:
    done = cli("eval", "gold")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: ")
