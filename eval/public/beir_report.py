"""What a run says about a BEIR folder, and what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.public.beir import Judgements
from eval.public.beir_retrieval import Collection
from eval.ranking import RELEVANT, intervals_over_queries, mean_over_queries, score_run

_NAMED = 5
"""Ids that a warning names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedFolder:
    """A run, and what is known of the folder that it ranks."""

    name: str
    """Whose run it is."""
    run: Mapping[str, Mapping[str, float]]
    queries: Mapping[str, str] | None = None
    """Of the folder, by id; None where they were not read."""
    collection: Collection | None = None


def document(folder: Path, ranked: RankedFolder, judgements: Judgements) -> dict[str, Any]:
    """Return the report as it is printed by `--json`."""
    by_query = score_run(judgements.grades, ranked.run)
    collection = ranked.collection
    refused = [] if collection is None else collection.refused
    return {
        "beir": folder.resolve().name,
        "split": judgements.split,
        "run": ranked.name,
        "queries": len(judgements.grades),
        "unanswered": sum(not ranked.run.get(name) for name in judgements.grades),
        "documents": None if collection is None else len(collection.ids),
        "refused": [{"id": name, "reason": reason} for name, reason in refused],
        "metrics": mean_over_queries(by_query),
        "intervals": intervals_over_queries(by_query),
        "by_query": by_query,
        "warnings": list(_warnings(ranked, judgements)),
    }


def _warnings(ranked: RankedFolder, judgements: Judgements) -> Iterator[str]:
    grades, queries = judgements.grades, ranked.queries
    if judgements.repeated:
        yield f"lines of the qrels that repeat another one, and count once: {judgements.repeated}"
    without = [name for name, judged in grades.items() if max(judged.values()) < RELEVANT]
    yield from _counted("judged queries without a relevant document, which score 0", without)
    unknown = [name for name in grades if queries is not None and name not in queries]
    yield from _counted("judged queries that queries.jsonl lacks, which score 0", unknown)
    unanswered = [name for name in grades if not ranked.run.get(name) and name not in unknown]
    yield from _counted("judged queries without any document, which score 0", unanswered)
    unjudged = [name for name in ranked.run if name not in grades]
    yield from _counted("queries of the run without judgements, left out", unjudged)
    collection = ranked.collection
    if collection is not None:
        if collection.refused:
            names = [name for name, _ in collection.refused]
            why = f"documents not taken in, so not found (the first: {collection.refused[0][1]})"
            yield from _counted(why, names)
        judged_documents = {name for judged in grades.values() for name in judged}
        missing = sorted(judged_documents - collection.ids)
        yield from _counted(
            "judged documents that the corpus lacks, which count as missed", missing
        )


def _counted(what: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the line that counts and names them, where there are any."""
    if names:
        shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        yield f"{what}: {len(names)} ({shown})"
