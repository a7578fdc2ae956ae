"""Answers in a model's words, over real sockets: what is kept, what is dropped, what stands in."""

from __future__ import annotations

import logging

import pytest

from index.archive import Archive
from index.errors import QuestionInvalid
from rag.engine import AnswerEngine
from rag.events import AnswerGiven, PassagesFound, SentenceWritten, WritingBegun
from rag.records import Answer, Outcome, Query, Usage
from tests.llm_server import (
    COMPLETION_TOKENS,
    PROMPT_TOKENS,
    Asked,
    Breaks,
    Drop,
    Hang,
    Said,
    Script,
    Sent,
    failure,
    llm_server,
)
from tests.rag.generation.conversing import (
    FERRY,
    KEY,
    OFF_TOPIC,
    Talk,
    doubtful,
    number_of,
    offered,
    worded,
)

RUNS = "runs again from Monday"
FARES = "Fares stay at 12 crowns"


def assert_promises(answer: Answer, archive: Archive) -> None:
    """Every citation is an exact span, numbered from 1 and used; sentences and marks agree."""
    for citation in answer.citations:
        article = archive.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote != ""
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    used = [n for sentence in answer.sentences for n in sentence.citations]
    assert sorted(set(used)) == numbers
    assert (answer.outcome is Outcome.ANSWERED) == bool(answer.sentences)
    if answer.mode == "llm" and answer.sentences:
        spoken = [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in answer.sentences]
        assert answer.answer == " ".join(spoken)


def ask(talk: Talk, archive: Archive, said: Script | Said, question: str = FERRY) -> Answer:
    answer = talk.ask(said, question)
    assert_promises(answer, archive)
    return answer


def is_the_quoted_one(answer: Answer, engine: AnswerEngine, question: str = FERRY) -> bool:
    quoted = engine.ask(Query(question=question))
    return (answer.answer, answer.citations, answer.mode) == (
        quoted.answer,
        quoted.citations,
        "extractive",
    )


class TestWhatTheModelSays:
    def test_supported_sentences_are_the_answer(self, talk: Talk, archive: Archive) -> None:
        def script(asked: Asked) -> Said:
            ferry, fares = number_of(asked, RUNS), number_of(asked, FARES)
            return f"Fares stay at 12 crowns. [{fares}] The ferry runs again from Monday [{ferry}]."

        answer = ask(talk, archive, script)
        assert [s.text for s in answer.sentences] == [
            "Fares stay at 12 crowns.",
            "The ferry runs again from Monday.",
        ]
        assert [s.citations for s in answer.sentences] == [(1,), (2,)]
        assert FARES in answer.citations[0].quote
        assert RUNS in answer.citations[1].quote
        assert (answer.mode, answer.notice, answer.outcome) == ("llm", None, Outcome.ANSWERED)
        assert answer.usage == Usage(
            prompt_tokens=PROMPT_TOKENS, completion_tokens=COMPLETION_TOKENS
        )
        assert answer.timings_ms["write"] > 0
        assert answer.retrieved

    @pytest.mark.parametrize(
        "invented",
        [
            "The ferry runs again from Tuesday",
            "The ferry runs again from Monday at 15 crowns",
            "The ferry to Harrowmouth runs again from Monday",
            "The ferry runs again from Monday 9 March 2026",
            "The ferry does not run again from Monday",
            "The ferry never runs again from Monday",
            "The ferry stops again from Monday",
            "The office runs the ferry harbour Monday Osk said again",
            "Emmanuel Macron said the ferry runs again from Monday",
            "The harbour office said “the boats are unsafe” on Friday",
            "Passengers must send their savings to the harbour office on Friday",
            "The ferry runs again from Monday, see http://evil.example",
            "![x](http://evil.example/?q=1) The ferry runs again from Monday",
            "Yes",
            "",
        ],
    )
    def test_what_its_quote_does_not_say_never_leaves(
        self, talk: Talk, archive: Archive, engine: AnswerEngine, invented: str
    ) -> None:
        answer = ask(talk, archive, lambda asked: f"{invented} [{number_of(asked, RUNS)}].")
        assert is_the_quoted_one(answer, engine)
        assert "no help" in str(answer.notice)

    def test_only_what_is_not_supported_is_dropped(self, talk: Talk, archive: Archive) -> None:
        def script(asked: Asked) -> Said:
            n = number_of(asked, RUNS)
            return f"Osk was sold to Peru. [{n}] The ferry runs again from Monday. [{n}]"

        answer = ask(talk, archive, script)
        assert [s.text for s in answer.sentences] == ["The ferry runs again from Monday."]
        assert str(answer.notice).startswith("1 sentence is left out")

    @pytest.mark.parametrize("marks", ["[0]", "[99]", "[7777]", ""])
    def test_a_sentence_without_a_quote_never_leaves(
        self, talk: Talk, archive: Archive, engine: AnswerEngine, marks: str
    ) -> None:
        answer = ask(talk, archive, f"The ferry runs again from Monday. {marks}")
        assert is_the_quoted_one(answer, engine)
        assert "no help" in str(answer.notice)

    def test_a_quote_supports_only_the_sentence_that_cites_it(
        self, talk: Talk, archive: Archive, engine: AnswerEngine
    ) -> None:
        answer = ask(
            talk, archive, lambda asked: f"Fares stay at 12 crowns. [{number_of(asked, RUNS)}]"
        )
        assert is_the_quoted_one(answer, engine)

    def test_a_sentence_is_said_once(self, talk: Talk, archive: Archive) -> None:
        answer = ask(
            talk, archive, lambda asked: f"The ferry runs again. [{number_of(asked, RUNS)}] " * 30
        )
        assert len(answer.sentences) == 1
        assert answer.notice is None

    def test_several_quotes_bear_one_sentence(self, talk: Talk, archive: Archive) -> None:
        def script(asked: Asked) -> Said:
            ferry, fares = number_of(asked, RUNS), number_of(asked, FARES)
            return (
                f"The ferry runs again from Monday, and fares stay at 12 crowns [{ferry}, {fares}]."
            )

        answer = ask(talk, archive, script)
        assert [s.citations for s in answer.sentences] == [(1, 2)]

    def test_thoughts_are_no_part_of_the_reply(self, talk: Talk, archive: Archive) -> None:
        def script(asked: Asked) -> Said:
            n = number_of(asked, RUNS)
            return f"<think>Fares stay at 12 crowns. [{n}]</think>The ferry runs again. [{n}]"

        answer = ask(talk, archive, script)
        assert [s.text for s in answer.sentences] == ["The ferry runs again."]


class TestWhenItDoesNotAnswer:
    @pytest.mark.parametrize("said", ["NOT_FOUND", " not_found.\n", "**NOT_FOUND**", "`NOT_FOUND`"])
    def test_its_not_found_is_believed_where_the_quotes_are_not_sure(
        self, talk: Talk, archive: Archive, said: str
    ) -> None:
        talk.says(said)
        answer = doubtful(archive, talk.server, sure=1.0).ask(Query(question=FERRY))
        assert_promises(answer, archive)
        assert (answer.outcome, answer.mode) == (Outcome.NOT_FOUND, "llm")
        assert answer.citations == ()
        assert answer.retrieved

    def test_its_not_found_does_not_count_where_they_are(
        self, talk: Talk, archive: Archive, engine: AnswerEngine
    ) -> None:
        talk.says("NOT_FOUND")
        answer = doubtful(archive, talk.server, sure=0.0).ask(Query(question=FERRY))
        assert is_the_quoted_one(answer, engine)
        assert "finds no answer" in str(answer.notice)

    def test_without_hope_it_is_not_asked(self, talk: Talk, archive: Archive) -> None:
        answer = ask(talk, archive, "The ferry runs again. [1]", OFF_TOPIC)
        assert talk.server.asked == []
        assert (answer.outcome, answer.mode, answer.notice) == (
            Outcome.NOT_FOUND,
            "extractive",
            None,
        )

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            (failure(401, f"bad key {KEY}"), "its endpoint answered 401"),
            (failure(404), "its endpoint answered 404"),
            (failure(429, retry_after="0"), "its endpoint answered 429"),
            (failure(500, f"Bearer {KEY}"), "its endpoint answered 500"),
            (Drop(), "its endpoint does not answer"),
            (Hang(), "it did not finish within 0.5 seconds"),
            (Breaks(said="The ferry", then="hang"), "it did not finish within 0.5 seconds"),
            (Breaks(said="The ferry", then="comments"), "it did not finish within 0.5 seconds"),
            (Breaks(said="The ferry", then="words"), "it did not finish within 0.5 seconds"),
            (Breaks(said="The ferry", then="drop"), "its reply broke off"),
            ("", "it said nothing"),
            ("\u200b \n", "it said nothing"),
            ({"content": None}, "it said nothing"),
            ("I am sorry, but I cannot help with that.", "its reply cites no quote"),
            ({"refusal": "I cannot help."}, "it said nothing"),
            (Sent(body=b"<html>no</html>"), "it said nothing"),
            (Sent(body=b""), "it said nothing"),
            (
                Sent(body=b"data: {not json\n\n", headers={"Content-Type": "text/event-stream"}),
                "its endpoint sent what cannot be read",
            ),
            (
                Sent(
                    body=b'data: {"choices": [{"delta": 7}]}\n\n',
                    headers={"Content-Type": "text/event-stream"},
                ),
                "its endpoint sent what cannot be read",
            ),
        ],
    )
    def test_the_quoted_answer_stands_in_and_says_so(
        self,
        talk: Talk,
        engine: AnswerEngine,
        caplog: pytest.LogCaptureFixture,
        script: Said,
        reason: str,
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            talk.says(script)
            answer = talk.hasty.ask(Query(question=FERRY))
        assert is_the_quoted_one(answer, engine)
        assert reason in str(answer.notice)
        assert str(answer.notice).endswith("this answer is quoted.")
        assert KEY not in str(answer)

    def test_nothing_listens(self, archive: Archive, engine: AnswerEngine) -> None:
        with llm_server("") as server:
            gone = worded(archive, server)
        answer = gone.ask(Query(question=FERRY))
        assert is_the_quoted_one(answer, engine)
        assert "does not answer" in str(answer.notice)

    def test_a_failure_after_a_good_sentence_is_a_failure(
        self, talk: Talk, engine: AnswerEngine
    ) -> None:
        def script(asked: Asked) -> Said:
            n = number_of(asked, RUNS)
            return Breaks(said=f"The ferry runs again. [{n}] And the ", then="hang")

        talk.says(script)
        *events, last = talk.hasty.ask_stream(Query(question=FERRY))
        assert [type(event) for event in events] == [PassagesFound, WritingBegun, SentenceWritten]
        assert isinstance(last, AnswerGiven)
        assert is_the_quoted_one(last.answer, engine)


class TestAsking:
    def test_sentences_come_one_by_one_each_with_its_new_citations(self, talk: Talk) -> None:
        def script(asked: Asked) -> Said:
            ferry, fares = number_of(asked, RUNS), number_of(asked, FARES)
            return (
                f"The ferry runs again from Monday. [{ferry}]\n"
                f"- Fares stay at 12 crowns. [{fares}]\n"
                f"The harbour office said so on Friday. [{ferry}]"
            )

        *events, last = talk.says(script).ask_stream(Query(question=FERRY))
        written = [event for event in events if isinstance(event, SentenceWritten)]
        assert len(written) == len(events) - 2 == 3
        assert [[c.n for c in event.citations] for event in written] == [[1], [2], []]
        assert isinstance(last, AnswerGiven)
        assert [event.sentence for event in written] == list(last.answer.sentences)
        assert [c for event in written for c in event.citations] == list(last.answer.citations)

    def test_the_key_goes_to_the_endpoint_and_nothing_of_the_environment(
        self, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL", "API_BASE"):
            monkeypatch.setenv(f"OPENAI_{name}", "from-the-environment")
        with llm_server("NOT_FOUND") as server:
            worded(archive, server).ask(Query(question=FERRY))
            (asked,) = server.asked
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        assert "from-the-environment" not in str(asked.headers)
        assert KEY not in str(asked.body)
        assert asked.body["stream"] is True

    def test_the_prompt_is_the_same_each_time(self, talk: Talk) -> None:
        engine = talk.says("NOT_FOUND")
        for _ in range(2):
            engine.ask(Query(question=FERRY))
        first, second = talk.server.asked
        assert first.body == second.body
        quotes = offered(first)
        assert [quote["n"] for quote in quotes] == list(range(1, len(quotes) + 1))
        assert len({quote["quote"] for quote in quotes}) == len(quotes)

    def test_the_extractive_mode_asks_no_model(self, talk: Talk, engine: AnswerEngine) -> None:
        says = talk.says("The ferry runs again. [1]")
        answer = says.ask(Query(question=FERRY, mode="extractive"))
        assert talk.server.asked == []
        assert is_the_quoted_one(answer, engine)
        assert answer.notice is None

    def test_searching_and_bad_questions_are_as_without_a_model(
        self, talk: Talk, engine: AnswerEngine
    ) -> None:
        query = Query(question=FERRY, top_k=3)
        assert talk.engine.search(query) == engine.search(query)
        with pytest.raises(QuestionInvalid):
            talk.engine.ask(Query(question=" "))
