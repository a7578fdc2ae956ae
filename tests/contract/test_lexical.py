"""Lexical indexes: in memory, and in tantivy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import ArchiveDamaged
from index.followers.base import LexicalIndex
from index.followers.memory import MemoryLexicalIndex
from index.followers.tantivy_index import TantivyLexicalIndex
from tests.contract.followers import ALL, FERRY, IDS, LexicalIndexContract, Storage, passage


class TestMemoryLexicalIndex(LexicalIndexContract):
    @pytest.fixture
    def storage(self) -> Storage[LexicalIndex]:
        held: dict[str, MemoryLexicalIndex] = {}
        return Storage(build=lambda name: held.setdefault(name, MemoryLexicalIndex()))


class TestTantivyLexicalIndex(LexicalIndexContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage[LexicalIndex]]:
        def damage() -> None:
            (tmp_path / "lexical" / "meta.json").write_bytes(b"not json")

        storage: Storage[LexicalIndex] = Storage(
            build=lambda name: TantivyLexicalIndex(tmp_path / "lexical", archive_id=name),
            damage=damage,
        )
        yield storage
        storage.close()

    def test_inflected_and_accented_forms_meet(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=[passage("x", 0, "The cafés were closing")], seq=1)
        assert len(index.matching("cafe closed", 5)) == 1
        assert index.document_frequency("Cafés") == index.document_frequency("cafe") == 1

    def test_stop_words_alone_find_nothing(self, index: LexicalIndex) -> None:
        index.apply(remove=[], add=ALL, seq=1)
        assert index.matching("to the of and", 5) == []

    def test_a_word_of_the_title_weighs_less_than_one_of_the_text(
        self, index: LexicalIndex
    ) -> None:
        titled = passage("a", 0, "something else entirely", title="trawler news today")
        said = passage("b", 0, "trawler news today", title="something else entirely")
        index.apply(remove=[], add=[titled, said], seq=1)
        assert [s.passage_id for s in index.matching("trawler", 2)] == ["b.1.0", "a.1.0"]

    @pytest.mark.parametrize("suffix", ["meta.json", ".pos", ".term", ".store", ".managed.json"])
    def test_damaged_or_missing_files_are_an_archive_error(
        self, tmp_path: Path, suffix: str
    ) -> None:
        folder = tmp_path / "lexical"
        index = TantivyLexicalIndex(folder, archive_id="first")
        index.apply(remove=[], add=ALL, seq=3)
        index.close()
        for path in folder.iterdir():
            if path.name.endswith(suffix):
                path.unlink() if suffix == ".pos" else path.write_bytes(b"garbage" * 20)
        with pytest.raises(ArchiveDamaged, match="quoth rebuild --follower lexical") as raised:
            TantivyLexicalIndex(folder, archive_id="first")
        assert "\n" not in str(raised.value)

    def test_an_apply_that_fails_half_way_leaves_nothing_behind(self, tmp_path: Path) -> None:
        index = TantivyLexicalIndex(tmp_path / "lexical", archive_id="first")
        index.apply(remove=[], add=[FERRY], seq=1)
        with pytest.raises(OverflowError):  # the number does not fit the field
            index.apply(remove=["ferry"], add=ALL, seq=2**64)
        assert (index.applied(), index.ids()) == (1, {FERRY.passage_id})
        index.apply(remove=["ferry"], add=ALL, seq=2)
        assert (index.applied(), index.ids()) == (2, IDS)
        index.close()
