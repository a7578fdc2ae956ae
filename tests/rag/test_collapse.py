"""Copies of one story become one result that names the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.collapse import COPY_CONTAINMENT, collapse, containment
from rag.records import Candidate
from tests.rag.candidates import candidate

FERRY = "The ferry to Osk runs again from Monday after eleven days in port, the office said."
TRIMMED = "The ferry to Osk runs again from Monday after eleven days in port."
ELSEWHERE = "Osk's grocers had begun to ration flour when the first boat came in on Monday."


def ids(candidates: list[Candidate]) -> list[str]:
    return [found.passage.article_id for found in candidates]


def test_copies_of_one_story_are_named_under_the_better_one() -> None:
    found = collapse([candidate("wire", FERRY, score=0.9), candidate("copy", TRIMMED, score=0.8)])
    assert ids(found) == ["wire", "copy"]
    (carrier,) = found[0].also_carried_by
    assert (carrier.article_id, carrier.publisher, carrier.title) == (
        "copy",
        "copy Post",
        "About copy",
    )
    assert found[1].also_carried_by == ()


def test_the_better_one_stands_for_both_whichever_is_longer() -> None:
    found = collapse([candidate("copy", TRIMMED), candidate("wire", FERRY)])
    assert ids(found) == ["copy", "wire"]
    assert [carrier.article_id for carrier in found[0].also_carried_by] == ["wire"]


def test_copies_come_at_the_end_in_their_order() -> None:
    found = collapse(
        [
            candidate("wire", FERRY),
            candidate("copy-b", FERRY),
            candidate("other", ELSEWHERE, story="another"),
            candidate("copy-a", TRIMMED),
        ]
    )
    assert ids(found) == ["wire", "other", "copy-b", "copy-a"]
    assert [c.article_id for c in found[0].also_carried_by] == ["copy-b", "copy-a"]


def test_an_article_is_named_once_however_many_of_its_passages_are_copies() -> None:
    found = collapse(
        [candidate("wire", FERRY), candidate("copy", FERRY), candidate("copy", TRIMMED, ordinal=1)]
    )
    assert [c.article_id for c in found[0].also_carried_by] == ["copy"]
    assert len(found) == 3


def test_passages_of_one_article_are_never_collapsed() -> None:
    overlapping = [candidate("wire", FERRY), candidate("wire", TRIMMED, ordinal=1)]
    assert collapse(overlapping) == overlapping


def test_independent_articles_of_one_story_are_kept() -> None:
    told_twice = [candidate("wire", FERRY), candidate("own", ELSEWHERE)]
    assert collapse(told_twice) == told_twice


def test_the_same_words_in_different_stories_are_kept() -> None:
    chance = [candidate("a", FERRY, story="one"), candidate("b", FERRY, story="two")]
    assert collapse(chance) == chance


def test_nothing_collapses_to_nothing() -> None:
    assert collapse([]) == []


def test_containment_is_measured_on_the_smaller_text() -> None:
    assert containment(TRIMMED, FERRY) == containment(FERRY, TRIMMED) == 1.0
    assert containment(FERRY, ELSEWHERE) < COPY_CONTAINMENT
    assert containment("Yes.", "Yes.") == 1.0


@given(
    st.lists(
        st.builds(
            candidate,
            st.sampled_from(["a", "b", "c", "d"]),
            st.sampled_from([FERRY, TRIMMED, ELSEWHERE]),
            story=st.sampled_from(["one", "two"]),
            ordinal=st.integers(0, 99),
        ),
        max_size=10,
        unique_by=lambda c: c.passage.passage_id,
    )
)
def test_no_passage_is_lost_or_added(candidates: list[Candidate]) -> None:
    found = collapse(candidates)
    assert sorted(c.passage.passage_id for c in found) == sorted(
        c.passage.passage_id for c in candidates
    )
    if candidates:
        assert found[0].passage == candidates[0].passage
