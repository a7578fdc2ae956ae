"""The bot's windows."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.slack.blocks.modals import ask_modal, comment_modal, context_modal, follow_up_modal
from index.records import Rating
from rag.records import Answer, Mark
from tests.api.slack.blocks.answering import (
    LONG,
    PAGE,
    ArticleText,
    answers,
    rich_texts,
    small_in,
    words_in,
)
from tests.api.slack.blocks.test_answers import QUOTE, answer, citation, silent
from tests.slack_limits import check_view, pings_and_links

ANY = settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ARTICLE = f"{'Before it. ' * 60}{QUOTE}{' After it.' * 60}"
AT = ARTICLE.index(QUOTE)


def articles_of(given_: Answer) -> dict[str, ArticleText]:
    """Articles in which the first quote of each stands where it is said to stand."""
    return {
        each.article_id: ArticleText(text=f"{'x ' * 3_000}"[: each.start] + f"{each.quote} after")
        for each in reversed(given_.citations)
    }


class TestContext:
    @ANY
    @given(answers(), st.booleans())
    def test_any_answer_is_what_slack_takes(self, given_: Answer, is_held: bool) -> None:
        view = context_modal(given_, articles_of(given_) if is_held else {}, page=PAGE)
        assert check_view(view) == []
        assert [e for e in pings_and_links(view) if not e.startswith("link https://")] == []

    @ANY
    @given(answers())
    def test_quotes_are_whole_or_it_is_said_that_some_are_not_there(self, given_: Answer) -> None:
        view = context_modal(given_, articles_of(given_))
        shown = words_in([view])
        missing = [each.n for each in given_.citations if each.quote not in shown]
        assert bool(missing) <= ("There is more than fits" in small_in([view]))

    def test_a_quote_stands_between_what_is_around_it(self) -> None:
        at = AT + QUOTE.index("Monday")
        one = citation(start=AT, end=AT + len(QUOTE), marks=(Mark(start=at, end=at + 6),))
        view = context_modal(answer(one), {"art": ArticleText(text=ARTICLE)})
        said = [(e["text"], e.get("style", {}).get("bold")) for e in rich_texts(view)]
        title, before, *quote, after = said
        assert title == ("Ferry to Osk Runs Again", True)
        assert before[0].startswith("… ")
        assert before[0].endswith(" Before it.")
        assert ("Monday", True) in quote
        assert after[0].startswith("After it. ")
        assert after[0].endswith(" …")
        assert 300 < len(before[0]) < 360
        assert small_in([view]).startswith("Skerry Post · 6 March 2026\n")

    def test_quotes_that_stand_close_together_share_what_is_between(self) -> None:
        text = f"{QUOTE} Storms had kept it in port. Fares stay."
        first = citation(start=0, end=len(QUOTE))
        start = text.index("Fares")
        other = citation(n=2, quote="Fares stay.", start=start, end=len(text))
        view = context_modal(answer(other, first), {"art": ArticleText(text=text)})
        shown = words_in([view]).removeprefix("Ferry to Osk Runs Again")
        assert shown == f"{QUOTE}Storms had kept it in port.Fares stay."

    def test_quotes_that_stand_far_apart_are_parted(self) -> None:
        text = f"{QUOTE} {'Between them. ' * 100}Fares stay."
        other = citation(n=2, quote="Fares stay.", start=len(text) - 11, end=len(text))
        first = citation(start=0, end=len(QUOTE))
        shown = words_in([context_modal(answer(first, other), {"art": ArticleText(text=text)})])
        assert shown.count(" …") == 1
        assert shown.count("… ") == 1
        assert shown.endswith("Fares stay.")

    def test_an_article_that_is_gone_or_changed_is_told(self) -> None:
        one = answer(citation(start=AT, end=AT + len(QUOTE)))
        gone = context_modal(one, {})
        changed = context_modal(one, {"art": ArticleText(text=f"Corrected. {ARTICLE}")})
        assert "not in the archive any more" in small_in([gone])
        assert "has changed since" in small_in([changed])
        assert words_in([gone]).endswith(QUOTE)
        assert words_in([changed]).endswith(QUOTE)

    def test_what_does_not_fit_is_told(self) -> None:
        cited = [
            citation(n=n, article_id=f"a{n}", quote=f"{n} {'words ' * 1_500}.", end=9)
            for n in range(1, 21)
        ]
        many = [citation(n=n, article_id=f"a{n}", quote=f"({n})", end=103) for n in range(1, 61)]
        for view in (context_modal(answer(*cited), {}), context_modal(answer(*many), {})):
            assert check_view(view) == []
            assert "There is more than fits into this window" in small_in([view])
            assert " [2]" in "".join(e["text"] for e in rich_texts(view))

    def test_one_quote_alone(self) -> None:
        both = answer(citation(), citation(n=2, article_id="b", quote="Fares stay.", end=111))
        assert words_in([context_modal(both, {}, 2)]).endswith("Fares stay.")
        assert QUOTE not in words_in([context_modal(both, {}, 2)])

    def test_a_silence_shows_the_nearest_passages_in_full(self) -> None:
        view = context_modal(silent("a word " * 200, "b"), {})
        assert view["title"]["text"] == "Nearest passages"
        assert words_in([view]) == "a word " * 200 + "b"
        assert "Skerry Post · undated" in small_in([view])

    def test_there_may_be_nothing_to_show(self) -> None:
        assert small_in([context_modal(silent(), {})]) == "There is nothing to show."


class TestForms:
    @given(LONG)
    def test_they_are_what_slack_takes(self, words: str) -> None:
        for view in (
            comment_modal("ans_1", Rating.UP),
            comment_modal("ans_1", Rating.DOWN),
            follow_up_modal("C1", "1.1", "T1:C1:1.1"),
            ask_modal(words),
        ):
            assert check_view(view) == []

    def test_a_comment_knows_its_answer_and_rating(self) -> None:
        private = json.loads(comment_modal("ans_1", Rating.DOWN)["private_metadata"])
        assert private == {"answer_id": "ans_1", "rating": "down"}

    def test_a_follow_up_knows_where_it_goes(self) -> None:
        private = json.loads(follow_up_modal("C1", "1.1", "k")["private_metadata"])
        assert private == {"channel": "C1", "thread_ts": "1.1", "event_key": "k"}

    def test_a_question_begins_with_the_words_of_the_message(self) -> None:
        (block,) = ask_modal(" What about <@U1>? ")["blocks"]
        assert block["element"]["initial_value"] == "What about <@U1>?"
        assert "initial_value" not in ask_modal("  ")["blocks"][0]["element"]
