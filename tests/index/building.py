"""Archives and articles for tests, made of invented sentences."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.ingest import IngestOptions
from index.passages import PassageShape, embedding_input, input_hash
from index.records import IngestOutcome, IngestReport, Passage
from index.settings import IndexSettings

WORDS = [
    "harbour",
    "council",
    "ferry",
    "bridge",
    "cable",
    "engineer",
    "mayor",
    "library",
    "roof",
    "winter",
    "storm",
    "market",
    "fishing",
    "trawler",
    "county",
    "budget",
    "school",
    "teacher",
    "river",
    "flood",
    "pump",
    "station",
    "village",
    "island",
    "cargo",
    "signal",
    "railway",
    "timber",
    "orchard",
    "glass",
    "museum",
    "painter",
    "concert",
    "violin",
    "doctor",
    "clinic",
    "vaccine",
    "wolf",
    "forest",
    "ranger",
    "meadow",
    "honey",
    "bakery",
    "strike",
    "union",
    "wage",
    "contract",
    "tunnel",
    "drill",
    "granite",
    "lighthouse",
    "beacon",
]
ENDINGS = ("on the coast", "this week", "after the vote", "for a second year", "near the old town")


def sentences_of(seed: int | str, count: int) -> list[str]:
    """Invented sentences, the same for the same seed, unlike those of other seeds."""
    chance = random.Random(f"sentences-{seed}")
    made = []
    for number in range(count):
        first, second, third, fourth = chance.sample(WORDS, 4)
        made.append(
            f"The {first} and the {second} of {third} {chance.randrange(1000, 9999)} met the "
            f"{fourth} {chance.choice(ENDINGS)} in round {number}."
        )
    return made


def text_of(seed: int | str, *, sentences: int = 6) -> str:
    """An invented article, three sentences a paragraph."""
    made = sentences_of(seed, sentences)
    return "\n\n".join(" ".join(made[i : i + 3]) for i in range(0, sentences, 3))


def record(name: str, text: str, **fields: Any) -> dict[str, Any]:
    """One article of a JSONL file."""
    return {"id": name, "text": text, "title": f"About {name}"} | fields


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """The records, one a line."""
    lines = (json.dumps(r, ensure_ascii=False) for r in records)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def archive_in(
    folder: Path, *, embedder: HashingEmbedder | None = None, **settings: Any
) -> Iterator[Archive]:
    """An open archive with the hashing embedder."""
    configured = IndexSettings(data_dir=folder, **{"passage_words": 40} | settings)
    with open_archive(configured, embedder=embedder or HashingEmbedder()) as archive:
        yield archive


def ingest(archive: Archive, *records: Mapping[str, Any]) -> IngestReport:
    """Take in records under a name that does not change."""
    return archive.ingest_records(records, origin="test")


def outcomes(report: IngestReport) -> list[IngestOutcome]:
    """What happened, in input order."""
    return [item.outcome for item in report.items]


def only_id(report: IngestReport) -> str:
    """The id of the one article of a report."""
    (item,) = report.items
    assert item.article_id is not None, item
    return item.article_id


def passages_of(archive: Archive, article_id: str) -> list[Passage]:
    """The passages that the catalogue holds of an article."""
    return [row.passage for row in archive.catalogue.passages_of([article_id])]


def distinct_inputs(archive: Archive) -> int:
    """How many different texts had to be embedded for what the archive holds now."""
    rows = archive.catalogue.passages(sorted(archive.catalogue.passage_ids()))
    return len({input_hash(embedding_input(row.title, row.passage)) for row in rows.values()})


def embedder_of(archive: Archive) -> HashingEmbedder:
    """The archive's hashing embedder, which counts."""
    assert isinstance(archive.embedder, HashingEmbedder)
    return archive.embedder


def bytes_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def assert_sound(archive: Archive) -> None:
    """Catalogue and followers agree in every id, and nothing else is wrong."""
    verification = archive.verify()
    assert verification.problems == ()
    expected = archive.catalogue.passage_ids()
    assert archive.dense.ids() == expected
    assert archive.lexical.ids() == expected


SHAPE = PassageShape(max_words=40, overlap=1)
DRY = IngestOptions(dry_run=True)
