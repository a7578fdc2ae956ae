"""Selection quotes no more than is needed."""

from __future__ import annotations

from index.records import Span
from rag.reading.base import Reading, SentenceReading
from rag.reading.question import analyse
from rag.reading.selection import select, text_of
from rag.records import Candidate
from tests.rag.reading.examples import candidates_of

TERM = (
    "The mayor has asked for a wall that stands a full century. "
    "The draft fixes a 30-year term with one renewal. The council votes in March."
)
COPY = "The mayor has asked for a wall which stands a full century, it was reported."
OTHER = "A rival plan offers 40 years of cover. Nobody has paid for it."


def _reading(candidates: list[Candidate], scores: dict[tuple[int, int], float]) -> Reading:
    """A reading with these scores for (candidate, sentence), best first; 0.01 elsewhere."""
    sentences = [
        SentenceReading(candidate=i, span=span, score=scores.get((i, j), 0.01))
        for i, candidate in enumerate(candidates)
        for j, span in enumerate(candidate.passage.sentences)
    ]
    return Reading(
        sentences=sorted(sentences, key=lambda sentence: -sentence.score), answerability=0.9
    )


def _selected(
    texts: tuple[str, ...], scores: dict[tuple[int, int], float], question: str, limit: int = 3
) -> list[str]:
    candidates = candidates_of(*texts)
    chosen = select(
        _reading(candidates, scores), candidates, analyse(question), max_sentences=limit
    )
    return [text_of(sentence.span, candidates[sentence.candidate]) for sentence in chosen]


def test_nothing_read_nothing_selected() -> None:
    assert select(Reading(sentences=(), answerability=0.0), [], analyse("How long?")) == []


def test_one_clear_answer_is_quoted_alone() -> None:
    assert _selected((TERM, OTHER), {(0, 2): 0.9, (1, 1): 0.4}, "Who votes?") == [
        "The council votes in March."
    ]


def test_neighbour_with_the_expected_kind_is_quoted_in_text_order() -> None:
    quotes = _selected((TERM,), {(0, 0): 0.6, (0, 1): 0.3}, "How long will the wall stand?")
    assert [quote.split()[1] for quote in quotes] == ["mayor", "draft"]


def test_neighbour_of_another_kind_is_left_out() -> None:
    quotes = _selected((TERM,), {(0, 1): 0.6, (0, 2): 0.3}, "How long will the wall stand?")
    assert not any("votes" in quote for quote in quotes)


def test_next_sentence_that_goes_on_with_a_pronoun_is_quoted() -> None:
    text = "The state would run a flood watch. It would sound the sirens. A school is planned."
    quotes = _selected((text,), {(0, 0): 0.6, (0, 1): 0.1}, "What would the flood watch do?")
    assert [quote.split()[0] for quote in quotes] == ["The", "It"]


def test_reason_may_stand_in_the_next_sentence() -> None:
    text = "The fishermen reject the wall. Closing the channel would ruin them, they warn."
    quotes = _selected((text,), {(0, 0): 0.6, (0, 1): 0.25}, "Why do the fishermen object?")
    assert len(quotes) == 2


def test_near_equal_sentence_elsewhere_is_quoted() -> None:
    quotes = _selected((TERM, OTHER), {(0, 0): 0.8, (1, 0): 0.79}, "How long will it stand?")
    assert any("rival" in quote for quote in quotes)


def test_copies_are_quoted_once() -> None:
    quotes = _selected((TERM, COPY), {(0, 0): 0.8, (1, 0): 0.8}, "What has the mayor asked for?")
    assert len(quotes) == 1


def test_same_sentence_of_overlapping_passages_is_quoted_once() -> None:
    candidates = candidates_of(TERM) * 2
    reading = _reading(candidates, {(0, 1): 0.8, (1, 1): 0.8})
    chosen = select(reading, candidates, analyse("What does the draft fix?"))
    assert [sentence.candidate for sentence in chosen] == [0]


def test_limit_is_kept() -> None:
    scores = {(0, 0): 0.8, (0, 1): 0.8, (0, 2): 0.8, (1, 0): 0.8}
    assert len(_selected((TERM, OTHER), scores, "How long will it stand?", limit=2)) == 2
    assert len(_selected((TERM, OTHER), scores, "How long will it stand?", limit=1)) == 1


def test_articles_stay_together() -> None:
    scores = {(0, 2): 0.8, (1, 0): 0.79, (0, 0): 0.78}
    candidates = candidates_of(TERM, OTHER)
    chosen = select(_reading(candidates, scores), candidates, analyse("What is planned?"))
    assert [sentence.candidate for sentence in chosen] == [0, 0, 1]
    spans: list[Span] = [sentence.span for sentence in chosen[:2]]
    assert spans == sorted(spans)
