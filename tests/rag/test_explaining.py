"""An explanation says what was found, read and quoted, and why."""

from __future__ import annotations

from dataclasses import replace

from index.archive import Archive
from index.records import Filters, Span
from rag.engine import AnswerEngine
from rag.explaining import Considered, explain, explained_again
from rag.explanation import Explanation
from rag.reading.base import Reading, SentenceReading
from rag.records import Agreement, Answer, Candidate, CarriedBy, Citation, Outcome, Query, Turn
from rag.records import RetrievedPassage as Listed
from tests.rag.candidates import candidate

FERRY = "The ferry to Osk runs again from Monday."
TITLE = "When does the ferry to Osk run again?"


def sentence(place: int, score: float, text: str) -> SentenceReading:
    return SentenceReading(candidate=place, span=Span(0, len(text)), score=score)


def citation(found: Candidate) -> Citation:
    passage = found.passage
    return Citation(
        n=1,
        article_id=passage.article_id,
        passage_id=passage.passage_id,
        title=found.title,
        publisher=found.publisher,
        url=None,
        published_at=None,
        published_at_source=None,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        score=0.9,
    )


def listed(found: Candidate) -> Listed:
    passage = found.passage
    return Listed(
        passage_id=passage.passage_id,
        article_id=passage.article_id,
        title=found.title,
        publisher=found.publisher,
        url=None,
        published_at=None,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        score=found.score,
    )


def answer(
    retrieved: list[Candidate], quoted: list[Candidate], *, mode: str = "extractive"
) -> Answer:
    return Answer(
        id="ans_1",
        question=TITLE,
        standalone_question=TITLE,
        outcome=Outcome.ANSWERED if quoted else Outcome.NOT_FOUND,
        answer="",
        short_answer=None,
        confidence=0.5,
        sentences=(),
        citations=[citation(found) for found in quoted],
        agreement=Agreement(independent_publishers=1),
        disagreements=(),
        retrieved=[listed(found) for found in retrieved],
        mode=mode,
        timings_ms={},
    )


def considered(
    candidates: list[Candidate],
    sentences: list[SentenceReading],
    answerability: float,
    *,
    read: int,
) -> Considered:
    reading = Reading(sentences=sentences, answerability=answerability)
    return Considered(question=TITLE, candidates=candidates, read=read, reading=reading)


def explained(given: Answer, *parts: Considered, reader: str = "span") -> Explanation:
    return explain(given, parts, threshold=0.4, reader=reader, models={"reader": "span@1"})


def test_every_passage_comes_with_its_scores_in_the_order_listed() -> None:
    first = replace(candidate("a", FERRY, score=0.9), dense=0.7, lexical=3.5)
    second = replace(candidate("b", "It was late.", score=0.8), dense=0.6)
    third = candidate("c", "It was not read.", score=0.7)
    part = considered(
        [first, second, third],
        [sentence(1, 0.9, "It was late."), sentence(0, 0.4, FERRY)],
        0.8,
        read=2,
    )
    held = explained(answer([second, third], [second]), part)
    assert [(one.rank, one.article_id, one.read) for one in held.passages] == [
        (1, "b", True),
        (2, "c", False),
        (3, "a", True),  # read, and not among those listed
    ]
    best, unread, rest = held.passages
    assert (best.dense, best.lexical, best.fused, best.reading) == (0.6, None, 0.8, 0.9)
    assert best.best_sentence is not None
    assert best.best_sentence.text == "It was late."
    assert (unread.reading, unread.best_sentence) == (None, None)
    assert (rest.dense, rest.lexical, rest.fused) == (0.7, 3.5, 0.9)
    assert [one.quoted for one in held.passages] == [(1,), (), ()]
    assert held.reason == (
        "Answered with one quote: what was read answers with confidence 0.80, "
        "and at least 0.40 is asked for."
    )


def test_copies_are_named_under_what_stands_for_them() -> None:
    copy = CarriedBy(article_id="b", publisher="B Post", title="About b", shared=0.94)
    found = replace(candidate("a", FERRY), also_carried_by=(copy,))
    held = explained(answer([found], [found]), considered([found], [], 0.8, read=1))
    (collapsed,) = held.passages[0].collapsed
    assert (collapsed.article_id, collapsed.publisher, collapsed.shared) == ("b", "B Post", 0.94)


def test_a_cross_encoders_score_does_not_hide_the_fused_one() -> None:
    found = replace(candidate("a", FERRY, score=1.0), fused=0.3, cross_encoder=0.7)
    (one,) = explained(answer([found], []), considered([found], [], 0.1, read=1)).passages
    assert (one.fused, one.cross_encoder) == (0.3, 0.7)


def test_a_question_in_parts_takes_the_best_reading_of_each_passage() -> None:
    shared, other = candidate("a", FERRY), candidate("b", "It was late.")
    parts = [
        considered([shared], [sentence(0, 0.2, FERRY)], 0.3, read=1),
        considered([other, shared], [sentence(1, 0.6, FERRY)], 0.7, read=2),
    ]
    held = explained(answer([shared, other], [shared]), *parts)
    assert held.parts == (TITLE, TITLE)
    assert held.confidence == 0.7
    assert [(one.article_id, one.reading) for one in held.passages] == [("a", 0.6), ("b", None)]


def test_of_parts_that_are_answered_the_least_sure_one_is_told() -> None:
    found = candidate("a", FERRY)
    parts = [
        considered([found], [sentence(0, 0.6, FERRY)], sure, read=1) for sure in (0.9, 0.1, 0.7)
    ]
    held = explained(answer([found], [found]), *parts)
    assert held.confidence == 0.7
    assert held.reason == (
        "Answered with one quote: the least sure part that is answered has confidence 0.70, and at "
        "least 0.40 is asked for."
    )


def test_each_reason_for_silence_is_told() -> None:
    found = candidate("a", FERRY)
    nothing = answer([found], [])
    low = considered([found], [sentence(0, 0.1, FERRY)], 0.1, read=1)
    high = considered([found], [sentence(0, 0.1, FERRY)], 0.9, read=1)
    assert explained(nothing, low).reason == (
        "Withheld: what was read answers with confidence 0.10, and at least 0.40 is asked for."
    )
    assert "could not be quoted" in explained(nothing, high).reason
    assert "QUOTH_READER=none" in explained(nothing, low, reader="none").reason
    empty = considered([], [], 0.0, read=1)
    assert explained(answer([], []), empty).reason == "Withheld: no passage was found."


def test_what_a_language_model_made_of_it_is_told_anew() -> None:
    one, two = candidate("a", FERRY), candidate("b", "It was late.")
    given = answer([one, two], [one])
    given = replace(given, explanation=explained(given, considered([one, two], [], 0.8, read=2)))
    worded = explained_again(replace(given, mode="llm", citations=[citation(two)])).explanation
    assert worded is not None
    assert [one.quoted for one in worded.passages] == [(), (1,)]
    assert worded.reason.startswith("Worded by a language model from one quote, each sentence")
    silent = replace(given, mode="llm", citations=(), outcome=Outcome.NOT_FOUND)
    told = explained_again(silent).explanation
    assert told is not None
    assert told.reason.startswith("Withheld: the language model finds no answer")
    assert explained_again(replace(given, explanation=None)).explanation is None


def test_the_engine_explains_when_it_is_asked_to(engine: AnswerEngine, archive: Archive) -> None:
    assert engine.ask(Query(question=TITLE)).explanation is None
    given = engine.ask(Query(question=TITLE, explain=True, top_k=3))
    held = given.explanation
    assert held is not None
    assert held.confidence == given.confidence
    assert held.models["embedding"] == archive.embedder.model_id
    assert held.asked_as is None
    cited = {(c.passage_id, c.n) for c in given.citations}
    assert {(one.passage_id, n) for one in held.passages for n in one.quoted} == cited
    assert [one.passage_id for one in held.passages][:3] == [p.passage_id for p in given.retrieved]
    for one in held.passages:
        if one.best_sentence is not None:
            text = archive.article(one.article_id).text
            span = slice(one.best_sentence.start, one.best_sentence.end)
            assert text[span] == one.best_sentence.text


def test_a_follow_up_is_explained_as_it_was_understood(engine: AnswerEngine) -> None:
    history = (Turn(role="user", content="Who collected signatures for the old library?"),)
    named = Turn(role="assistant", content="Una Brae collected them, she said.")
    query = Query(question="How many did she collect?", history=(*history, named), explain=True)
    held = engine.ask(query).explanation
    assert held is not None
    assert held.asked_as == "How many did Una Brae collect?"


def test_where_nothing_passes_the_filters_it_says_so(engine: AnswerEngine) -> None:
    filters = Filters(publishers=("Nobody's Gazette",))
    held = engine.ask(Query(question=TITLE, filters=filters, explain=True)).explanation
    assert held is not None
    assert (held.reason, list(held.passages)) == ("Withheld: no passage was found.", [])
