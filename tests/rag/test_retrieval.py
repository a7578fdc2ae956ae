"""Hybrid retrieval over the real model, Chroma and tantivy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.records import Filters
from rag.records import Candidate, Query
from rag.retrieval import MANY_ARTICLES, HybridRetriever, RetrievalShape, coverage_weight
from tests.rag.articles import COPIES, RECORDS, UNDATED, WIRE
from tests.rag.conftest import fill

FERRY = "When does the ferry to Osk run again?"
QUESTIONS = (
    FERRY,
    "How many cables of the bridge were rusty?",
    "Who collected signatures for the library?",
    "wolves camera nights",
    "xyzzy",
)
FILTERS = (
    Filters(publishers=("skerry post",)),
    Filters(publishers=("ÉCHO DU NORD", "tidewater gazette")),
    Filters(since=date(2026, 2, 1), until=date(2026, 3, 7)),
    Filters(as_of=date(2026, 2, 28)),
    Filters(publishers=("Harrowmouth Echo",), since=date(2026, 3, 1)),
    Filters(publishers=("Nobody",)),
)
BROAD = 0
"""As `exact_limit`: every filter counts as broad."""


def retriever(archive: Archive, **shape: object) -> HybridRetriever:
    given_shape: dict[str, object] = {"fusion": "min-max", "weight": 0.5, "depth": 100} | shape
    return HybridRetriever(
        catalogue=archive.catalogue,
        embedder=archive.embedder,
        dense=archive.dense,
        lexical=archive.lexical,
        shape=RetrievalShape(**given_shape),  # type: ignore[arg-type]
    )


def find(
    archive: Archive,
    question: str = FERRY,
    filters: Filters | None = None,
    *,
    limit: int = 50,
    **shape: object,
) -> list[Candidate]:
    query = Query(question=question, filters=filters or Filters(), top_k=limit)
    return retriever(archive, **shape).retrieve(query, limit=limit)


def names(found: list[Candidate], ids: Mapping[str, str]) -> set[str]:
    """The names of `articles.py` that were found."""
    known = {article_id: name for name, article_id in ids.items()}
    return {known[each.passage.article_id] for each in found}


def passages(found: list[Candidate]) -> list[str]:
    return [each.passage.passage_id for each in found]


class TestWithoutFilters:
    def test_the_best_passage_answers(self, archive: Archive, ids: dict[str, str]) -> None:
        for question, name in (
            ("How many cables of the bridge were rusty?", "bridge"),
            ("Who collected signatures for the library?", "library"),
            ("How long is rye bread baked?", "bakery"),
            ("When does the clinic get another physician?", "clinic"),
        ):
            assert names(find(archive, question)[:1], ids) == {name}

    def test_each_passage_comes_once_best_first_with_its_words(self, archive: Archive) -> None:
        found = find(archive)
        assert len(passages(found)) == len(set(passages(found)))
        assert all(0 <= each.score <= 1 for each in found)
        for each in found:
            article = archive.article(each.passage.article_id)
            assert article.text[each.passage.start : each.passage.end] == each.passage.text
            assert (each.title, each.publisher) == (article.title, article.publisher)
            assert each.dense is not None

    def test_copies_stand_under_the_best_and_again_at_the_end(
        self, archive: Archive, ids: dict[str, str]
    ) -> None:
        found = find(archive)
        carriers = {c.article_id for c in found[0].also_carried_by}
        assert names(found[:1], ids) | {n for n, i in ids.items() if i in carriers} == COPIES
        last = {each.passage.article_id for each in found[-2:]}
        assert last <= {ids[name] for name in COPIES}

    @pytest.mark.parametrize("limit", [1, 3, 7])
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_as_many_as_are_asked_for(self, archive: Archive, question: str, limit: int) -> None:
        assert len(find(archive, question, limit=limit)) == limit

    def test_all_there_are_where_more_are_asked_for(self, archive: Archive) -> None:
        assert len(find(archive, limit=100)) == archive.status().passages

    def test_a_limit_beyond_the_depth_is_met(self, archive: Archive) -> None:
        assert len(find(archive, limit=12, depth=10)) == 12

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_the_same_question_finds_the_same(self, archive: Archive, question: str) -> None:
        one = retriever(archive)
        query = Query(question=question)
        first = one.retrieve(query, limit=20)
        for other in QUESTIONS:
            one.retrieve(Query(question=other), limit=20)
        assert one.retrieve(query, limit=20) == first
        assert find(archive, question, limit=20) == first


class TestFusion:
    @pytest.mark.parametrize("question", QUESTIONS[:4])
    def test_rank_fusion_finds_the_same_best_article(self, archive: Archive, question: str) -> None:
        best = [find(archive, question, fusion=fusion)[0] for fusion in ("min-max", "rrf")]
        assert best[0].story_id == best[1].story_id

    def test_rank_fusion_scores_first_on_both_sides_one(self, archive: Archive) -> None:
        assert find(archive, QUESTIONS[1], fusion="rrf")[0].score == pytest.approx(1.0)

    def test_a_weight_of_one_orders_by_cosine_and_of_zero_by_words(self, archive: Archive) -> None:
        question = QUESTIONS[1]
        near = [c for c in find(archive, question, weight=1.0) if not _is_copy(c, archive)]
        cosines = [each.dense or 0.0 for each in near]
        assert cosines == sorted(cosines, reverse=True)
        alike = [c for c in find(archive, question, weight=0.0) if not _is_copy(c, archive)]
        scores = [each.lexical for each in alike if each.lexical is not None and each.score > 0]
        assert scores
        assert scores == sorted(scores, reverse=True)
        assert passages(near) != passages(alike)


def _is_copy(found: Candidate, archive: Archive) -> bool:
    """Whether it belongs to the story of which there are copies (they come at the end)."""
    return len(archive.catalogue.story(found.story_id)) > 1


@pytest.mark.parametrize("exact_limit", [5000, BROAD], ids=["exact", "over-fetched"])
class TestFilters:
    def test_publishers_are_compared_without_regard_to_case(
        self, archive: Archive, ids: dict[str, str], exact_limit: int
    ) -> None:
        filters = Filters(publishers=("skerry post",))
        found = find(archive, filters=filters, exact_limit=exact_limit)
        assert names(found, ids) == {"ferry-wire", "library"}
        filters = Filters(publishers=("écho DU nord", "GRANMOOR herald"))
        found = find(archive, filters=filters, exact_limit=exact_limit)
        assert names(found, ids) == {"ferry-own", "wolves", "clinic"}

    def test_since_and_until_are_inclusive_and_leave_undated_articles_out(
        self, archive: Archive, ids: dict[str, str], exact_limit: int
    ) -> None:
        since = Filters(since=date(2026, 3, 7))
        assert names(find(archive, filters=since, exact_limit=exact_limit), ids) == {
            "ferry-reprint",
            "ferry-trimmed",
            "ferry-own",
        }
        until = Filters(until=date(2026, 1, 12))
        found = find(archive, "rye bread", until, exact_limit=exact_limit)
        assert names(found, ids) == {"wolves", "library"}
        everything = Filters(since=date(1900, 1, 1), until=date(2100, 1, 1))
        found = find(archive, "rye bread", everything, exact_limit=exact_limit)
        assert names(found, ids) == {record["id"] for record in RECORDS} - {UNDATED}

    def test_as_of_counts_undated_articles_from_the_day_they_were_taken_in(
        self, archive: Archive, ids: dict[str, str], exact_limit: int
    ) -> None:
        taken_in = archive.article(ids[UNDATED]).ingested_at.date()
        all_of_them = {record["id"] for record in RECORDS}
        then = find(archive, filters=Filters(as_of=taken_in), exact_limit=exact_limit)
        before = Filters(as_of=taken_in - timedelta(days=1))
        assert UNDATED in names(then, ids)
        assert UNDATED not in names(find(archive, filters=before, exact_limit=exact_limit), ids)
        early = Filters(as_of=date(2026, 2, 28))
        dated = {r["id"] for r in RECORDS if r.get("published_at", "9") <= "2026-02-28"}
        late = dated | ({UNDATED} if taken_in <= date(2026, 2, 28) else set())
        found = names(find(archive, filters=early, exact_limit=exact_limit), ids)
        assert found == late < all_of_them

    def test_filters_narrow_one_another(
        self, archive: Archive, ids: dict[str, str], exact_limit: int
    ) -> None:
        filters = Filters(publishers=("harrowmouth echo",), since=date(2026, 3, 1))
        found = find(archive, filters=filters, exact_limit=exact_limit)
        assert names(found, ids) == {"ferry-reprint"}
        assert found[0].also_carried_by == ()

    def test_a_filter_that_nothing_passes_finds_nothing(
        self, archive: Archive, exact_limit: int
    ) -> None:
        assert find(archive, filters=Filters(publishers=("Nobody",)), exact_limit=exact_limit) == []

    def test_a_filter_far_from_the_question_still_gives_as_many_as_are_asked_for(
        self, archive: Archive, ids: dict[str, str], exact_limit: int
    ) -> None:
        # Both passages of the undated article come first, and more is not fetched at first.
        assert len(find(archive, "rye bread dough", limit=2, depth=1)) == 2
        dated = Filters(until=date(2100, 1, 1))
        found = find(archive, "rye bread dough", dated, limit=1, depth=1, exact_limit=exact_limit)
        assert len(found) == 1
        assert names(found, ids) != {UNDATED}


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    question=st.sampled_from(QUESTIONS),
    filters=st.sampled_from(FILTERS),
    limit=st.integers(1, 20),
)
def test_both_ways_of_filtering_find_the_same(
    archive: Archive, question: str, filters: Filters, limit: int
) -> None:
    exactly = find(archive, question, filters, limit=limit)
    fetched = find(archive, question, filters, limit=limit, exact_limit=BROAD)
    assert passages(fetched) == passages(exactly)
    for one, other in zip(fetched, exactly, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.also_carried_by == other.also_carried_by


class TestAnArchiveThatChanges:
    def test_an_empty_archive_has_nothing(self, opened: Archive) -> None:
        assert find(opened) == []
        assert find(opened, filters=FILTERS[0]) == []

    def test_a_deleted_article_is_never_found_again(self, opened: Archive) -> None:
        held = fill(opened, *RECORDS[:5])
        assert find(opened)[0].passage.article_id in {held[name] for name in COPIES}
        for name in sorted(COPIES):
            opened.delete([held.pop(name)])
            found = find(opened)
            assert {each.passage.article_id for each in found} == set(held.values())
            for each in found:
                assert {c.article_id for c in each.also_carried_by} <= set(held.values())

    def test_a_new_version_replaces_the_old_one(self, opened: Archive) -> None:
        fill(opened, RECORDS[0], *RECORDS[4:6])
        corrected = WIRE.replace("from Monday", "from Thursday")
        fill(opened, RECORDS[0] | {"text": corrected})
        for question in (FERRY, "ferry Monday"):
            found = find(opened, question)
            assert len(passages(found)) == opened.status().passages
            assert all("from Monday" not in each.passage.text for each in found)
            assert "from Thursday" in found[0].passage.text
            assert found[0].passage.version == 2

    def test_filters_follow_what_a_new_version_says(self, opened: Archive) -> None:
        fill(opened, RECORDS[0])
        fill(opened, RECORDS[0] | {"published_at": "2026-05-01"})
        assert find(opened, filters=Filters(until=date(2026, 4, 1))) == []
        assert find(opened, filters=Filters(since=date(2026, 4, 1)))


PETITION = "The petition against the fare rise had {} signatures by Friday."
FILLER = "The council met for an hour and heard three reports about roads and drains. " * 11


class TestWholeArticles:
    def test_an_article_that_speaks_of_all_that_is_asked_comes_before_its_like(
        self, opened: Archive
    ) -> None:
        held = fill(
            opened,
            {"id": "here", "text": f"{FILLER}\n\nIn Skerry, {FILLER}\n\n{PETITION.format(412)}"},
            {"id": "there", "text": f"{FILLER}\n\nIn Osk, {FILLER}\n\n{PETITION.format(388)}"},
        )
        question = "How many signatures did the petition in Skerry have?"
        one, other = (
            {
                c.passage.article_id: c.score
                for c in reversed(find(opened, question, coverage_weight=weight))
                if "petition" in c.passage.text
            }
            for weight in (0.0, MANY_ARTICLES / 2)  # of two articles: its whole weight
        )
        here, there = held["here"], held["there"]
        assert other[here] > other[there]
        assert other[here] - other[there] > one[here] - one[there]

    @pytest.mark.parametrize(("articles", "part"), [(1, 0.02), (25, 0.5), (50, 1.0), (400, 1.0)])
    def test_that_counts_for_little_among_few_articles(self, articles: int, part: float) -> None:
        assert coverage_weight(0.7, articles) == pytest.approx(0.7 * part)


class TestTheLatest:
    @pytest.fixture
    def ids_by_age(self, opened: Archive) -> dict[str, str]:
        text = PETITION.format(412)
        return fill(
            opened,
            {"id": "old", "text": f"{text} Nobody answered.", "published_at": "2026-01-05"},
            {"id": "new", "text": f"{text} Nobody replied.", "published_at": "2026-03-05"},
            {"id": "undated", "text": f"{text} Nobody spoke."},
        )

    def test_a_question_for_the_latest_prefers_the_newest(
        self, opened: Archive, ids_by_age: dict[str, str]
    ) -> None:
        asked = "How many signatures does the petition have now?"
        plain = {c.passage.article_id: c.score for c in find(opened, asked, recency_weight=0.0)}
        aged = {c.passage.article_id: c.score for c in find(opened, asked, recency_weight=0.5)}
        gained = {name: aged[held] - plain[held] / 1.5 for name, held in ids_by_age.items()}
        assert gained["new"] == pytest.approx(1 / 3)
        assert gained["new"] > gained["old"] > gained["undated"] == pytest.approx(0.0)

    @pytest.mark.usefixtures("ids_by_age")
    def test_any_other_question_does_not_look_at_dates(self, opened: Archive) -> None:
        asked = "How many signatures did the petition have by Friday?"
        assert find(opened, asked, recency_weight=0.5) == find(opened, asked, recency_weight=0.0)
