"""The answer engine: what it quotes stands in the archive, letter for letter."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from index.archive import Archive
from index.bootstrap import open_archive
from index.embedding.hashing import HashingEmbedder
from index.embedding.huggingface import OnnxEmbedder
from index.errors import ModelMismatch, QuestionInvalid
from index.records import Filters
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.engine import AnswerEngine
from rag.records import Answer, Outcome, Query
from rag.settings import RagSettings
from tests.rag.articles import COPIES, RECORDS
from tests.rag.checking import ask, assert_checked
from tests.rag.conftest import fill
from tests.rag.test_retrieval import QUESTIONS

SEEDS = Path(__file__).parents[2] / "seeds"
GOLD = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()]

FERRY = "When does the ferry to Osk run again?"
NOT_IN_IT = "What is the boiling point of mercury?"


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

    @pytest.mark.parametrize("question", ["\x00", "bad \udcff", "\x07\n"])
    def test_what_is_no_text_is_refused(self, engine: AnswerEngine, question: str) -> None:
        with pytest.raises(QuestionInvalid):
            ask(engine, question)

    @pytest.mark.parametrize(
        "question", ["?", "…", "🎉", "的", "[1]", "' OR 1=1 --", "a\x00b", "AND"]
    )
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

    @pytest.mark.parametrize("top_k", [1, 5, 12])
    def test_retrieved_is_as_long_as_was_asked_for(self, engine: AnswerEngine, top_k: int) -> None:
        assert len(ask(engine, FERRY, top_k=top_k).retrieved) == top_k
        assert len(engine.search(Query(question=FERRY, top_k=top_k))) == top_k

    def test_how_many_passages_are_listed_does_not_change_the_answer(
        self, engine: AnswerEngine
    ) -> None:
        few, many = ask(engine, FERRY, top_k=1), ask(engine, FERRY, top_k=12)
        assert few.citations == many.citations
        assert list(many.retrieved[:1]) == list(few.retrieved)

    def test_an_answer_orders_what_search_lists_by_what_it_read(self, engine: AnswerEngine) -> None:
        found = engine.search(Query(question=FERRY, top_k=10))
        answer = ask(engine, FERRY)
        assert {p.passage_id for p in answer.retrieved} == {p.passage_id for p in found}
        scores = [p.score for p in answer.retrieved]
        assert scores == sorted(scores, reverse=True)
        assert answer.retrieved[0].passage_id == answer.citations[0].passage_id

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


def test_an_archive_of_another_model_is_not_answered_from(
    opened: Archive, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    with open_archive(IndexSettings(data_dir=folder), embedder=HashingEmbedder()) as archive:
        fill(archive, RECORDS[0])
    with (
        open_archive(IndexSettings(data_dir=folder), embedder=embedder) as archive,
        pytest.raises(ModelMismatch, match="hashing-64"),
    ):
        build_engine(archive, RagSettings())


def test_every_quote_to_every_gold_question_is_exact(
    tmp_path: Path, embedder: OnnxEmbedder
) -> None:
    with open_archive(IndexSettings(data_dir=tmp_path), embedder=embedder) as archive:
        archive.ingest([str(SEEDS)])
        engine = build_engine(archive, RagSettings())
        bold = build_engine(archive, RagSettings(answer_threshold=0.0))
        outcomes = set()
        for row in GOLD:
            answer = ask(engine, row["question"])
            outcomes.add(answer.outcome)
            assert_checked(answer, archive)
            assert_checked(ask(bold, row["question"]), archive)
        assert outcomes == {Outcome.ANSWERED, Outcome.NOT_FOUND}
