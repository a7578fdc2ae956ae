"""Bringing followers up to the catalogue, and proving that they are there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from index.catalogue.store import Catalogue
from index.errors import ArchiveDamaged
from index.followers.base import DenseIndex, Follower, IndexedPassage, LexicalIndex
from index.passages import embedding_input, input_hash

log = structlog.get_logger(__name__)

CHANGES_PER_STEP = 200
PROBES = 50
PROBE_DEPTH = 10
SAME_VECTOR = 0.9995
"""Cosine from which a found vector counts as the probed one: float16 rounding stays above it."""


def catch_up(catalogue: Catalogue, follower: Follower) -> int:
    """Apply what the follower has not seen yet; how many changes that were.

    A follower whose files turn out to be damaged is built anew.
    """
    try:
        return _apply_changes(catalogue, follower)
    except ArchiveDamaged as damage:
        log.warning(
            "follower_damaged", follower=follower.name, reason=damage.message, action="rebuilt"
        )
        follower.reset()
        return _apply_changes(catalogue, follower)


def _apply_changes(catalogue: Catalogue, follower: Follower) -> int:
    applied = follower.applied()
    if applied > catalogue.last_seq():
        log.warning("follower_ahead", follower=follower.name, action="rebuilt")
        follower.reset()
        applied = 0
    if applied == 0 and follower.count():
        follower.reset()
    done = 0
    while changes := catalogue.changes_since(applied, limit=CHANGES_PER_STEP):
        articles = sorted({change.article_id for change in changes})
        # Only an article with a history can have passages that must go.
        remove = sorted(catalogue.changed_more_than_once(articles)) if follower.count() else []
        applied = changes[-1].seq
        follower.apply(remove=remove, add=_indexed(catalogue, articles), seq=applied)
        done += len(changes)
    return done


def _indexed(catalogue: Catalogue, article_ids: Sequence[str]) -> list[IndexedPassage]:
    rows = catalogue.passages_of(article_ids)
    vectors = catalogue.vectors([row.passage.passage_id for row in rows])
    return [
        IndexedPassage(
            passage_id=row.passage.passage_id,
            article_id=row.passage.article_id,
            title=row.title,
            text=row.passage.text,
            vector=vectors[row.passage.passage_id],
        )
        for row in rows
    ]


def rebuild(catalogue: Catalogue, follower: Follower) -> int:
    """Build a follower anew from the catalogue, embedding nothing; how many passages it holds."""
    follower.reset()
    catch_up(catalogue, follower)
    return follower.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a comparison of catalogue and followers found."""

    articles: int
    passages: int
    probes: int
    """How many sampled passages were looked up by their own vector."""
    problems: tuple[str, ...]
    """One line each; empty where all agree."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


def verify(catalogue: Catalogue, dense: DenseIndex, lexical: LexicalIndex) -> Verification:
    """Compare counts, ids, offsets and sampled vectors. Changes nothing."""
    counts = catalogue.counts()
    expected = catalogue.passage_ids()
    problems = []
    for follower in (dense, lexical):
        problems += _compare(catalogue, follower, expected)
    sample = random.Random(0).sample(sorted(expected), min(PROBES, len(expected)))  # noqa: S311
    problems += _check_offsets(catalogue, sample)
    problems += _probe(catalogue, dense, sample)
    return Verification(
        articles=counts["articles"],
        passages=len(expected),
        probes=len(sample),
        problems=tuple(problems),
    )


def _compare(catalogue: Catalogue, follower: Follower, expected: set[str]) -> list[str]:
    problems = []
    if follower.applied() != catalogue.last_seq():
        problems.append(
            f"{follower.name}: at change {follower.applied()}, the catalogue at "
            f"{catalogue.last_seq()}"
        )
    held = follower.ids()
    if missing := expected - held:
        problems.append(f"{follower.name}: lacks {len(missing)} passages, first {min(missing)}")
    if foreign := held - expected:
        problems.append(
            f"{follower.name}: holds {len(foreign)} passages that the catalogue lacks, "
            f"first {min(foreign)}"
        )
    if follower.count() != len(held):
        problems.append(f"{follower.name}: counts {follower.count()}, lists {len(held)}")
    return problems


def _check_offsets(catalogue: Catalogue, sample: Sequence[str]) -> list[str]:
    problems = []
    rows = catalogue.passages(sample)
    problems += [f"catalogue: passage {name} has no article" for name in sample if name not in rows]
    hashes = catalogue.input_hashes(sample)
    for name, row in rows.items():
        passage = row.passage
        text = catalogue.article(passage.article_id).text
        embedded = input_hash(embedding_input(row.title, passage))
        if text[passage.start : passage.end] != passage.text or embedded != hashes[name]:
            problems.append(f"catalogue: passage {name} is not what its offsets point at")
        if any(not passage.start <= s.start < s.end <= passage.end for s in passage.sentences):
            problems.append(f"catalogue: passage {name} has a sentence outside itself")
    return problems


def _probe(catalogue: Catalogue, dense: DenseIndex, sample: Sequence[str]) -> list[str]:
    problems = []
    for name, vector in catalogue.vectors(sample).items():
        hits = dense.nearest(vector, PROBE_DEPTH)
        found = any(hit.passage_id == name for hit in hits)
        # Word-for-word copies share a vector; more of them than the depth may stand before it.
        crowded = len(hits) == PROBE_DEPTH and hits[-1].score >= SAME_VECTOR
        if not found and not crowded:
            problems.append(f"dense: passage {name} is not found by its own vector")
    return problems
