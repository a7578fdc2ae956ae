"""Answers as messages: within Slack's limits, whole, harmless, with their buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.slack.blocks.answers import MessageContext, answer_message
from api.slack.blocks.elements import Message
from api.slack.blocks.limits import measured
from api.slack.blocks.quoting import IN_ARCHIVE
from rag.records import (
    Agreement,
    Answer,
    AnswerSentence,
    CarriedBy,
    Citation,
    Disagreement,
    Gloss,
    Mark,
    Outcome,
    Position,
    RetrievedPassage,
)
from tests.api.slack.blocks.answering import (
    PAGE,
    answers,
    context_of,
    rich_texts,
    small_in,
    words_in,
)
from tests.slack_limits import check_payload, pings_and_links

ANY = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
QUOTE = "The ferry to Osk runs again from Monday, the harbour office said."
ALWAYS = ("quoth_follow_up", "quoth_rate_up", "quoth_rate_down")


def citation(**more: object) -> Citation:
    fields: dict[str, object] = {
        "n": 1,
        "article_id": "art",
        "passage_id": "art-1",
        "title": "Ferry to Osk Runs Again",
        "publisher": "Skerry Post",
        "url": "https://www.skerry-post.example/osk?a=1&b=2",
        "published_at": date(2026, 3, 6),
        "published_at_source": "metadata",
        "quote": QUOTE,
        "start": 100,
        "end": 100 + len(QUOTE),
        "score": 0.9,
    }
    return Citation(**{**fields, **more})  # type: ignore[arg-type]


def answer(*cited: Citation, **more: object) -> Answer:
    fields: dict[str, object] = {
        "id": "ans_1",
        "question": "When does the ferry run?",
        "standalone_question": "When does the ferry run?",
        "outcome": Outcome.ANSWERED,
        "answer": " ".join(f"{each.quote} [{each.n}]" for each in cited),
        "short_answer": None,
        "confidence": 0.8,
        "sentences": [AnswerSentence(text=each.quote, citations=(each.n,)) for each in cited],
        "citations": cited,
        "agreement": Agreement(independent_publishers=1, publishers=("Skerry Post",)),
        "disagreements": (),
        "retrieved": (),
        "mode": "extractive",
        "timings_ms": {},
    }
    return Answer(**{**fields, **more})  # type: ignore[arg-type]


def silent(*texts: str) -> Answer:
    passages = [
        RetrievedPassage(
            passage_id=f"p{n}",
            article_id="art",
            title="Ferry to Osk Runs Again",
            publisher="Skerry Post",
            url=None,
            published_at=None,
            text=text,
            start=0,
            end=len(text),
            score=0.1,
        )
        for n, text in enumerate(texts)
    ]
    silence = {"outcome": Outcome.NOT_FOUND, "answer": "The archive does not say."}
    return answer(retrieved=passages, confidence=0.1, **silence)


class TestAnyAnswer:
    @ANY
    @given(answers(), st.booleans())
    def test_every_message_is_what_slack_takes(self, given_: Answer, is_private: bool) -> None:
        for message in messages(given_, is_private=is_private):
            assert check_payload("chat.postMessage", {"channel": "C1", **message}) == []
            assert check_payload("chat.update", {"channel": "C1", "ts": "1.1", **message}) == []
            assert check_payload("response_url", message) == []

    @ANY
    @given(answers())
    def test_no_quote_and_no_sentence_is_lost(self, given_: Answer) -> None:
        shown = words_in(messages(given_))
        assert [each.n for each in given_.citations if each.quote not in shown] == []
        assert [each.text for each in given_.sentences if each.text not in shown] == []

    @ANY
    @given(answers())
    def test_quotes_stay_in_one_message_where_one_can_hold_them(self, given_: Answer) -> None:
        each_shown = [words_in([message]) for message in messages(given_)]
        for one in given_.citations:
            if measured(one.quote) < 4_000 and len(one.marks) + len(one.glosses) < 2:
                assert any(one.quote in shown for shown in each_shown)

    @ANY
    @given(answers())
    def test_every_quote_has_its_number(self, given_: Answer) -> None:
        said = "".join(e["text"] for m in messages(given_) for e in rich_texts(m))
        assert [each.n for each in given_.citations if f" [{each.n}]" not in said] == []

    @ANY
    @given(answers(), st.booleans())
    def test_the_buttons_are_at_the_end(self, given_: Answer, is_private: bool) -> None:
        *others, last = messages(given_, is_private=is_private)
        pressed = {each["action_id"]: each["value"] for each in last["blocks"][-1]["elements"]}
        found = given_.outcome is Outcome.ANSWERED
        assert set(ALWAYS) <= set(pressed)
        assert ("quoth_share" in pressed) == (is_private and found)
        assert ("quoth_show_context" in pressed) == bool(given_.citations or given_.retrieved)
        assert pressed["quoth_rate_up"] == given_.id
        assert [m for m in others for block in m["blocks"] if block["type"] == "actions"] == []

    @ANY
    @given(answers())
    def test_nothing_pings_and_links_say_where_they_lead(self, given_: Answer) -> None:
        for message in messages(given_):
            for effect in pings_and_links(message):
                kind, url, words = effect.split(" ", 2)
                host = (urlsplit(url).hostname or "").removeprefix("www.")
                assert kind == "link"
                assert words == (IN_ARCHIVE if url.startswith(PAGE) else host)


def messages(given_: Answer, **more: object) -> list[Message]:
    context = context_of(given_, archive_url=PAGE, **more)
    return answer_message(given_, context=context)


class TestQuotedAnswers:
    def test_the_answer_is_its_quote_with_the_source_below(self) -> None:
        (message,) = messages(answer(citation()))
        quote, source, standing, buttons = message["blocks"]
        assert quote["elements"][0]["type"] == "rich_text_quote"
        assert source["elements"] == [
            {
                "type": "plain_text",
                "text": "Skerry Post · 6 March 2026 · Ferry to Osk Runs Again",
                "emoji": False,
            },
            {
                "type": "mrkdwn",
                "text": "<https://www.skerry-post.example/osk?a=1&amp;b=2|skerry-post.example>",
                "verbatim": True,
            },
        ]
        said = "One publisher says so · Fairly sure that this answers the question"
        assert standing["elements"][0]["text"] == said
        assert buttons["type"] == "actions"
        assert message["text"].startswith("The ferry to Osk runs again")

    @pytest.mark.parametrize(
        ("others", "independent", "said"),
        [
            (("Skerry Post",), 1, "One publisher says so"),
            (("Osk Mail", None, "Osk Mail"), 1, "Quotes of two publishers"),
            (("Osk Mail",), 2, "Two publishers say so independently: Skerry Post and Osk Mail"),
        ],
    )
    def test_whose_quotes_they_are_where_not_all_say_the_same(
        self, others: tuple[str | None, ...], independent: int, said: str
    ) -> None:
        cited = [citation(n=n, publisher=name) for n, name in enumerate(("Skerry Post", *others))]
        agreed = Agreement(
            independent_publishers=independent, publishers=("Skerry Post", "Osk Mail")[:independent]
        )
        shown = [block for message in messages(answer(*cited, agreement=agreed))
                 for block in message["blocks"]]  # fmt: skip
        assert any(f"{said} · " in str(block) for block in shown)

    def test_answering_words_are_bold_and_glosses_in_brackets(self) -> None:
        at = 100 + QUOTE.index("Monday")
        marked = citation(
            marks=(Mark(start=at, end=at + 6),), glosses=(Gloss(at=at + 6, text="9 March"),)
        )
        (message,) = messages(answer(marked))
        assert [(e["text"], e.get("style")) for e in rich_texts(message)] == [
            ("The ferry to Osk runs again from ", None),
            ("Monday", {"bold": True}),
            (" [9 March]", {"italic": True}),
            (", the harbour office said.", None),
            (" [1]", {"italic": True}),
        ]

    def test_quotes_of_one_article_share_its_source(self) -> None:
        other = citation(n=2, quote="Fares stay.", start=200, end=211)
        (message,) = messages(answer(citation(), other))
        kinds = [block["type"] for block in message["blocks"]]
        assert kinds == ["rich_text", "context", "context", "actions"]
        assert words_in([message]) == f"{QUOTE}\nFares stay."

    def test_others_that_carry_the_words_are_named(self) -> None:
        others = [
            CarriedBy(article_id="b", publisher="Lantern Coast Times", title="B"),
            CarriedBy(article_id="c", publisher=None, title="A Title *Alone*"),
        ]
        shown = small_in(messages(answer(citation(also_carried_by=tuple(others)))))
        assert "Also carried by Lantern Coast Times and A Title *Alone*" in shown

    @pytest.mark.parametrize(
        ("confidence", "words"),
        [
            (0.95, "Very sure"),
            (0.9, "Very sure"),
            (0.8, "Fairly sure"),
            (0.6, "Not entirely sure"),
            (0.2, "Not sure that this answers the question: read the quotes with care"),
        ],
    )
    def test_confidence_is_told_in_words(self, confidence: float, words: str) -> None:
        assert f" · {words}" in small_in(messages(answer(citation(), confidence=confidence)))

    def test_publishers_that_agree_are_counted_and_named(self) -> None:
        both = Agreement(independent_publishers=2, publishers=("Skerry Post", "Ledger"))
        shown = small_in(messages(answer(citation(), agreement=both)))
        assert "Two publishers say so independently: Skerry Post and Ledger · " in shown

    def test_an_article_without_an_address_is_linked_in_the_archive(self) -> None:
        given_ = answer(citation(url=None))
        page = "https://quoth.example/archive/?article=art&amp;at=100-165"
        assert f"<{page}|Open in the archive>" in small_in(messages(given_))
        without = answer_message(given_, context=context_of(given_))
        assert pings_and_links(without) == []

    def test_what_the_question_was_taken_for_is_said(self) -> None:
        understood = answer(citation(), standalone_question="When does the *ferry* to Osk run?")
        shown = small_in(messages(understood))
        assert shown.startswith("Understood as: When does the *ferry* to Osk run?")

    def test_a_question_that_stands_nowhere_else_is_shown(self) -> None:
        (message,) = messages(answer(citation()), question="When <!channel>?")
        assert next(rich_texts(message)) == {
            "type": "text",
            "text": "When <!channel>?",
            "style": {"bold": True},
        }

    def test_a_notice_is_shown(self) -> None:
        noticed = answer(citation(), notice="The archive does not say: Who steers it?")
        assert "The archive does not say: Who steers it?" in small_in(messages(noticed))

    def test_direction_that_a_quote_changes_ends_with_it(self) -> None:
        (message,) = messages(answer(citation(quote="abc \u202edef", end=108)))
        assert [e["text"] for e in rich_texts(message)][-1] == "\u202c [1]"


class TestWordedAnswers:
    def test_sentences_come_before_the_quotes(self) -> None:
        sentences = [AnswerSentence(text="It runs from Monday.", citations=(1, 2))]
        given_ = answer(
            citation(), citation(n=2), sentences=sentences, short_answer="Monday", mode="generative"
        )
        (message,) = messages(given_)
        first = list(rich_texts(message))[:4]
        assert [e["text"] for e in first] == ["It runs from ", "Monday", ".", " [1][2]"]
        assert first[1]["style"] == {"bold": True}
        assert words_in([message]).count(QUOTE) == 2


class TestDisagreement:
    def differing(self, kind: str) -> Answer:
        cited = [
            citation(quote="There were 212 on board.", end=124),
            citation(n=2, article_id="b", publisher="Ledger", quote="It was 187.", end=111),
            citation(n=3, article_id="c", publisher="Dispatch", quote="She is grey.", end=112),
        ]
        positions = (
            Position(
                answer="212",
                citations=(1,),
                publishers=("Skerry Post",),
                published_at=date(2026, 1, 12),
            ),
            Position(
                answer="187", citations=(2,), publishers=("Ledger",), published_at=date(2026, 1, 11)
            ),
        )
        difference = Disagreement(kind=kind, positions=positions, citations=(1, 2))  # type: ignore[arg-type]
        return answer(*cited, disagreements=(difference,))

    def test_sources_that_differ_each_have_their_say(self) -> None:
        (message,) = messages(self.differing("differ"))
        assert words_in([message]) == (
            "Sources differ212 — Skerry PostThere were 212 on board.187 — LedgerIt was 187."
            "Also foundShe is grey."
        )
        assert small_in([message]).splitlines()[-1] == "Fairly sure that this answers the question"

    def test_all_quotes_of_a_position_stand_below_it(self) -> None:
        given_ = self.differing("differ")
        (one,) = given_.disagreements
        both = replace(one.positions[0], citations=(1, 3))
        difference = replace(one, positions=(both, one.positions[1]))
        shown = words_in(messages(replace(given_, disagreements=(difference,))))
        assert shown.endswith("There were 212 on board.She is grey.187 — LedgerIt was 187.")

    def test_updates_say_when(self) -> None:
        shown = words_in(messages(self.differing("updated")))
        assert "This has been updatedNow: 212 — Skerry Post, 12 January 2026" in shown
        assert "Earlier: 187 — Ledger, 11 January 2026" in shown

    def test_a_quote_of_two_positions_stands_there_once(self) -> None:
        given_ = self.differing("differ")
        (one,) = given_.disagreements
        twice = replace(one, positions=(one.positions[0], one.positions[0]))
        shown = messages(replace(given_, disagreements=(twice,)))
        assert words_in(shown).count("There were 212 on board.") == 1
        assert "".join(e["text"] for m in shown for e in rich_texts(m)).count("[1]") == 2


class TestSilence:
    def test_it_says_so_and_shows_what_comes_nearest(self) -> None:
        shown = messages(silent("Storms had kept it in port.", "b", "c", "d"))
        assert words_in(shown) == (
            "The archive does not say.\n"
            "No article here answers this. What comes nearest is below; it is not an answer."
            "Storms had kept it in port.bc"
        )
        assert "Skerry Post · undated · Ferry to Osk Runs Again" in small_in(shown)

    def test_long_passages_are_begun(self) -> None:
        shown = words_in(messages(silent("a word " * 100)))
        assert shown.endswith((" a…", " word…"))
        assert len(shown) < 400

    def test_an_empty_archive_has_nothing_near(self) -> None:
        (message,) = messages(silent())
        assert words_in([message]).endswith("No article here comes near this question.")
        assert [e["action_id"] for e in message["blocks"][-1]["elements"]] == list(ALWAYS)


def test_long_answers_go_on_in_further_messages() -> None:
    cited = [
        citation(n=n, article_id=f"a{n}", quote=f"{n} {'words ' * 600}.", end=9)
        for n in range(1, 6)
    ]
    first, *others = messages(answer(*cited))
    assert first["blocks"][-1]["elements"][0]["text"].endswith("continues in the next message")
    assert others[0]["text"] == f"(2 of {len(others) + 1})"
    assert others[-1]["blocks"][-1]["type"] == "actions"


def test_a_quote_that_does_not_fit_any_more_begins_the_next_message() -> None:
    cited = [
        citation(n=n, article_id=f"a{n}", quote=f"{n} {'words ' * 800}.", end=9) for n in (1, 2)
    ]
    shown = messages(answer(*cited))
    assert [words_in([message]) for message in shown] == [each.quote for each in cited]


@pytest.mark.parametrize("character", ["a ", "&", "*", "👍", "@"])
def test_the_text_beside_the_blocks_can_still_be_updated(character: str) -> None:
    (message,) = messages(answer(citation(), answer=character * 4_000))
    assert check_payload("chat.update", {"channel": "C1", "ts": "1.1", **message}) == []
    assert message["text"].endswith("…")


def test_a_context_needs_no_page() -> None:
    context = MessageContext(event_key="k", answer_id="a", asker="U1", is_private=True)
    assert context.archive_url is None
