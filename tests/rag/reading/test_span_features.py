"""What the trained reader's spans say of sentences, and of there being an answer."""

from __future__ import annotations

import pytest

from index.records import Span
from rag.reading.features import SentenceMeasure
from rag.reading.measuring import CandidateMeasurer, Measured
from rag.reading.span_features import (
    NEARER,
    SPAN_ANSWER_FEATURES,
    SPAN_LIMIT,
    SPAN_SENTENCE_FEATURES,
    pooled,
    span_answer_features,
    with_span_scores,
)
from tests.rag.reading.examples import FERRY, HARBOUR, WordEmbedder, candidates_of

QUESTION = "Who blamed the price of fuel?"
Read = dict[tuple[int, int], tuple[float, Span]]


def measured(question: str = QUESTION) -> Measured:
    """Two articles, measured."""
    made = CandidateMeasurer(WordEmbedder()).measure(question, candidates_of(HARBOUR, FERRY))
    assert made is not None
    return made


def words_in(found: Measured, candidate: int, words: str) -> tuple[tuple[int, int], Span]:
    """Where the words stand: candidate and position, and their span."""
    for position, sentence in enumerate(found.candidates[candidate].sentences):
        place = sentence.text.find(words)
        if place >= 0:
            start = sentence.span.start + place
            return (candidate, position), Span(start, start + len(words))
    raise AssertionError(words)


def with_spans(found: Measured, read: Read) -> dict[tuple[int, int], SentenceMeasure]:
    """The measures by candidate and position."""
    made = with_span_scores(found.question, found.candidates, found.measures, read)
    return {(m.candidate, m.position): m for m in made}


def test_what_was_not_read_counts_as_the_worst() -> None:
    found = measured()
    place, words = words_in(found, 1, "Otto Quist")
    made = with_spans(found, {place: (3.0, words)})
    seen, unseen = made[place], made[0, 0]
    assert set(SPAN_SENTENCE_FEATURES) <= set(seen.values)
    assert (seen.values["span"], unseen.values["span"]) == (3.0 / SPAN_LIMIT, -1.0)
    assert (seen.values["span_unread"], unseen.values["span_unread"]) == (0.0, 1.0)
    assert seen.values["span_below_best"] == 0.0
    assert unseen.values["span_below_best"] == pytest.approx(1.25)
    assert (seen.words, unseen.words) == (words, None)
    assert (seen.answer, unseen.answer) == (frozenset({"otto", "quist"}), frozenset())


@pytest.mark.parametrize("score", [-1e9, -SPAN_LIMIT, 0.0, SPAN_LIMIT, 1e9])
def test_scores_stay_within_their_limits(score: float) -> None:
    found = measured()
    place, words = words_in(found, 1, "Otto Quist")
    made = with_spans(found, {place: (score, words)})[place]
    assert -1 <= made.values["span"] <= 1
    assert made.values["span_below_best"] >= 0


def test_the_question_s_own_words_and_the_wrong_kind_are_told() -> None:
    found = measured()
    cases = {"Otto Quist": (0.0, 0.0), "the price of fuel": (1.0, 1.0)}
    for text, (asked, mistyped) in cases.items():
        place, words = words_in(found, 1, text)
        values = with_spans(found, {place: (1.0, words)})[place].values
        assert (values["words_asked"], values["words_mistyped"]) == (asked, mistyped), text


def test_a_name_that_only_goes_before_the_one_asked_about_is_the_question_s_own() -> None:
    found = measured("Whom did Quist blame?")
    place, words = words_in(found, 1, "Otto Quist")
    assert with_spans(found, {place: (1.0, words)})[place].values["words_asked"] == 1.0
    place, words = words_in(found, 1, "the price of fuel")
    assert with_spans(found, {place: (1.0, words)})[place].values["words_asked"] == 0.0


@pytest.mark.parametrize(
    ("question", "text", "void"),
    [
        ("Which city is it?", "Norway", 1.0),
        ("In what town is it?", "Norway", 1.0),
        ("Which country is it?", "Norway", 0.0),
        ("What is it?", "Norway", 0.0),
        ("Which city is it?", "Singapore", 0.0),
        ("Who joined Quist?", "Quist", 1.0),
        ("Who joined Quist?", "Quist and Norway", 0.0),
        ("What joined Quist?", "Quist", 0.0),
    ],
)
def test_words_that_cannot_be_the_answer(question: str, text: str, void: float) -> None:
    made = CandidateMeasurer(WordEmbedder()).measure(
        question, candidates_of(f"It stood in {text} until it burned down.")
    )
    assert made is not None
    place, words = words_in(made, 0, text)
    assert with_spans(made, {place: (1.0, words)})[place].values["words_void"] == void


def features_of(question: str, words: str, score: float = 6.0) -> dict[str, float]:
    """The answer's features where the network marks these words of the second article."""
    found = measured(question)
    place, marked = words_in(found, 1, words)
    made = list(with_spans(found, {place: (score, marked)}).values())
    ranked = pooled(found.candidates, made, [m.values["span"] * 12 for m in made])
    return span_answer_features(found.question, found.candidates, found.needs, ranked)


@pytest.mark.parametrize(
    ("question", "feature"),
    [
        ("Why did Quist refuse?", "denial_missing"),
        ("When did Quist agree?", "consent_missing"),
        ("Why did Tarrant speak?", "subject_missing"),
    ],
)
def test_what_the_question_takes_for_granted_and_the_best_sentence_lacks(
    question: str, feature: str
) -> None:
    assert features_of(question, "the price of fuel")[feature] == 1.0
    assert features_of("Why did Quist speak?", "the price of fuel")[feature] == 0.0


def test_a_question_for_yes_or_no_takes_nothing_for_granted() -> None:
    for question in ("Did Quist agree?", "Has Tarrant promised it?"):
        values = features_of(question, "the price of fuel")
        assert not values["consent_missing"] + values["subject_missing"], question


def test_a_reason_that_the_network_flatly_denies_counts_twice() -> None:
    told = [
        features_of(question, "the price of fuel", score)["reason_denied"]
        for question, score in (
            ("Why did Quist speak?", -8.0),
            ("Why did Quist speak?", -1.0),
            ("When did Quist speak?", -8.0),
        )
    ]
    assert told == [1.0, 0.0, 0.0]


def test_a_nearer_sentence_elsewhere_is_told() -> None:
    question = "Who blamed the price of fuel?"
    words = "Otto Quist"
    assert features_of(question, words)["nearest_elsewhere"] == 0.0
    found = measured(question)
    place, _ = words_in(found, 1, words)
    far, marked = next(
        ((0, position), sentence.span)
        for position, sentence in enumerate(found.candidates[0].sentences)
        if with_spans(found, {})[place].values["cosine"]
        > with_spans(found, {})[0, position].values["cosine"] + NEARER
    )
    made = list(with_spans(found, {far: (6.0, marked)}).values())
    ranked = pooled(found.candidates, made, [m.values["span"] * 12 for m in made])
    values = span_answer_features(found.question, found.candidates, found.needs, ranked)
    assert values["nearest_elsewhere"] == 1.0


def test_the_answer_that_two_articles_give_comes_first() -> None:
    found = measured("What is it?")
    alone, ferry = words_in(found, 0, "Maud Tarrant")
    read: Read = {alone: (1.0, ferry)}
    for candidate, text in ((0, "Monday"), (1, "Saltmarsh")):
        place, words = words_in(found, candidate, text)
        read[place] = (0.0, words)
    made = list(with_spans(found, read).values())
    agreed = frozenset({"monday"})
    same = [m if m.answer != frozenset({"saltmarsh"}) else with_answer(m, agreed) for m in made]
    scores = [10.0 * m.values["span"] for m in same]
    ranked = pooled(found.candidates, same, scores)
    assert ranked[0][0].answer == agreed
    assert pooled(found.candidates, made, scores)[0][0].answer == frozenset({"maud", "tarrant"})


def with_answer(measure: SentenceMeasure, answer: frozenset[str]) -> SentenceMeasure:
    """The measure as if its words were these."""
    from dataclasses import replace

    return replace(measure, answer=answer)


def test_a_lone_answer_has_a_larger_share_than_one_of_two() -> None:
    found = measured()
    place, quist = words_in(found, 1, "Otto Quist")
    rival, tarrant = words_in(found, 0, "Maud Tarrant")
    shares = []
    for read in ({place: (6.0, quist)}, {place: (6.0, quist), rival: (6.0, tarrant)}):
        made = list(with_spans(found, read).values())
        ranked = pooled(found.candidates, made, [m.values["span"] * 12 for m in made])
        values = span_answer_features(found.question, found.candidates, found.needs, ranked)
        assert tuple(values) == SPAN_ANSWER_FEATURES
        shares.append(values["answer_share"])
    assert 1 >= shares[0] > shares[1] > 0
