"""Drafts are sentences of the archive with the telling words taken out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.gold_sets.articles import ArchiveArticles, KnownArticles
from eval.gold_sets.drafting import BLANK, draft_gold
from eval.gold_sets.drafts import Draft, to_jsonl, write_new
from eval.gold_sets.validation import check_gold
from eval.normalise import contains_answer
from index.errors import InputError
from tests.eval.gold_sets.fakes import MemoryArticles
from tests.index.building import archive_in

SEEDS = Path(__file__).parents[3] / "seeds"
SHIPS = "The ferry to Osk carried 340 passengers between Harrowmouth and the island, Una Brae said."


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveArticles]:
    with archive_in(tmp_path_factory.mktemp("seeds")) as archive:
        archive.ingest([str(SEEDS)])
        yield ArchiveArticles(archive, name="seeds")


def drafted(*sentences: str, **more: Any) -> list[Draft]:
    """What is drafted from one article, without what nobody says."""
    articles = MemoryArticles()
    articles.add("a1", "\n\n".join(sentences), **more)
    drafts = draft_gold(KnownArticles(articles), n=20, seed=1)
    return [draft for draft in drafts if draft.answerable]


@pytest.mark.parametrize(
    ("sentence", "kind", "answer"),
    [
        (SHIPS, "count", "340"),
        (
            "Ilse Varn told the Osk council that repairs would cost $5 million.",
            "money",
            "$5 million",
        ),
        (
            "Storms kept the ferry to Osk in port for eleven days, Varn said.",
            "duration",
            "eleven days",
        ),
        (
            "The old bridge at Harrowmouth was opened on 4 May 1911, Varn said.",
            "date",
            "4 May 1911",
        ),
        ("More than 40% of all fares to Osk are paid by people who live there.", "percent", "40%"),
        (
            "The repairs of the bridge were led by the engineer Ilse Varn, Osk said.",
            "person",
            "Ilse Varn",
        ),
        (
            "The ships from Osk spent the whole of the cold season in Harrowmouth.",
            "place",
            "Harrowmouth",
        ),
    ],
)
def test_the_words_that_tell_are_taken_out(sentence: str, kind: str, answer: str) -> None:
    [draft] = drafted(sentence)
    assert draft.tags == ("draft", kind)
    assert draft.answers == (answer,)
    assert draft.evidence == (("a1.txt", sentence),)
    assert draft.question.split("? ", 1)[1].replace(BLANK, answer) == sentence
    assert not draft.finished


@pytest.mark.parametrize(
    "sentence",
    [
        "She told the Osk council that repairs would cost $5 million.",
        "But the ferry to Osk carried 340 passengers, Una Brae said.",
        "Did the ferry to Osk carry 340 passengers between the island and town?",
        "Osk ferry: 340 passengers",
        "Subscribe to the Osk newsletter and read 340 stories by Una Brae.",
        "Read 340 more stories by Una Brae at the Skerry Post each week.",
        "The whole story of 340 passengers by Una Brae is at www.osk.example today.",
        "The ferry carried 340 passengers between the town and the island that day.",
        "Of 340 passengers to Osk some 340 passengers came back the same day.",
        "One of the cables of Harrowmouth bridge broke, and nobody saw it happen.",
        "“The ferry to Osk carried 340 passengers, Una Brae said on the quay.",
    ],
)
def test_what_does_not_stand_alone_is_passed_over(sentence: str) -> None:
    assert drafted(sentence) == []


def test_drafts_of_an_archive_are_verbatim_and_unfinished(
    seeds: ArchiveArticles, tmp_path: Path
) -> None:
    known = KnownArticles(seeds)
    drafts = draft_gold(known, n=20, seed=3)
    assert len(drafts) == 20
    assert sum(not draft.answerable for draft in drafts) == 5
    for draft in drafts:
        for name, quote in draft.evidence:
            [article_id] = known.resolve(name)
            assert quote in known.text(article_id)
            assert any(contains_answer(quote, answer) for answer in draft.answers)
            assert not contains_answer(draft.question, draft.answers[0])
    path = tmp_path / "drafts.jsonl"
    write_new(path, to_jsonl(drafts, prefix="draft"))
    found = check_gold(path, seeds)
    assert {problem.what for problem in found.problems} == {
        "the question is unfinished: it begins with 'TODO:'"
    }
    assert len(found.problems) == 20
    assert found.warnings == ()


def test_a_draft_whose_question_is_written_is_right(seeds: ArchiveArticles, tmp_path: Path) -> None:
    lines = to_jsonl(draft_gold(KnownArticles(seeds), n=12, seed=0), prefix="draft").splitlines()
    finished = [json.loads(line) for line in lines]
    for number, line in enumerate(finished):
        line["question"] = f"Question {number}?"
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, finished)))
    found = check_gold(path, seeds)
    assert (found.problems, found.warnings, found.questions) == ((), (), 12)


def test_the_same_seed_drafts_the_same_and_another_one_others(seeds: ArchiveArticles) -> None:
    def text(seed: int) -> str:
        return to_jsonl(draft_gold(KnownArticles(seeds), n=16, seed=seed), prefix="draft")

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_articles_publishers_and_kinds_come_up_evenly() -> None:
    articles = MemoryArticles()
    for n in range(12):
        publisher = "Small Paper" if n < 2 else "Big Paper"
        body = (
            f"The {n} Osk boats cost Harrowmouth ${n + 3} million, Una Brae said.\n\n"
            f"The crew of Osk boat {n} was away for {n + 20} weeks, Una Brae wrote.\n\n"
            f"The harbour of Osk was opened in May 19{n + 10}, the papers of Una Brae show."
        )
        articles.add(f"a{n:02}", body, publisher=publisher, day=date(2026, n + 1, 1))
    drafts = [d for d in draft_gold(KnownArticles(articles), n=8, seed=5) if d.answerable]
    assert len(drafts) == 6
    assert max(Counter(name for d in drafts for name, _ in d.evidence).values()) == 1
    assert max(Counter(d.tags[1] for d in drafts).values()) <= 3
    small = {"a00.txt", "a01.txt"}
    assert {name for d in drafts for name, _ in d.evidence} >= small


def test_of_copies_of_one_story_only_one_is_asked_about() -> None:
    articles = MemoryArticles()
    for n in range(3):
        articles.add(f"a{n}", SHIPS, story_id="one")
    drafts = draft_gold(KnownArticles(articles), n=8, seed=0)
    assert [draft.answerable for draft in drafts] == [True, False]


def test_an_archive_that_says_nothing_gives_nothing() -> None:
    assert draft_gold(KnownArticles(MemoryArticles()), n=8, seed=0) == []


def test_ids_are_of_the_content() -> None:
    one = Draft(question="Who?", answerable=False)
    two = Draft(question="When?", answerable=False, note="Ask Una.", as_of=date(2026, 1, 6))
    alone = [json.loads(line) for line in to_jsonl([two], prefix="x").splitlines()]
    both = [json.loads(line) for line in to_jsonl([one, two], prefix="x").splitlines()]
    assert both[1] == alone[0]
    assert both[0]["id"] != both[1]["id"]
    assert (both[1]["note"], both[1]["as_of"]) == ("Ask Una.", "2026-01-06")
    assert "note" not in both[0]
    assert both[0]["question"] == "TODO: Who?"


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    write_new(path, "one\n")
    with pytest.raises(InputError, match="exists and is not overwritten"):
        write_new(path, "two\n")
    assert path.read_text() == "one\n"
    with pytest.raises(InputError, match="cannot be written"):
        write_new(tmp_path / "none" / "gold.jsonl", "two\n")
