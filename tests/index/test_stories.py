"""Copies and near-copies are one story; others are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import stories
from index.archive import Archive
from tests.index.building import archive_in, ingest, only_id, record, sentences_of

WIRE = (
    "A landslide has closed the coast road between Osk and Harrowmouth. Nobody was hurt, the "
    "county said on Tuesday. Crews expect to need three weeks to clear 4,000 tonnes of rock. "
    "Lorries are sent over the northern pass, which adds ninety minutes to the journey. The "
    "slope had been inspected in May without any sign of movement, according to a report."
)
LIBRARY = (
    "Readers queued around the block when the old library opened its doors again. Its roof took "
    "two winters to mend and cost a third more than planned. Children now have a floor of their "
    "own with a slide. The director thanked volunteers who had dried nine hundred wet volumes."
)


def story_of(archive: Archive, name: str, text: str, **fields: str) -> str:
    article_id = only_id(ingest(archive, record(name, text, title="", **fields)))
    return archive.article(article_id).story_id


def test_a_copy_with_a_changed_ending_is_the_same_story(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        first = story_of(archive, "a", WIRE, publisher="Skerry Post")
        copied = story_of(
            archive, "b", WIRE + " Drivers are asked to be patient.", publisher="Osk Courier"
        )
        assert first == copied
        assert {a.publisher for a in archive.catalogue.story(first)} == {
            "Skerry Post",
            "Osk Courier",
        }


def test_unlike_articles_are_stories_of_their_own(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        assert story_of(archive, "a", WIRE) != story_of(archive, "b", LIBRARY)
        assert archive.status().stories == 2


def test_an_article_rewritten_into_another_leaves_its_copies_behind(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        founded = story_of(archive, "a", WIRE, publisher="Skerry Post")
        assert story_of(archive, "b", WIRE, publisher="Osk Courier") == founded
        assert story_of(archive, "a", LIBRARY, publisher="Skerry Post") != founded
        assert [a.publisher for a in archive.catalogue.story(founded)] == ["Osk Courier"]


def test_an_article_that_becomes_a_copy_joins_the_story(tmp_path: Path) -> None:
    with archive_in(tmp_path) as archive:
        founded = story_of(archive, "a", WIRE, publisher="Skerry Post")
        story_of(archive, "b", LIBRARY, publisher="Osk Courier")
        assert story_of(archive, "b", WIRE, publisher="Osk Courier") == founded


def test_equal_texts_have_equal_signatures_whatever_their_case_and_marks() -> None:
    left = stories.signature(WIRE)
    right = stories.signature(WIRE.upper().replace(",", " –"))
    assert left.dtype == np.uint32
    assert left.shape == (stories.PERMUTATIONS,)
    assert stories.jaccard(stories.signature("A b c d."), stories.signature("a B c, d")) == 1.0
    assert stories.jaccard(left, right) > 0.8


def test_unlike_texts_share_next_to_nothing() -> None:
    overlap = stories.jaccard(stories.signature(WIRE), stories.signature(LIBRARY))
    assert overlap < stories.RELATED_JACCARD


def test_the_estimate_is_near_the_true_overlap() -> None:
    told = sentences_of("overlap", 40)
    left, right = " ".join(told[:30]), " ".join(told[10:])
    one, two = stories.shingles(left), stories.shingles(right)
    truth = len(one & two) / len(one | two)
    estimate = stories.jaccard(stories.signature(left), stories.signature(right))
    assert estimate == pytest.approx(truth, abs=0.13)


def test_bands_are_named_by_place_and_shared_by_copies() -> None:
    keys = stories.bands(stories.signature(WIRE))
    assert len(keys) == len(set(keys)) == stories.BANDS
    assert max(map(len, keys)) <= 40  # the column's width
    near = stories.bands(stories.signature(WIRE + " Drivers are asked to be patient."))
    assert len(set(keys) & set(near)) > stories.BANDS // 2


@pytest.mark.parametrize(
    ("overlap", "cosine", "same"),
    [(0.5, -1.0, True), (0.49, 0.89, False), (0.12, 0.9, True), (0.11, 1.0, False)],
)
def test_what_makes_one_story(overlap: float, cosine: float, same: bool) -> None:
    assert stories.same_story(overlap, cosine) is same


@pytest.mark.parametrize(("text", "count"), [("", 1), ("one", 1), ("one two", 1), ("a b c d", 2)])
def test_short_texts_have_shingles_too(text: str, count: int) -> None:
    assert len(stories.shingles(text)) == count


def test_the_mean_vector_is_a_direction() -> None:
    mean = stories.mean_vector(np.array([[1, 0], [0, 1]], dtype=np.float32))
    assert mean == pytest.approx([2**-0.5, 2**-0.5])
    assert mean.dtype == np.float32
    assert stories.mean_vector(np.array([[1, 0], [-1, 0]], dtype=np.float32)).tolist() == [0, 0]
