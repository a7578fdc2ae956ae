"""A BEIR folder retrieved from as Quoth retrieves: the corpus as an archive, passages as documents.

Every document becomes an article; where it has no text, its title is its text. Documents of the
same title and text are one article, which stands for all of them. A document's score is that of
its best passage (MaxP: Dai and Callan, "Deeper Text Understanding for IR with Contextual Neural
Language Modeling", SIGIR 2019). Copies that an answer would list under the passage they copy keep
their own place. A document that has the query's own id is left out, as BEIR's evaluation does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from eval.public.beir import BeirDocument
from eval.public.trec import strictly_decreasing
from index.archive import Archive
from index.errors import InputError
from index.settings import IndexSettings
from rag.engine import Retriever
from rag.records import Candidate, Query

PASSAGES_PER_DOCUMENT = 3
"""Passages asked for, per document wanted: the best of a ranking crowd in few documents."""
BATCH = 512
MANIFEST = "beir.json"
_SETTINGS = ("embedding_model", "passage_words", "passage_overlap")

Progress = Callable[[int], None]
"""Called with how many documents or queries are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Which documents an archive holds."""

    documents: Mapping[str, Sequence[str]]
    """Article id → the documents that it stands for, in corpus order."""
    refused: Sequence[tuple[str, str]]
    """Id and reason of each document that could not be taken in, in corpus order."""

    @property
    def ids(self) -> set[str]:
        """The ids of all documents of the corpus."""
        taken = {name for names in self.documents.values() for name in names}
        return taken | {name for name, _ in self.refused}


def take_in(
    archive: Archive, documents: Iterable[BeirDocument], on_progress: Progress = lambda _done: None
) -> Collection:
    """Return what became of the documents; those that the archive holds already are not redone."""
    taken: dict[str, list[str]] = {}
    refused: list[tuple[str, str]] = []
    done = 0
    remaining = iter(documents)
    while batch := list(islice(remaining, BATCH)):
        filled = [document for document in batch if _text(document)]
        report = archive.ingest_records(list(map(_record, filled)), origin="corpus")
        items = dict(zip([document.id for document in filled], report.items, strict=True))
        for name in (document.id for document in batch):
            item = items.get(name)
            if item is None or item.article_id is None:
                reason = "it has neither title nor text" if item is None else item.reason
                refused.append((name, reason or ""))
            else:
                taken.setdefault(item.article_id, []).append(name)
        done += len(batch)
        on_progress(done)
    return Collection(documents=taken, refused=refused)


def retrieve_run(
    retriever: Retriever,
    queries: Mapping[str, str],
    collection: Collection,
    *,
    depth: int,
    on_progress: Progress = lambda _done: None,
) -> dict[str, dict[str, float]]:
    """Return query id → document id → score, at most `depth` documents a query, best first.

    A query without words is not asked and has no documents.
    """
    run: dict[str, dict[str, float]] = {}
    for done, (name, text) in enumerate(queries.items(), start=1):
        question = " ".join(text.split())
        if question:
            query = Query(question=question)
            found = retriever.retrieve(query, limit=PASSAGES_PER_DOCUMENT * depth)
            run[name] = rank_documents(found, collection, depth=depth, leave_out=name)
        on_progress(done)
    return run


def rank_documents(
    candidates: Sequence[Candidate], collection: Collection, *, depth: int, leave_out: str = ""
) -> dict[str, float]:
    """Return the first `depth` documents by best passage with strictly decreasing scores; ties by
    document id."""
    best: dict[str, float] = {}
    for candidate in candidates:
        article = candidate.passage.article_id
        best[article] = max(candidate.score, best.get(article, candidate.score))
    ranking = sorted(
        (-score, name)
        for article, score in best.items()
        for name in collection.documents.get(article, ())
        if name != leave_out
    )
    return strictly_decreasing([(name, -score) for score, name in ranking[:depth]])


def load_collection(folder: Path, corpus: str, settings: IndexSettings) -> Collection | None:
    """Return what a work folder holds; None where the corpus has yet to be taken in.

    `corpus` is the SHA-256 of the corpus file. Raises: InputError if the folder holds something
    else, or was made with other settings.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    try:
        held = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        same = held["corpus_sha256"] == corpus
        made_with: dict[str, Any] = held["settings"]
        documents, refused = held["documents"], [tuple(pair) for pair in held["refused"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder} is no work folder of this command", hint="give --work a new folder"
        ) from error
    if not same:
        raise InputError(f"{folder} holds another corpus", hint="give --work a new folder")
    if made_with != _made_with(settings):
        raise InputError(
            f"{folder} was made with {_shown(made_with)}, the settings say "
            f"{_shown(_made_with(settings))}",
            hint="give --work a new folder, or set them back",
        )
    return None if documents is None else Collection(documents=documents, refused=refused)


def save_collection(
    folder: Path, corpus: str, settings: IndexSettings, collection: Collection | None
) -> None:
    """Note which corpus a work folder holds; None where it is still being taken in."""
    content = {
        "corpus_sha256": corpus,
        "settings": _made_with(settings),
        "documents": None if collection is None else collection.documents,
        "refused": [] if collection is None else collection.refused,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{MANIFEST}.part"
        beside.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        beside.replace(folder / MANIFEST)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be written: {error.strerror}", hint="give --work another folder"
        ) from error


def _record(document: BeirDocument) -> dict[str, str]:
    """Return the article record; the id is escaped, for ingest tidies white space in it."""
    return {
        "id": quote(document.id, safe=""),
        "title": document.title,
        "text": _text(document),
    }


def _text(document: BeirDocument) -> str:
    return document.text if document.text.strip() else document.title.strip()


def _made_with(settings: IndexSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in _SETTINGS}


def _shown(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
