"""Questions that speak of a refusal or a consent, over sentences that know of none."""

from __future__ import annotations

import pytest

from rag.reading.premise import (
    is_consent_missing,
    is_consent_refused,
    is_denial_missing,
    subject_of,
)
from rag.reading.terms import key_of

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


@pytest.mark.parametrize(
    "question",
    [
        "When did Norway agree to send ferries?",
        "Why did Norway promise that the ferry would sail?",
        "Who approved the ferries?",
    ],
)
def test_a_refusal_answers_no_question_about_a_consent(question: str) -> None:
    assert is_consent_missing(question, "Norway refused to send ferries in March.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway agreed in March.",
        "A deal with Norway was signed in March.",
        "In March Norway said that it was willing.",
    ],
)
def test_a_consent_may_be_put_in_other_words(sentence: str) -> None:
    assert not is_consent_missing("When did Norway agree to send ferries?", sentence)


def test_a_question_that_speaks_of_no_consent_lacks_none() -> None:
    assert not is_consent_missing("When did Norway send ferries?", "Norway refused.")


def test_a_refusal_in_place_of_a_consent_is_told() -> None:
    question = "When did Norway agree to send ferries?"
    assert is_consent_refused(question, "Norway refused in March.")
    assert not is_consent_refused(question, "Norway spoke in March.")
    assert not is_consent_refused(question, "Norway agreed in March to refuse no ship.")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Why did Maud Tarrant and Quist leave?", {"maud", "tarrant", "quist"}),
        ("How many cars did the Grey Heron carry?", {"grey", "heron"}),
        ("When was the Harbour Board asked?", {"harbour", "board"}),
        ("Why were the talks held in Norhaven?", set()),
        ("Who left Norhaven?", set()),
        ("", set()),
    ],
)
def test_the_subject_is_the_name_after_the_auxiliary_verb(question: str, names: set[str]) -> None:
    assert subject_of(question) == {key_of(name) for name in names}
