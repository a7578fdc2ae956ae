"""Questions that deny or speak of a refusal, over sentences that know of none."""

from __future__ import annotations

import pytest

from rag.reading.denial import is_denial_missing

PROMISED = "Norway promised two ferries to the islands."


@pytest.mark.parametrize(
    "question",
    [
        "Why did Norway refuse to send ferries?",
        "Which ferries didn’t Norway promise?",
        "Who said no to the ferries?",
        "Why did Norway rule out ferries?",
        "Who never promised a ferry?",
    ],
)
def test_a_promise_answers_no_question_about_a_refusal(question: str) -> None:
    assert is_denial_missing(question, PROMISED)


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway refused to send ferries.",
        "Norway would not send a ferry.",
        "Norway turned down the islands' request.",
        "A law that bans old ferries kept Norway from it.",
        "Norway isn't going to send any.",
    ],
)
def test_a_refusal_may_be_put_in_other_words(sentence: str) -> None:
    assert not is_denial_missing("Why did Norway refuse to send ferries?", sentence)


def test_a_question_that_denies_nothing_lacks_nothing() -> None:
    assert not is_denial_missing("Why did Norway send ferries?", PROMISED)
    assert not is_denial_missing("Why did Norway send ferries?", "Norway refused.")


def test_a_ruling_is_no_refusal() -> None:
    assert not is_denial_missing("What did the court rule?", PROMISED)
