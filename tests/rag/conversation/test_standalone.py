"""Follow-ups are understood from what was said; what is complete stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation.standalone import standalone
from rag.records import Turn
from tests.rag.conversation.dialogues import (
    BAND,
    COMPLETE,
    DIALOGUES,
    FERRY,
    FOLLOW_UPS,
    TROOPS,
    exchange,
)

ASKED = sorted({asked for _, asked, _ in FOLLOW_UPS} | {asked for _, asked in COMPLETE})
TURNS = st.one_of(
    st.sampled_from([turn for dialogue in DIALOGUES for turn in dialogue.history]),
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        content=st.one_of(st.text(max_size=80), st.sampled_from(ASKED)),
        titles=st.lists(st.text(max_size=20), max_size=2).map(tuple),
    ),
)


@pytest.mark.parametrize(("history", "asked", "meant"), FOLLOW_UPS)
def test_a_follow_up_is_understood(history: tuple[Turn, ...], asked: str, meant: str) -> None:
    rewrite = standalone(asked, history)
    assert rewrite.question == meant
    assert rewrite.changed
    assert rewrite.reasons


@pytest.mark.parametrize(("history", "asked"), COMPLETE)
def test_what_is_complete_stays(history: tuple[Turn, ...], asked: str) -> None:
    rewrite = standalone(asked, history)
    assert (rewrite.question, rewrite.changed, rewrite.reasons) == (asked, False, ())


@pytest.mark.parametrize("asked", ASKED)
def test_without_history_nothing_changes(asked: str) -> None:
    assert standalone(asked, ()).question == asked


@pytest.mark.parametrize(("history", "asked", "meant"), FOLLOW_UPS)
def test_what_was_understood_is_complete(history: tuple[Turn, ...], asked: str, meant: str) -> None:
    assert not standalone(standalone(asked, history).question, history).changed, meant


@given(st.lists(TURNS, max_size=8), st.one_of(st.text(max_size=200), st.sampled_from(ASKED)))
def test_any_conversation_gives_a_question(history: list[Turn], asked: str) -> None:
    rewrite = standalone(asked, history)
    assert rewrite == standalone(asked, history)
    assert rewrite.changed == (rewrite.question != asked)
    assert rewrite.changed == bool(rewrite.reasons)


@given(st.lists(st.sampled_from(ASKED), max_size=6))
def test_a_chain_of_follow_ups_does_not_pile_up(chain: list[str]) -> None:
    history = list(FERRY.history)
    for asked in chain:
        made = standalone(asked, history).question
        assert len(made) < 200
        history.append(Turn(role="user", content=asked))


def test_follow_ups_of_follow_ups_are_understood() -> None:
    history = (*TROOPS.history, *exchange("and Germany?", "Berlin has not said."))
    assert standalone("and Poland?", history).question == "How many troops did Poland pledge?"
    assert standalone("and why?", history).question == "Why did Germany pledge troops?"


def test_a_name_that_a_pronoun_meant_is_kept_to_its_pronoun() -> None:
    history = (*BAND.history, *exchange("Who married her?", "She married Olaf Sund in 2009."))
    assert standalone("Where does he live?", history).question == "Where does Olaf Sund live?"
    assert standalone("Where does she live?", history).question == "Where does Ada Brekk live?"


def test_the_latest_of_two_topics_is_meant() -> None:
    history = (*FERRY.history, *exchange("Who runs the bakery in Brae?", "Jon Teit runs it."))
    assert standalone("When did he open it?", history).question == (
        "When did Jon Teit open the bakery in Brae?"
    )


def test_a_headline_in_capitals_names_nothing() -> None:
    title = "Council Of The Isles Votes To Close The Old Pool After Forty Years"
    history = exchange("Did the council close the pool?", "It did, by nine votes.", title)
    assert standalone("did it reopen?", history).question == "did the pool reopen?"


def test_the_reasons_say_what_was_put_in() -> None:
    assert standalone("how old is she?", BAND.history).reasons == ("“she” is Ada Brekk",)
    (reason,) = standalone("and Germany?", TROOPS.history).reasons
    assert reason == "“Germany” in the place of “France”"
