"""What other processes do. Each job is called in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 - imported before the fork, which is quicker than after it
import chromadb  # noqa: F401
import numpy as np
import rensa  # noqa: F401
import structlog
import syntok.segmenter  # noqa: F401
from numpy.typing import NDArray
from sqlalchemy import Engine, event

import index.followers.chroma
import index.followers.tantivy_index  # noqa: F401
from index.archive import Archive
from index.bootstrap import open_archive
from index.catalogue.writing import ArticleWrite, CatalogueWriter
from index.embedding.hashing import HashingEmbedder
from index.errors import QuothError
from index.lock import DirectoryLock
from index.settings import IndexSettings
from tests.faults.process import kill_self, talking
from tests.index.building import distinct_inputs, record, text_of
from tests.index.interrupting import InterruptibleDense, InterruptibleLexical, Moment

ARTICLES = 40
SENTENCES = 27
WORDS = 20
"""Short passages, so that the articles fill several windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Where a process kills itself: at the n-th time that a step is reached."""

    step: str
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a process that opens an archive finds in it."""

    articles: int
    passages: int
    inputs: int
    """Different texts that were embedded for them."""
    half: tuple[str, ...]
    """Articles that are neither wholly in nor wholly out."""
    problems: tuple[str, ...]
    embedded: int = 0
    """Texts that this process embedded."""


def settings_of(folder: Path, **more: Any) -> IndexSettings:
    return IndexSettings(data_dir=folder, passage_words=WORDS, **more)


def articles() -> list[dict[str, Any]]:
    """The articles of every process."""
    return [record(f"n{i:02}", text_of(i, sentences=SENTENCES)) for i in range(ARTICLES)]


class Countdown:
    """Kills this process at the n-th step of a kind."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._left = fault.nth

    def reach(self, step: str) -> None:
        if step == self._fault.step:
            self._left -= 1
            if self._left == 0:
                kill_self()


class FatalEmbedder(HashingEmbedder):
    """Kills the process before or after it embeds."""

    def __init__(self, countdown: Countdown) -> None:
        super().__init__()
        self._countdown = countdown

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._countdown.reach("before embedding")
        vectors = super().embed_documents(texts)
        self._countdown.reach("after embedding")
        return vectors


class FatalWriter(CatalogueWriter):
    """Kills the process after a commit."""

    def __init__(self, engine: Engine, countdown: Countdown) -> None:
        super().__init__(engine)
        self._countdown = countdown

    def put(self, write: ArticleWrite) -> None:
        super().put(write)
        self._countdown.reach("after an article's commit")

    def delete(self, article_id: str) -> bool:
        deleted = super().delete(article_id)
        self._countdown.reach("after a deletion's commit")
        return deleted


def _watch(engine: Engine, countdown: Countdown) -> None:
    """Reach steps inside transactions."""

    def before_statement(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO passages"):
            countdown.reach("inside an article's transaction")

    event.listen(engine, "before_cursor_execute", before_statement)
    event.listen(engine, "commit", lambda _c: countdown.reach("before a commit"))


FOLLOWER_STEPS = {
    f"{follower}: {moment.value}": (follower, moment)
    for follower in ("dense", "lexical")
    for moment in Moment
}


STEPS = {
    "before embedding",
    "after embedding",
    "inside an article's transaction",
    "before a commit",
    "after an article's commit",
    "after a deletion's commit",
    *FOLLOWER_STEPS,
}


def fatal_archive(folder: Path, fault: Fault) -> Archive:
    """An archive that kills this process at a step."""
    assert fault.step in STEPS, fault
    countdown = Countdown(fault)
    opened = open_archive(settings_of(folder), embedder=FatalEmbedder(countdown))
    engine = opened.catalogue.engine
    _watch(engine, countdown)
    dense = InterruptibleDense(opened.dense, end=kill_self)
    lexical = InterruptibleLexical(opened.lexical, end=kill_self)
    if fault.step in FOLLOWER_STEPS:
        name, moment = FOLLOWER_STEPS[fault.step]
        if name == "dense":
            dense.moment, dense.applies = moment, fault.nth - 1
        else:
            lexical.moment, lexical.applies = moment, fault.nth - 1
    writer = FatalWriter(engine, countdown)
    return Archive(replace(opened._parts, writer=writer, dense=dense, lexical=lexical))


# -- jobs -----------------------------------------------------------------------------------


def ingest_and_die(folder: Path, fault: Fault) -> None:
    with fatal_archive(folder, fault) as archive:
        archive.ingest_records(articles(), origin="faults")


def delete_and_die(folder: Path, fault: Fault) -> None:
    with fatal_archive(folder, fault) as archive:
        page = archive.articles(limit=ARTICLES, offset=0)
        archive.delete([summary.article_id for summary in page.articles[:10]])


def rebuild_and_die(folder: Path, fault: Fault) -> None:
    with fatal_archive(folder, fault) as archive:
        archive.rebuild()


def create_and_die(folder: Path, statement: str) -> None:
    """Die at a statement of the migrations that make a catalogue."""

    def before_statement(_c: Any, _k: Any, running: str, *_rest: Any) -> None:
        if statement in " ".join(running.split()):
            kill_self()

    event.listen(Engine, "before_cursor_execute", before_statement)
    open_archive(settings_of(folder), embedder=HashingEmbedder())


def look(folder: Path) -> Found:
    """Open the archive, and look."""
    with open_archive(settings_of(folder), embedder=HashingEmbedder()) as archive:
        return _found(archive)


def look_and_complete(folder: Path) -> tuple[Found, Found]:
    """What is found, and what is there after all articles were taken in again."""
    return look(folder), complete(folder)


def complete(folder: Path) -> Found:
    """Take all articles in, again."""
    embedder = HashingEmbedder()
    with open_archive(settings_of(folder), embedder=embedder) as archive:
        archive.ingest_records(articles(), origin="faults")
        return replace(_found(archive), embedded=embedder.embedded)


def _found(archive: Archive) -> Found:
    catalogue = archive.catalogue
    half = []
    texts = {str(a["title"]): str(a["text"]) for a in articles()}
    for summary in archive.articles(limit=ARTICLES + 1, offset=0).articles:
        article = archive.article(summary.article_id)
        passages = [row.passage for row in catalogue.passages_of([article.article_id])]
        covered = {span for p in passages for span in p.sentences}
        ordinals = [p.ordinal for p in passages]
        if (
            article.text != texts[article.title]
            or len(covered) != SENTENCES
            or ordinals != list(range(len(passages)))
        ):
            half.append(article.title)
    counts = catalogue.counts()
    if counts["versions"] != counts["articles"]:
        half.append(f"{counts['versions']} versions of {counts['articles']} articles")
    return Found(
        articles=counts["articles"],
        passages=counts["passages"],
        inputs=distinct_inputs(archive),
        half=tuple(half),
        problems=archive.verify().problems,
    )


@talking
def ingest_until_killed(folder: Path, pipe: Connection) -> None:
    """Take all articles in, and say when it begins."""
    with open_archive(settings_of(folder), embedder=HashingEmbedder()) as archive:
        pipe.send("begins")
        archive.ingest_records(articles(), origin="faults")


@talking
def hold(folder: Path, pipe: Connection) -> None:
    """Hold the data directory until killed."""
    with DirectoryLock(folder):
        pipe.send("held")
        time.sleep(600)


def refusal(folder: Path, user: int | None = None) -> tuple[str, str, bool]:
    """Code, message and retryability of the error that opening ends with."""
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    try:
        open_archive(settings_of(folder), embedder=HashingEmbedder()).close()
    except QuothError as error:
        return error.code, str(error), error.retryable
    return "none", "it could be opened", False


def log_lines_of(job: Callable[..., Any], *arguments: Any) -> tuple[Any, list[dict[str, Any]]]:
    """A job's result, and the events that it logged."""
    with structlog.testing.capture_logs() as lines:
        result = job(*arguments)
    return result, [dict(line) for line in lines]
