"""What every follower promises. A back end inherits a contract and overrides `storage`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import pytest

from index.embedding.hashing import HashingEmbedder
from index.followers.base import DenseIndex, Follower, IndexedPassage, LexicalIndex

F = TypeVar("F", bound=Follower)

EMBEDDER = HashingEmbedder()


@dataclass(kw_only=True)
class Storage(Generic[F]):
    """A place where an index lies: it can be opened again, and damaged."""

    build: Callable[[str], F]
    """Opens the index for the archive of this id."""
    damage: Callable[[], None] = lambda: None
    opened: list[F] = field(default_factory=list)

    def open(self, archive_id: str = "first") -> F:
        """The index, for one archive."""
        index = self.build(archive_id)
        self.opened.append(index)
        return index

    def reopen(self, archive_id: str = "first") -> F:
        """The index after it was closed."""
        self.close()
        return self.open(archive_id)

    def close(self) -> None:
        """Close what is open."""
        while self.opened:
            self.opened.pop().close()


def passage(article_id: str, ordinal: int, text: str, *, title: str = "") -> IndexedPassage:
    """A passage of version 1."""
    return IndexedPassage(
        passage_id=f"{article_id}.1.{ordinal}",
        article_id=article_id,
        title=title,
        text=text,
        vector=EMBEDDER.embed_query(text),
    )


FERRY = passage("ferry", 0, "The ferry to Osk runs again from Monday", title="Harbour")
FARES = passage("ferry", 1, "Fares stay at twelve crowns until May", title="Harbour")
BRIDGE = passage("bridge", 0, "Rust was found in six cables of the bridge", title="Harrowmouth")
ALL = [FERRY, FARES, BRIDGE]
IDS = {p.passage_id for p in ALL}


class FollowerContract(Generic[F]):
    """Applying changes, and remembering how far it came."""

    @pytest.fixture
    def storage(self) -> Storage[F]:
        raise NotImplementedError("override this fixture with a back end's storage")

    @pytest.fixture
    def index(self, storage: Storage[F]) -> F:
        return storage.open()

    def test_an_empty_index_holds_nothing_and_has_applied_nothing(self, index: F) -> None:
        assert (index.applied(), index.count(), index.ids()) == (0, 0, set())

    def test_what_is_added_is_held_and_the_sequence_number_remembered(self, index: F) -> None:
        index.apply(remove=[], add=ALL, seq=7)
        assert (index.applied(), index.count(), index.ids()) == (7, 3, IDS)

    def test_applying_twice_changes_nothing(self, index: F) -> None:
        for _ in range(2):
            index.apply(remove=["bridge"], add=ALL, seq=7)
        assert (index.applied(), index.count(), index.ids()) == (7, 3, IDS)

    def test_applying_nothing_moves_the_sequence_number_alone(self, index: F) -> None:
        index.apply(remove=[], add=[FERRY], seq=1)
        index.apply(remove=[], add=[], seq=2)
        assert (index.applied(), index.ids()) == (2, {FERRY.passage_id})

    def test_remove_comes_before_add_in_one_apply(self, index: F) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.apply(remove=["ferry"], add=[FERRY], seq=2)
        assert index.ids() == {FERRY.passage_id, BRIDGE.passage_id}
        assert index.count() == 2

    def test_removing_an_article_removes_all_its_passages_and_no_others(self, index: F) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.apply(remove=["ferry", "nobody"], add=[], seq=2)
        assert (index.count(), index.ids()) == (1, {BRIDGE.passage_id})

    def test_more_removals_and_additions_than_fit_one_page(self, index: F) -> None:
        many = [passage(f"a{n:04}", 0, f"word{n} of many") for n in range(260)]
        index.apply(remove=[], add=many, seq=1)
        assert index.count() == 260
        index.apply(remove=[p.article_id for p in many[5:]], add=[], seq=2)
        assert index.ids() == {p.passage_id for p in many[:5]}

    def test_the_sequence_number_and_passages_survive_reopening(self, storage: Storage[F]) -> None:
        storage.open().apply(remove=[], add=ALL, seq=41)
        again = storage.reopen()
        assert (again.applied(), again.count(), again.ids()) == (41, 3, IDS)
        again.apply(remove=["ferry"], add=[], seq=42)
        once_more = storage.reopen()
        assert (once_more.applied(), once_more.ids()) == (42, {BRIDGE.passage_id})

    def test_for_another_archive_nothing_has_been_applied(self, storage: Storage[F]) -> None:
        storage.open().apply(remove=[], add=ALL, seq=41)
        assert storage.reopen("second").applied() == 0

    def test_a_reset_taken_over_by_another_archive_is_that_archives(
        self, storage: Storage[F]
    ) -> None:
        storage.open().apply(remove=[], add=ALL, seq=41)
        other = storage.reopen("second")
        other.reset()
        other.apply(remove=[], add=[FERRY], seq=3)
        again = storage.reopen("second")
        assert (again.applied(), again.ids()) == (3, {FERRY.passage_id})

    def test_reset_empties_it_and_it_can_be_used_at_once(self, index: F) -> None:
        index.apply(remove=[], add=ALL, seq=9)
        index.reset()
        assert (index.applied(), index.count(), index.ids()) == (0, 0, set())
        index.apply(remove=[], add=[BRIDGE], seq=2)
        assert (index.applied(), index.ids()) == (2, {BRIDGE.passage_id})

    def test_reset_of_an_empty_index_leaves_it_empty(self, index: F) -> None:
        index.reset()
        index.reset()
        assert (index.applied(), index.count()) == (0, 0)

    def test_reset_empties_it_also_where_its_files_are_damaged(self, storage: Storage[F]) -> None:
        index = storage.open()
        index.apply(remove=[], add=ALL, seq=9)
        storage.damage()
        index.reset()
        assert (index.applied(), index.count()) == (0, 0)
        index.apply(remove=[], add=ALL, seq=10)
        again = storage.reopen()
        assert (again.applied(), again.ids()) == (10, IDS)

    def test_closing_twice_is_closing_once(self, index: F) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.close()
        index.close()


class DenseIndexContract(FollowerContract[DenseIndex]):
    """Finding by vector."""

    def test_an_empty_index_finds_nothing(self, index: DenseIndex) -> None:
        assert index.nearest(FERRY.vector, 5) == []

    def test_a_passage_is_found_by_its_own_vector_with_score_one(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        for held in ALL:
            best = index.nearest(held.vector, 1)[0]
            assert best.passage_id == held.passage_id
            assert best.score == pytest.approx(1.0, abs=1e-5)

    def test_scores_are_cosines_best_first(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        question = EMBEDDER.embed_query("when does the ferry to Osk run")
        cosines = {p.passage_id: float(p.vector @ question) for p in ALL}
        found = index.nearest(question, 3)
        assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
        assert {s.passage_id: s.score for s in found} == pytest.approx(cosines, abs=1e-5)

    @pytest.mark.parametrize("limit", [0, -1])
    def test_limit_zero_or_less_finds_nothing(self, index: DenseIndex, limit: int) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.nearest(FERRY.vector, limit) == []

    def test_a_limit_above_the_count_finds_all(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert {s.passage_id for s in index.nearest(FERRY.vector, 1000)} == IDS

    def test_the_limit_is_kept(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert len(index.nearest(FERRY.vector, 2)) == 2

    def test_ties_come_in_the_order_of_their_ids(self, index: DenseIndex) -> None:
        copies = [passage(name, 0, "Word for word the same") for name in ("c", "a", "d", "b")]
        index.apply(remove=[], add=copies, seq=1)
        found = [s.passage_id for s in index.nearest(copies[0].vector, 4)]
        assert found == ["a.1.0", "b.1.0", "c.1.0", "d.1.0"]

    def test_what_is_removed_is_not_found(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.apply(remove=["ferry"], add=[], seq=2)
        assert {s.passage_id for s in index.nearest(FERRY.vector, 10)} == {BRIDGE.passage_id}

    def test_a_passage_given_again_has_its_new_vector_only(self, index: DenseIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        moved: dict[str, Any] = {"text": "quite other words", "title": ""}
        changed = IndexedPassage(
            passage_id=FERRY.passage_id,
            article_id="ferry",
            vector=EMBEDDER.embed_query(moved["text"]),
            **moved,
        )
        index.apply(remove=[], add=[changed], seq=2)
        assert index.count() == 3
        assert index.nearest(changed.vector, 1)[0].passage_id == FERRY.passage_id
        old = {s.passage_id: s.score for s in index.nearest(FERRY.vector, 3)}
        assert old[FERRY.passage_id] < 0.9

    def test_unicode_ids_and_texts_come_back_as_they_were(self, index: DenseIndex) -> None:
        held = passage("gruß-渡𠮷-🎉", 0, "Brücke 渡𠮷 🎉")
        index.apply(remove=[], add=[held], seq=1)
        assert index.ids() == {held.passage_id}
        assert index.nearest(held.vector, 1)[0].passage_id == held.passage_id
        index.apply(remove=[held.article_id], add=[], seq=2)
        assert index.count() == 0

    def test_every_passage_is_reachable_after_churn(self, index: DenseIndex) -> None:
        random = np.random.default_rng(7)
        held: dict[str, IndexedPassage] = {}
        for seq in range(1, 13):
            gone = sorted({p.article_id for p in held.values() if random.random() < 0.4})
            fresh = [passage(f"a{seq}-{n}", 0, f"w{seq}x{n} y{n} z{seq}") for n in range(40)]
            index.apply(remove=gone, add=fresh, seq=seq)
            held = {k: p for k, p in held.items() if p.article_id not in gone}
            held |= {p.passage_id: p for p in fresh}
        assert index.ids() == set(held)
        for name, kept in held.items():
            assert name in {s.passage_id for s in index.nearest(kept.vector, 20)}


class LexicalIndexContract(FollowerContract[LexicalIndex]):
    """Finding by words."""

    def test_an_empty_index_finds_nothing(self, index: LexicalIndex) -> None:
        assert index.matching("ferry", 5) == []
        assert (index.document_count, index.document_frequency("ferry")) == (0, 0)

    def test_passages_that_share_words_are_found_best_first(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        found = index.matching("ferry to Osk, twelve", 5)
        assert [s.passage_id for s in found] == [FERRY.passage_id, FARES.passage_id]
        assert found[0].score > found[1].score > 0

    def test_words_of_the_title_count(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert [s.passage_id for s in index.matching("Harrowmouth", 5)] == [BRIDGE.passage_id]

    def test_case_does_not_matter(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching("FERRY", 5) == index.matching("ferry", 5) != []

    @pytest.mark.parametrize("question", ["", "   ", "?!", "zeppelin", '"', "AND OR (", "a:b^2"])
    def test_a_question_without_known_words_finds_nothing(
        self, index: LexicalIndex, question: str
    ) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching(question, 5) == []

    def test_query_syntax_is_only_words(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        found = index.matching('-"ferry" +body:(osk] ~*', 5)
        assert [s.passage_id for s in found] == [FERRY.passage_id]

    @pytest.mark.parametrize("limit", [0, -1])
    def test_limit_zero_or_less_finds_nothing(self, index: LexicalIndex, limit: int) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching("ferry", limit) == []

    def test_a_limit_above_the_count_finds_all(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert len(index.matching("ferry crowns bridge", 1000)) == 3

    def test_ties_come_in_the_order_of_their_ids(self, index: LexicalIndex) -> None:
        copies = [passage(name, 0, "Word for word the same") for name in ("c", "a", "d", "b")]
        index.apply(remove=[], add=copies, seq=1)
        found = [s.passage_id for s in index.matching("word", 4)]
        assert found == ["a.1.0", "b.1.0", "c.1.0", "d.1.0"]

    def test_within_names_the_articles_that_may_be_found(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        found = index.matching("ferry crowns bridge", 5, within=["bridge", "nobody"])
        assert [s.passage_id for s in found] == [BRIDGE.passage_id]

    def test_within_does_not_change_scores(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        free = {s.passage_id: s.score for s in index.matching("ferry crowns bridge", 5)}
        bound = index.matching("ferry crowns bridge", 5, within=["ferry"])
        assert len(bound) == 2
        assert {s.passage_id: s.score for s in bound} == pytest.approx(
            {name: free[name] for name in (FERRY.passage_id, FARES.passage_id)}
        )

    def test_within_no_article_finds_nothing(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching("ferry", 5, within=[]) == []

    def test_within_an_unknown_article_finds_nothing(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching("ferry", 5, within=["nobody"]) == []

    def test_what_is_removed_is_not_found_and_not_counted(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.apply(remove=["ferry"], add=[], seq=2)
        assert index.matching("ferry Osk crowns", 10) == []
        assert (index.document_count, index.document_frequency("ferry")) == (1, 0)

    def test_document_frequency_counts_passages_not_occurrences(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=[*ALL, passage("x", 0, "ferry upon ferry")], seq=1)
        assert index.document_count == 4
        assert index.document_frequency("Ferry") == 2
        assert index.document_frequency("zeppelin") == 0
        assert index.document_frequency("") == 0

    def test_document_frequency_is_the_same_after_adding_again(self, index: LexicalIndex) -> None:
        for seq in (1, 2, 3):
            index.apply(remove=["ferry", "bridge"], add=ALL, seq=seq)
        assert (index.document_count, index.document_frequency("ferry")) == (3, 1)

    def test_unicode_words_are_found(self, index: LexicalIndex) -> None:
        held = passage("gruß-渡𠮷", 0, "Мост закрыт 🎉 渡𠮷 Ærøskøbing")
        index.apply(remove=[], add=[*ALL, held], seq=1)
        for word in ("мост", "渡𠮷", "Ærøskøbing"):
            assert [s.passage_id for s in index.matching(word, 5)] == [held.passage_id]
        assert index.matching("🎉", 5) == []

    def test_a_passage_without_any_word_is_held_and_never_found(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=[passage("x", 0, "…")], seq=1)
        assert (index.count(), index.matching("ferry", 5)) == (1, [])

    def test_coverage_is_the_share_of_a_question_that_an_article_holds_anywhere(
        self, index: LexicalIndex
    ) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        names = ["bridge", "ferry", "nobody"]
        assert index.coverage("ferry crowns Harbour", names) == {"ferry": pytest.approx(1.0)}
        both = index.coverage("ferry bridge", names)
        assert both == {"bridge": pytest.approx(0.5), "ferry": pytest.approx(0.5)}
        assert index.coverage("ferry bridge", ["bridge"]) == {"bridge": both["bridge"]}

    def test_a_rare_word_covers_more_than_a_frequent_one(self, index: LexicalIndex) -> None:
        many = [passage(f"a{n}", 0, "ferry news") for n in range(5)]
        index.apply(remove=[], add=[*many, passage("rare", 0, "trawler")], seq=1)
        covered = index.coverage("ferry trawler", ["a0", "rare"])
        assert 0 < covered["a0"] < 0.5 < covered["rare"] < 1

    def test_a_word_that_no_article_holds_lowers_coverage(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert 0 < index.coverage("ferry zeppelin", ["ferry"])["ferry"] < 0.5

    @pytest.mark.parametrize(
        ("question", "articles"),
        [("", ["ferry"]), ("?!", ["ferry"]), ("zeppelin", ["ferry"]), ("ferry", [])],
    )
    def test_what_covers_nothing_is_left_out(
        self, index: LexicalIndex, question: str, articles: list[str]
    ) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.coverage(question, articles) == {}

    def test_a_long_question_is_covered_word_by_word(self, index: LexicalIndex) -> None:
        words = [f"word{n}x" for n in range(65)]
        halves = [passage("a", 0, " ".join(words[:33])), passage("a", 1, " ".join(words[33:]))]
        index.apply(remove=[], add=[*halves, passage("b", 0, words[64])], seq=1)
        covered = index.coverage(" ".join(words), ["a", "b"])
        assert covered["a"] == pytest.approx(1.0)
        assert 0 < covered["b"] < 0.02

    def test_what_is_removed_covers_nothing(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        index.apply(remove=["ferry"], add=[], seq=2)
        assert index.coverage("ferry", ["ferry"]) == {}
