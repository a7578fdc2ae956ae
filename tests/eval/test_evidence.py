from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.evidence import (
    EvidenceItem,
    citation_overlaps,
    find_quote,
    is_of_evidence,
    locate_evidence,
    missing_evidence,
    passage_covers,
)
from eval.replies import ReplyCitation, ReplyPassage, reply_of
from index.records import Span
from tests.eval.fakes import TEXTS, FakeTarget, abstained, answered, gold, right_answer
from tests.eval.fakes import citation as quoth_citation
from tests.eval.fakes import passage as quoth_passage

TARGET = FakeTarget(right_answer)


def passage(
    article_id: str, start: int, end: int, *, carried_by: Sequence[str] = ()
) -> ReplyPassage:
    listed = quoth_passage(article_id, start, end, carried_by=carried_by)
    [one] = reply_of(abstained(retrieved=[listed]), None).retrieved or ()
    return one


def citation(
    n: int, article_id: str, quote: str, *, carried_by: Sequence[str] = ()
) -> ReplyCitation:
    cited = quoth_citation(n, article_id, quote, carried_by=carried_by)
    [one] = reply_of(answered(cited), None).citations or ()
    return one


QUOTE = "It burned down in 1901."


def located(article: str = "a1", quote: str = QUOTE) -> EvidenceItem:
    [item] = locate_evidence(gold(evidence=[(article, quote)]), TARGET)
    return item


@pytest.mark.parametrize("reference", ["a1", "a1.txt", "in/a1.txt", "https://news.example/a1"])
def test_evidence_is_found_however_the_article_is_named(reference: str) -> None:
    assert located(reference).places == (("a1", Span(25, 48)),)


def test_white_space_and_the_shape_of_quotes_do_not_matter() -> None:
    text = "He said:\n“It’s over – now”."
    [span] = find_quote('said: "It\'s\u00a0over - now"', text)
    assert text[span.start : span.end] == "said:\n“It’s over – now”"


def test_all_occurrences_are_found() -> None:
    assert find_quote("in 19", "in 19 and in 19") == [Span(0, 5), Span(10, 15)]
    assert find_quote(" ", "text") == []


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_a_quote_is_found_where_it_stands(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    words = quote.split()
    spans = find_quote(quote, text)
    assert bool(spans) == bool(words)
    for span in spans:
        assert len(text[span.start : span.end].split()) == len(words)


@pytest.mark.parametrize(
    ("start", "end", "covers"),
    [
        (0, 66, True),
        (25, 48, True),
        (25, 37, True),
        (37, 48, False),
        (36, 48, True),
        (0, 25, False),
    ],
)
def test_a_passage_covers_evidence_from_half_of_the_quote_on(
    start: int, end: int, covers: bool
) -> None:
    assert passage_covers(passage("a1", start, end), located()) is covers


def test_a_passage_of_another_article_covers_nothing() -> None:
    assert not passage_covers(passage("a2", 0, 60), located())


def test_a_copy_covers_only_what_it_holds_whole() -> None:
    item = located("a2", "A fire took the mill in 1901.")
    assert not passage_covers(passage("a1", 0, 60, carried_by=["a2"]), item)
    words = located("a2", "mill")
    assert passage_covers(passage("a1", 0, 60, carried_by=["a2"]), words)
    assert not passage_covers(passage("a1", 0, 60), words)


def test_a_citation_and_evidence_share_half_of_the_shorter() -> None:
    both = located("a1", f"The mill opened in 1842. {QUOTE}")
    assert citation_overlaps(citation(1, "a1", QUOTE), both)
    assert citation_overlaps(citation(1, "a1", TEXTS["a1"]), located())
    assert not citation_overlaps(citation(1, "a1", "Nobody was hurt."), located())
    assert not citation_overlaps(citation(1, "a1", "1901. Nobody was hurt."), located())


def test_a_citation_is_of_the_evidence_by_its_article_or_a_copy() -> None:
    assert is_of_evidence(citation(1, "a1", "Nobody was hurt."), located())
    assert not is_of_evidence(citation(1, "a2", "It spins wool."), located())
    assert is_of_evidence(citation(1, "a2", "It spins wool.", carried_by=["a1"]), located())


def test_missing_evidence_says_what_is_missing() -> None:
    question = gold(evidence=[("a1", QUOTE), ("a9", "x"), ("a2", "No such words.")])
    assert missing_evidence(question, locate_evidence(question, TARGET)) == [
        "q1: no article 'a9'",
        "q1: quote not found in 'a2': 'No such words.'",
    ]


class TestWithoutOffsets:
    """Someone else's passages and citations, or no archive to look into."""

    def words(self, quote: str = QUOTE) -> EvidenceItem:
        [item] = locate_evidence(gold(evidence=[("a1", quote)]), None)
        return item

    def test_without_an_archive_evidence_has_no_place(self) -> None:
        item = self.words()
        assert item.articles == {"a1"}
        assert item.places is None

    @pytest.mark.parametrize(
        ("text", "covers"),
        [
            (TEXTS["a1"], True),
            ("…and it\nburned down in the end", True),
            ("It burned down", True),
            ("It burned", False),
            ("in 1901.", False),
            ("burned It 1901. down in", False),
            ("", False),
        ],
    )
    def test_a_passage_covers_with_half_of_the_words_in_a_row(
        self, text: str, covers: bool
    ) -> None:
        for item in (self.words(), located()):
            assert passage_covers(ReplyPassage(text=text), item) is covers

    def test_a_run_of_words_starts_and_ends_with_words(self) -> None:
        assert not passage_covers(ReplyPassage(text="part art"), self.words("art is long"))
        assert passage_covers(ReplyPassage(text="in party hats"), self.words("party hats"))

    def test_a_citation_overlaps_by_its_words(self) -> None:
        assert citation_overlaps(ReplyCitation(n=1, quote="burned down in 1901."), self.words())
        assert citation_overlaps(ReplyCitation(n=1, quote=TEXTS["a1"]), self.words())
        assert not citation_overlaps(ReplyCitation(n=1, quote="Nobody was hurt."), self.words())

    def test_an_article_is_known_by_the_name_that_the_gold_set_gives_it(self) -> None:
        assert is_of_evidence(ReplyCitation(n=1, quote="x", article="a1"), self.words())
        assert not is_of_evidence(ReplyCitation(n=1, quote="x"), self.words())
