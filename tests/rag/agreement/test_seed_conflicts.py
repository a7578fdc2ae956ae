"""Agreement, disagreement and updates in the sample archive, read by the trained reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.bootstrap import open_archive
from index.settings import IndexSettings
from rag.agreement.positions import Grouped
from rag.agreement.weighing import weigh
from rag.bootstrap import build_reader, build_retriever
from rag.reading.question import analyse
from rag.records import Query
from rag.settings import RagSettings

SEEDS = Path(__file__).parents[3] / "seeds"
Asked = Callable[[str], Grouped]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Asked]:
    """What the sample archive's publishers say to a question."""
    folder, settings = tmp_path_factory.mktemp("conflicts"), RagSettings(reader="span")
    with open_archive(IndexSettings(data_dir=folder, model_cache=model_cache)) as archive:
        archive.ingest([str(SEEDS)])
        retriever, reader = build_retriever(archive, settings), build_reader(archive, settings)

        def weighed(question: str) -> Grouped:
            candidates = retriever.retrieve(Query(question=question), limit=settings.read_passages)
            return weigh(reader.read(question, candidates), candidates, analyse(question))

        yield weighed


def questions(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEEDS / name).read_text("utf-8").splitlines()]


def stands_on_evidence(found: Grouped, gold: dict[str, Any]) -> bool:
    """Whether every stand's first sentence is one of the quotes that the question lists."""
    quotes = [" ".join(evidence["quote"].split()) for evidence in gold["evidence"]]
    said = [" ".join(stand.best.text.split()) for stand in found.stands]
    return all(any(text in quote or quote in text for quote in quotes) for text in said)


@pytest.mark.parametrize(("tag", "least"), [("differ", 6), ("updated", 6), ("agree", 4)])
def test_most_are_seen_for_what_they_are(ask: Asked, tag: str, least: int) -> None:
    """Of ten questions each; the reader's weights are not this module's, so there is some room."""
    gold = [one for one in questions("gold-conflicts.jsonl") if tag in one["tags"]]
    assert len(gold) == 10
    right = 0
    for one in gold:
        found = ask(one["question"])
        agreed = found.kind == "agreed" and bool(found.stands) and found.stands[0].sources > 1
        shown = agreed if tag == "agree" else found.kind == tag
        right += shown and stands_on_evidence(found, one)
    assert right >= least


def test_next_to_no_disagreement_is_seen_where_there_is_none(ask: Asked) -> None:
    gold = [one for one in questions("gold.jsonl") if one["answerable"]]
    alarms = [one["question"] for one in gold if ask(one["question"]).kind != "agreed"]
    assert len(alarms) <= 1, alarms
    agreeing = [one for one in questions("gold-conflicts.jsonl") if "agree" in one["tags"]]
    alarms = [one["question"] for one in agreeing if ask(one["question"]).kind != "agreed"]
    assert len(alarms) <= 1, alarms
