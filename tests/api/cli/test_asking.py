"""`quoth ask` and `quoth search`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION, environment, run_quoth

ANSWER = {
    "id",
    "question",
    "standalone_question",
    "outcome",
    "answer",
    "short_answer",
    "confidence",
    "sentences",
    "citations",
    "agreement",
    "disagreements",
    "retrieved",
    "mode",
    "timings_ms",
}
CITATION = {
    "n",
    "article_id",
    "passage_id",
    "title",
    "publisher",
    "url",
    "published_at",
    "published_at_source",
    "quote",
    "start",
    "end",
    "score",
    "also_carried_by",
}
RETRIEVED = {"passage_id", "article_id", "title", "text", "start", "end", "score"}
UNANSWERABLE = "What is the boiling point of mercury?"


def assert_shape(answer: dict[str, Any]) -> None:
    """At least the keys that other programs rely on."""
    assert answer.keys() >= ANSWER
    assert answer["id"].startswith("ans_")
    for citation in answer["citations"]:
        assert citation.keys() >= CITATION
        for carrier in citation["also_carried_by"]:
            assert carrier.keys() >= {"article_id", "publisher", "title"}
    for sentence in answer["sentences"]:
        assert sentence.keys() >= {"text", "citations"}
    for passage in answer["retrieved"]:
        assert passage.keys() >= RETRIEVED
    assert answer["agreement"].keys() >= {"independent_publishers"}
    assert answer["timings_ms"].keys() >= {"retrieve", "read", "total"}


def test_json_is_the_answer_and_nothing_else(pristine: Path, model_cache: Path) -> None:
    args = ("ask", QUESTION, "--json", "--data-dir", pristine)
    done = run_quoth(*args, env=environment(model_cache), cwd=pristine.parent)
    assert (done.code, done.err) == (0, "")
    answer = done.json()
    assert_shape(answer)
    assert (answer["outcome"], answer["mode"]) == ("answered", "extractive")
    assert answer["question"] == answer["standalone_question"] == QUESTION
    assert any("15-year" in citation["quote"] for citation in answer["citations"])
    assert {c["published_at"] for c in answer["citations"]} == {"2026-01-06"}


def test_people_see_the_answer_and_its_sources(cli: Cli, pristine: Path) -> None:
    done = cli("ask", QUESTION, "--data-dir", pristine)
    assert (done.code, done.err) == (0, "")
    said, blank, *sources = done.out.splitlines()
    assert "15-year" in said
    assert "[1]" in said
    assert blank == ""
    assert sources[0].startswith("[1] ")
    assert "(Harbour Ledger, Tuesday 6 January 2026)" in sources[0]
    assert any("characters" in line for line in sources)


def test_what_is_not_there_is_said_so(cli: Cli, pristine: Path) -> None:
    done = cli("ask", UNANSWERABLE, "--data-dir", pristine)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("The archive does not say.\n")
    assert "which do not answer it" in done.out
    answer = cli("ask", UNANSWERABLE, "--json", "--top-k", "4", "--data-dir", pristine).json()
    assert_shape(answer)
    assert (answer["outcome"], answer["citations"]) == ("not_found", [])
    assert len(answer["retrieved"]) == 4


def test_filters_reach_the_archive(cli: Cli, pristine: Path) -> None:
    by = ("--publisher", "citadel courier", "--publisher", "HARBOUR LEDGER")
    answer = cli("ask", QUESTION, "--json", *by, "--data-dir", pristine).json()
    assert {p["publisher"] for p in answer["retrieved"]} == {"Citadel Courier", "Harbour Ledger"}
    none = cli("ask", QUESTION, "--json", "--until", "2025-10-31", "--data-dir", pristine).json()
    assert {p["published_at"] for p in none["retrieved"]} <= {"2025-09-08"}
    assert cli("ask", QUESTION, "--as-of", "2020-01-01", "--data-dir", pristine).out == (
        "The archive does not say.\n"
    )


def test_explaining_shows_scores_and_reason(cli: Cli, pristine: Path) -> None:
    done = cli("ask", QUESTION, "--explain", "--top-k", "3", "--data-dir", pristine)
    assert (done.code, done.err) == (0, "")
    said, _, explained = done.out.partition("\nWhy: ")
    assert "[1]" in said
    assert explained.startswith("Answered with ")
    assert "Models: embedding all-MiniLM-L6-v2@" in explained
    head = next(line for line in explained.splitlines() if "lexical" in line)
    assert head.split() == ["#", "dense", "lexical", "fused", "reading", "quoted", "passage"]
    assert "best: " in explained
    withheld = cli("ask", UNANSWERABLE, "--explain", "--data-dir", pristine).out
    assert "\nWhy: Withheld: what was read answers with confidence 0." in withheld


def test_the_explanation_is_part_of_the_json(cli: Cli, pristine: Path) -> None:
    plain = cli("ask", QUESTION, "--json", "--data-dir", pristine).json()
    assert plain["explanation"] is None
    explained = cli("ask", QUESTION, "--json", "--explain", "--data-dir", pristine).json()
    assert_shape(explained)
    held = explained["explanation"]
    assert held["confidence"] >= held["threshold"]
    listed = [passage["passage_id"] for passage in explained["retrieved"]]
    assert [one["passage_id"] for one in held["passages"]][: len(listed)] == listed
    assert [one["rank"] for one in held["passages"]] == list(range(1, len(held["passages"]) + 1))


def test_the_mode_is_extractive_or_none(cli: Cli, pristine: Path) -> None:
    done = cli("ask", QUESTION, "--mode", "extractive", "--json", "--data-dir", pristine)
    assert done.json()["mode"] == "extractive"
    assert cli("ask", QUESTION, "--mode", "poetic", "--data-dir", pristine).code == 2


def test_search_lists_passages(cli: Cli, pristine: Path) -> None:
    found = cli("search", "Donbas", "--top-k", "3", "--json", "--data-dir", pristine).json()
    assert found.keys() == {"question", "passages"}
    assert found["question"] == "Donbas"
    assert len(found["passages"]) == 3
    assert all(passage.keys() >= RETRIEVED for passage in found["passages"])
    plain = cli("search", "Donbas", "--top-k", "3", "--data-dir", pristine)
    assert (plain.code, plain.err) == (0, "")
    ranked = [line for line in plain.out.splitlines() if line[:1].isdigit()]
    titles = [passage["title"] for passage in found["passages"]]
    assert [line.split(". ", 1)[1].startswith(t) for line, t in zip(ranked, titles, strict=True)]


def test_an_empty_archive_does_not_say(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert cli("ask", QUESTION, "--data-dir", folder).out == "The archive does not say.\n"
    found = cli("search", QUESTION, "--json", "--data-dir", folder).json()
    assert found == {"question": QUESTION, "passages": []}
