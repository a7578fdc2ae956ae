"""Catalogue and followers through adds, edits, deletes, crashes, lag, damage and reopening."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from numpy.typing import NDArray

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.passages import embedding_input, input_hash
from index.records import IngestOutcome
from index.settings import IndexSettings
from tests.index.building import outcomes, record, text_of
from tests.index.interrupting import Interrupted, InterruptibleDense, InterruptibleLexical, Moment

NAMES = st.sampled_from(["ann", "bob", "cid", "dee"])
EDITIONS = st.integers(min_value=0, max_value=5)
MOMENTS = st.sampled_from(list(Moment))
DAMAGE = st.sampled_from(["chroma/chroma.sqlite3", "lexical/meta.json"])


def edition_of(name: str, edition: int) -> str:
    """An article's text: editions share their beginnings and differ in their ends."""
    return f"{text_of(name, sentences=3 + edition)}\n\nThis is edition {edition} of {name} today."


class StrictEmbedder(HashingEmbedder):
    """A hashing embedder that is never to see a text that the catalogue holds a vector of."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += [input_hash(text) for text in texts]
        return super().embed_documents(texts)


class ArchiveMachine(RuleBasedStateMachine):
    """The model is a dictionary: name of an article, edition of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="quoth-machine-"))
        self.embedder = StrictEmbedder()
        self.held: dict[str, int] = {}
        self.ids: dict[str, str] = {}
        self.settled = True
        """Whether followers are said to be caught up: not after a crash, until reopened."""

    @initialize()
    def start(self) -> None:
        self._open()

    def _open(self) -> None:
        configured = IndexSettings(data_dir=self.folder, passage_words=20)
        opened = open_archive(configured, embedder=self.embedder)
        self.dense = InterruptibleDense(opened.dense)
        self.lexical = InterruptibleLexical(opened.lexical)
        parts = replace(opened._parts, dense=self.dense, lexical=self.lexical)
        self.archive = Archive(parts)
        self.settled = True

    def _stored(self) -> set[str]:
        catalogue = self.archive.catalogue
        return set(catalogue.input_hashes(sorted(catalogue.passage_ids())).values())

    # -- what users do ----------------------------------------------------------------------

    @rule(name=NAMES, edition=EDITIONS)
    def put(self, name: str, edition: int) -> None:
        self._put(name, edition)

    def _put(self, name: str, edition: int) -> None:
        known, seen = self._stored(), len(self.embedder.seen)
        text = edition_of(name, edition)
        try:
            report = self.archive.ingest_records([record(name, text)], origin="machine")
        finally:
            fresh = self.embedder.seen[seen:]
            assert not known & set(fresh), "a stored passage was embedded again"
            assert len(fresh) == len(set(fresh)), "a text was embedded twice"
        before = self.held.get(name)
        expected = IngestOutcome.ADDED if before is None else IngestOutcome.UPDATED
        same = before == edition
        assert outcomes(report) == [IngestOutcome.UNCHANGED if same else expected]
        self._now_holds(name, edition)

    def _now_holds(self, name: str, edition: int) -> None:
        self.held[name] = edition
        known = self.archive.catalogue.known(f"id::{name}")
        assert known is not None
        self.ids[name] = known.article_id

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        present = name in self.held
        removed = self.archive.delete([self.ids[name]] if present else ["nobody"])
        assert removed == present
        self.held.pop(name, None)
        self.settled = True

    @rule(which=st.sampled_from(["dense", "lexical", "all"]))
    def rebuild(self, which: str) -> None:
        embedded = self.embedder.embedded
        self.archive.rebuild(which)
        assert self.embedder.embedded == embedded
        self.settled = self.settled or which == "all"

    @rule()
    def reopen(self) -> None:
        self.archive.close()
        self._open()

    # -- what goes wrong --------------------------------------------------------------------

    @rule(name=NAMES, edition=EDITIONS, moment=MOMENTS, dense=st.booleans())
    def crash_while_putting(self, name: str, edition: int, moment: Moment, dense: bool) -> None:
        broken = self.dense if dense else self.lexical
        broken.moment = moment
        try:
            self._put(name, edition)
        except Interrupted:
            self._now_holds(name, edition)
            self.settled = False
        broken.moment = None

    @precondition(lambda self: self.held)
    @rule(moment=MOMENTS, dense=st.booleans(), data=st.data())
    def crash_while_deleting(self, moment: Moment, dense: bool, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        broken = self.dense if dense else self.lexical
        broken.moment = moment
        with contextlib.suppress(Interrupted):
            self.archive.delete([self.ids[name]])
        broken.moment = None
        del self.held[name]
        self.settled = False

    @rule(steps=st.integers(min_value=1, max_value=3), dense=st.booleans())
    def lag(self, steps: int, dense: bool) -> None:
        follower = self.dense.real if dense else self.lexical.real
        follower.apply(remove=[], add=[], seq=max(0, follower.applied() - steps))
        self.settled = False

    @rule(name=DAMAGE)
    def damage(self, name: str) -> None:
        self.archive.close()
        (self.folder / name).write_bytes(b"garbage" * 300)
        self._open()

    # -- what always holds ------------------------------------------------------------------

    @invariant()
    def articles_are_those_of_the_model(self) -> None:
        catalogue = self.archive.catalogue
        assert catalogue.counts()["articles"] == len(self.held)
        for name, edition in self.held.items():
            text = catalogue.article(self.ids[name]).text
            assert text == edition_of(name, edition)

    @invariant()
    def article_text_offsets_are_exact(self) -> None:
        catalogue = self.archive.catalogue
        rows = catalogue.passages_of(sorted(self.ids[name] for name in self.held))
        assert {row.passage.passage_id for row in rows} == catalogue.passage_ids()
        hashes = catalogue.input_hashes([row.passage.passage_id for row in rows])
        for row in rows:
            passage = row.passage
            text = catalogue.article(passage.article_id).text
            assert text[passage.start : passage.end] == passage.text
            embedded = input_hash(embedding_input(row.title, passage))
            assert hashes[passage.passage_id] == embedded

    @invariant()
    def followers_equal_the_catalogue_and_verify_is_sound(self) -> None:
        if self.settled:
            expected = self.archive.catalogue.passage_ids()
            assert self.archive.dense.ids() == expected
            assert self.archive.lexical.ids() == expected
            assert self.archive.verify().problems == ()

    @invariant()
    def followers_never_claim_to_be_ahead(self) -> None:
        last = self.archive.catalogue.last_seq()
        assert self.archive.dense.applied() <= last
        assert self.archive.lexical.applied() <= last

    def teardown(self) -> None:
        if hasattr(self, "archive"):
            self.archive.close()
            self._open()  # whatever happened, the next open leaves all in step
            self.followers_equal_the_catalogue_and_verify_is_sound()
            self.archive.close()
        shutil.rmtree(self.folder, ignore_errors=True)


TestArchiveMachine = ArchiveMachine.TestCase
TestArchiveMachine.settings = settings(
    max_examples=10,
    stateful_step_count=14,
    derandomize=True,
    phases=(Phase.generate,),  # shrinking would take minutes, and examples are short
    suppress_health_check=list(HealthCheck),
)
