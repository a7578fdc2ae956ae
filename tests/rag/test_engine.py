"""The answer engine: what it quotes stands in the archive, letter for letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.huggingface import OnnxEmbedder
from index.errors import ModelMismatch, QuestionInvalid
from index.records import Filters
from index.settings import IndexSettings
from rag.bootstrap import build_engine, build_retriever
from rag.engine import NOT_FOUND, AnswerEngine, AnswerShape
from rag.quoting import Quoter
from rag.reading.base import Reading, SentenceReading
from rag.records import Answer, Candidate, Outcome, Query
from rag.settings import RagSettings
from tests.rag.articles import COPIES, RECORDS, WIRE
from tests.rag.conftest import fill
from tests.rag.test_retrieval import QUESTIONS

SEEDS = Path(__file__).parents[2] / "seeds"
GOLD = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()]

FERRY = "When does the ferry to Osk run again?"
NOT_IN_IT = "What is the boiling point of mercury?"
MARK = re.compile(r"\[(\d+)\]")


def ask(engine: AnswerEngine, question: str, **more: Any) -> Answer:
    return engine.ask(Query(question=question, **more))


def assert_checked(answer: Answer, archive: Archive) -> None:
    """Every promise about quotes, marks and numbers that an answer makes."""
    for citation in answer.citations:
        article = archive.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
        assert (citation.title, citation.publisher) == (article.title, article.publisher)
        assert 0 <= citation.score <= 1
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    quotes = {citation.n: citation.quote for citation in answer.citations}
    for sentence in answer.sentences:
        assert sentence.citations
        assert sentence.text in [quotes[n] for n in sentence.citations]
    for passage in answer.retrieved:
        text = archive.article(passage.article_id).text
        assert text[passage.start : passage.end] == passage.text
    assert 0 <= answer.confidence <= 1
    if answer.outcome is Outcome.ANSWERED:
        assert numbers
        assert [int(n) for n in MARK.findall(answer.answer)] == numbers
        assert all(f"{quotes[n]} [{n}]" in answer.answer for n in numbers)
        assert answer.agreement.independent_publishers >= 1
        if answer.short_answer is not None:
            assert any(answer.short_answer in quote for quote in quotes.values())
    else:
        assert (answer.answer, answer.short_answer) == (NOT_FOUND, None)
        assert (numbers, list(answer.sentences)) == ([], [])
        assert answer.agreement.independent_publishers == 0


def without_id_and_clock(answer: Answer) -> Answer:
    return replace(answer, id="", timings_ms={})


class TestQuestions:
    @pytest.mark.parametrize("question", ["", " ", "\n\t  \u00a0", "x" * 100_000, "why " * 600])
    def test_an_unusable_question_is_told_in_one_line(
        self, engine: AnswerEngine, question: str
    ) -> None:
        for use in (engine.ask, engine.search):
            with pytest.raises(QuestionInvalid) as raised:
                use(Query(question=question))
            assert "\n" not in str(raised.value)
            assert len(str(raised.value)) < 200

    def test_the_longest_question_is_answered_one_way_or_the_other(
        self, engine: AnswerEngine, archive: Archive
    ) -> None:
        longest = ("when does the ferry run " * 100)[:2000].strip()
        assert_checked(ask(engine, longest), archive)

    def test_spaces_around_and_inside_do_not_matter(self, engine: AnswerEngine) -> None:
        spaced = ask(engine, f"  {FERRY.replace(' ', '   ')}\n")
        assert without_id_and_clock(spaced) == without_id_and_clock(ask(engine, FERRY))
        assert spaced.question == FERRY

    @pytest.mark.parametrize("question", ["?", "…", "🎉", "的", "[1]", "' OR 1=1 --", "\x00", "AND"])
    def test_odd_questions_have_some_outcome(
        self, engine: AnswerEngine, archive: Archive, question: str
    ) -> None:
        assert_checked(ask(engine, question), archive)


class TestAnswers:
    def test_an_answer_is_quotes_with_their_numbers(
        self, engine: AnswerEngine, archive: Archive, ids: dict[str, str]
    ) -> None:
        answer = ask(engine, FERRY)
        assert answer.outcome is Outcome.ANSWERED
        assert "runs again from Monday" in answer.citations[0].quote
        assert answer.citations[0].article_id in {ids[name] for name in COPIES}
        assert answer.mode == "extractive"
        assert answer.standalone_question == answer.question == FERRY
        assert_checked(answer, archive)

    def test_copies_are_named_under_the_quote_and_count_once(
        self, engine: AnswerEngine, ids: dict[str, str]
    ) -> None:
        answer = ask(engine, FERRY)
        citation = answer.citations[0]
        carriers = {carrier.article_id for carrier in citation.also_carried_by}
        assert carriers | {citation.article_id} == {ids[name] for name in COPIES}
        assert all(carrier.publisher and carrier.title for carrier in citation.also_carried_by)
        cited_stories = {ids[name] for name in COPIES} & {c.article_id for c in answer.citations}
        assert len(cited_stories) == 1
        assert answer.agreement.independent_publishers <= len(answer.citations)

    def test_an_article_of_the_story_without_the_words_does_not_carry_them(
        self, engine: AnswerEngine, ids: dict[str, str]
    ) -> None:
        answer = ask(engine, "How much are fares until the end of May?")
        assert "12 crowns" in answer.citations[0].quote
        carriers = {carrier.article_id for carrier in answer.citations[0].also_carried_by}
        assert ids["ferry-trimmed"] not in carriers

    def test_what_is_not_in_the_archive_is_not_answered(
        self, engine: AnswerEngine, archive: Archive
    ) -> None:
        answer = ask(engine, NOT_IN_IT, top_k=4)
        assert answer.outcome is Outcome.NOT_FOUND
        assert len(answer.retrieved) == 4
        assert_checked(answer, archive)

    def test_a_threshold_of_one_answers_nothing_and_of_zero_anything(
        self, archive: Archive
    ) -> None:
        strict = build_engine(archive, RagSettings(answer_threshold=1.0))
        assert ask(strict, FERRY).outcome is Outcome.NOT_FOUND
        lax = build_engine(archive, RagSettings(answer_threshold=0.0))
        answer = ask(lax, NOT_IN_IT)
        assert answer.outcome is Outcome.ANSWERED
        assert_checked(answer, archive)

    @pytest.mark.parametrize("most", [1, 2])
    def test_no_more_sentences_than_the_settings_allow(self, archive: Archive, most: int) -> None:
        engine = build_engine(archive, RagSettings(max_sentences=most, answer_threshold=0.0))
        for question in QUESTIONS:
            assert len(ask(engine, question).sentences) <= most

    @pytest.mark.parametrize("top_k", [1, 5, 15])
    def test_retrieved_is_as_long_as_was_asked_for(
        self, engine: AnswerEngine, top_k: int
    ) -> None:
        assert len(ask(engine, FERRY, top_k=top_k).retrieved) == top_k
        assert len(engine.search(Query(question=FERRY, top_k=top_k))) == top_k

    def test_how_many_passages_are_listed_does_not_change_the_answer(
        self, engine: AnswerEngine
    ) -> None:
        few, many = ask(engine, FERRY, top_k=1), ask(engine, FERRY, top_k=15)
        assert few.citations == many.citations
        assert list(many.retrieved[:1]) == list(few.retrieved)

    def test_search_lists_what_an_answer_lists(self, engine: AnswerEngine) -> None:
        found = engine.search(Query(question=FERRY, top_k=10))
        assert found == list(ask(engine, FERRY).retrieved)

    def test_quotes_come_from_what_the_filters_let_through(
        self, engine: AnswerEngine, archive: Archive
    ) -> None:
        echo = Filters(publishers=("harrowmouth echo",))
        answer = ask(engine, FERRY, filters=echo)
        assert {c.publisher for c in answer.citations} == {"Harrowmouth Echo"}
        assert {p.publisher for p in answer.retrieved} == {"Harrowmouth Echo"}
        assert_checked(answer, archive)

    def test_timings_add_up(self, engine: AnswerEngine) -> None:
        timings = ask(engine, FERRY).timings_ms
        assert timings["total"] == pytest.approx(timings["retrieve"] + timings["read"], abs=0.01)

    def test_every_answer_has_an_id_of_its_own(self, engine: AnswerEngine) -> None:
        assert ask(engine, FERRY).id != ask(engine, FERRY).id


class TestDeterminism:
    def test_asked_twice_and_after_other_questions(
        self, engine: AnswerEngine, archive: Archive
    ) -> None:
        first = without_id_and_clock(ask(engine, FERRY))
        assert without_id_and_clock(ask(engine, FERRY)) == first
        for question in QUESTIONS:
            ask(engine, question)
        assert without_id_and_clock(ask(engine, FERRY)) == first
        fresh = build_engine(archive, RagSettings())
        assert without_id_and_clock(ask(fresh, FERRY)) == first


class TestEmptyArchive:
    def test_it_does_not_say(self, opened: Archive) -> None:
        engine = build_engine(opened, RagSettings())
        answer = ask(engine, FERRY)
        assert (answer.outcome, list(answer.retrieved)) == (Outcome.NOT_FOUND, [])
        assert engine.search(Query(question=FERRY)) == []
        assert_checked(answer, opened)


class Meddling:
    """A retriever after whose work something happens to the archive."""

    def __init__(self, archive: Archive, then: Callable[[], object]) -> None:
        self._retriever = build_retriever(archive, RagSettings())
        self._then = then

    def retrieve(self, query: Query, *, limit: int) -> list[Candidate]:
        found = self._retriever.retrieve(query, limit=limit)
        self._then()
        return found


class FirstSentences:
    """A reader that finds every passage's first sentence good, in order."""

    name = "first-sentences"

    def read(self, question: str, candidates: list[Candidate]) -> Reading:  # type: ignore[misc]
        sentences = tuple(
            SentenceReading(
                candidate=number,
                span=found.passage.sentences[0],
                score=0.9 - 0.001 * number,
                answer=found.passage.sentences[0],
            )
            for number, found in enumerate(candidates)
        )
        return Reading(sentences=sentences, answerability=0.9 if sentences else 0.0)


def meddled(archive: Archive, then: Callable[[], object]) -> AnswerEngine:
    shape = AnswerShape(threshold=0.5, read_passages=8, max_sentences=3, max_question_chars=2000)
    return AnswerEngine(
        retriever=Meddling(archive, then),
        reader=FirstSentences(),  # type: ignore[arg-type]
        quoter=Quoter(archive.catalogue),
        shape=shape,
    )


class TestArticlesThatChangeUnderTheReader:
    def test_a_deleted_article_is_not_quoted(self, opened: Archive) -> None:
        held = fill(opened, *RECORDS[4:7])
        question = "Who collected signatures for the library?"
        engine = meddled(opened, lambda: opened.delete([held["library"]]))
        answer = ask(engine, question)
        assert answer.outcome is Outcome.ANSWERED
        assert held["library"] not in {c.article_id for c in answer.citations}
        assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
        assert answer.short_answer is None, "the best sentence is no longer quoted"

    @pytest.mark.parametrize(
        "text", [WIRE.replace("from Monday", "from Thursday"), f"{WIRE}\n\nThe pier is being mended."]
    )
    def test_a_new_version_is_not_quoted_by_the_old_ones_offsets(
        self, opened: Archive, text: str
    ) -> None:
        fill(opened, RECORDS[0])
        engine = meddled(opened, lambda: fill(opened, RECORDS[0] | {"text": text}))
        answer = ask(engine, FERRY)
        assert answer.outcome is Outcome.NOT_FOUND
        assert (answer.confidence, list(answer.citations)) == (0.0, [])

    def test_what_did_not_change_is_quoted(self, opened: Archive) -> None:
        fill(opened, *RECORDS[4:7])
        answer = ask(meddled(opened, lambda: None), "Who collected signatures?")
        assert answer.short_answer == answer.citations[0].quote
        assert_checked(answer, opened)


def test_an_archive_of_another_model_is_not_answered_from(
    opened: Archive, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    from index.embedding.hashing import HashingEmbedder

    folder = tmp_path / "other"
    with open_archive(IndexSettings(data_dir=folder), embedder=HashingEmbedder()) as archive:
        fill(archive, RECORDS[0])
    with (
        open_archive(IndexSettings(data_dir=folder), embedder=embedder) as archive,
        pytest.raises(ModelMismatch, match="hashing-64"),
    ):
        build_engine(archive, RagSettings())


class TestGoldQuestions:
    @pytest.fixture(scope="class")
    def seeds(
        self, tmp_path_factory: pytest.TempPathFactory, embedder: OnnxEmbedder
    ) -> Iterator[Archive]:
        settings = IndexSettings(data_dir=tmp_path_factory.mktemp("seeds"))
        with open_archive(settings, embedder=embedder) as archive:
            archive.ingest([str(SEEDS)])
            yield archive

    def test_every_quote_of_every_answer_is_exact(self, seeds: Archive) -> None:
        engine = build_engine(seeds, RagSettings())
        lax = build_engine(seeds, RagSettings(answer_threshold=0.0))
        outcomes = set()
        for row in GOLD:
            answer = ask(engine, row["question"])
            assert_checked(answer, seeds)
            outcomes.add(answer.outcome)
            assert_checked(ask(lax, row["question"]), seeds)
        assert outcomes == {Outcome.ANSWERED, Outcome.NOT_FOUND}
