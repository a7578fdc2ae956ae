"""Questions after all that there is on a topic ("what is the latest on …?"). No run of words
answers them: each article on the topic does, by the sentence that says most of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from rag.reading.base import Reader, Reading, SentenceReading
from rag.reading.features import CandidateView, Needs, SentenceMeasure, coverage
from rag.reading.measuring import DEFAULT_PASSAGES, CandidateMeasurer, Measured
from rag.reading.question import Question
from rag.recency import asks_for_the_latest
from rag.records import Candidate

COVERED = 0.8
"""Share of the topic's words, weighted by rarity, that a passage on it holds with its title."""
LEAD = 0.1
"""What counts for a sentence that opens its article, beside cosines: it says what there is new."""
_NEWS = r"(?:news|updates?|developments?|word|reports?|information|state of play|coverage)"
_ON = r"(?:on|about|of|from|with|in|at|for|around|regarding|concerning)"
_LATEST = rf"(?:(?:very )?latest|newest|most recent|recent)(?: {_NEWS})? {_ON}"
_IS_THERE = r"(?:(?:is|are) there |do you have |have you got )?"
_FORMS = (
    rf"(?:(?:and )?(?:what(?:['’]?s| is| are| was)|give me|show me|tell me) )?(?:the )?{_LATEST}",
    rf"what(?:['’]?s| is) new {_ON}",
    rf"{_IS_THERE}any(?:thing)?(?: new| recent| {_NEWS}){{1,2}} {_ON}",
    rf"{_NEWS} (?:on|about|regarding|concerning)",
    r"(?:please )?(?:tell|brief|update) me (?:more |everything |something )?(?:about|on)",
    r"what (?:do|can) (?:we|you|they) (?:know|say|tell me|have) (?:about|on)",
    r"what does (?:the|this) archive (?:know|say|have|hold) (?:about|on)",
    r"what (?:has been|was|is|is being) (?:reported|written|published) (?:about|on)",
    rf"what(?:['’]?s| is) (?:going on|happening) {_ON}",
    rf"(?:please )?(?:summari[sz]e|sum up)(?: the| all)?(?: {_NEWS} (?:on|about))?",
    rf"(?:give me )?(?:an? |the )?(?:overview|summary) of(?: the {_NEWS} (?:on|about))?",
)
_BEFORE_A_TOPIC = re.compile(rf"^\W*(?:{'|'.join(_FORMS)})\s+(?=\w)", re.IGNORECASE)
_NEW = re.compile(r"\b(?:news?|updates?|developments?|going on|happening)\b", re.IGNORECASE)


class ThresholdReader(Reader, Protocol):
    """A reader that brings the least answerability that counts as an answer."""

    @property
    def threshold(self) -> float:
        """In [0, 1]."""


def topic_of(question: str) -> str | None:
    """What the question wants to hear of; None where it asks for something in particular."""
    found = _BEFORE_A_TOPIC.match(question)
    return question[found.end() :].strip(" ?!.") or None if found else None


class OverviewReader:
    """Implements `Reader`: reads for another reader what asks for a topic; the rest is its own."""

    def __init__(
        self,
        reader: ThresholdReader,
        measurer: CandidateMeasurer,
        *,
        passages: int = DEFAULT_PASSAGES,
    ) -> None:
        """`measurer` may be the reader's own: it remembers what was embedded."""
        self._reader = reader
        self._measurer = measurer
        self._passages = passages

    @property
    def name(self) -> str:
        """That of the reader beneath."""
        return self._reader.name

    @property
    def threshold(self) -> float:
        """That of the reader beneath."""
        return self._reader.threshold

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading:
        """One sentence of each article on the topic, newest first where news are asked for. What
        asks for no topic, or for one that no passage holds, the other reader reads."""
        topic = topic_of(question)
        read = candidates[: self._passages]
        measured = self._measurer.measure(topic, read) if topic else None
        found = _one_an_article(measured, read) if measured else []
        if not found:
            return self._reader.read(question, candidates)
        if asks_for_the_latest(question) or _NEW.search(question):
            found.sort(key=lambda one: read[one.candidate].published_at or date.min, reverse=True)
        return Reading(sentences=found, answerability=max(one.score for one in found))


def _one_an_article(measured: Measured, read: Sequence[Candidate]) -> list[SentenceReading]:
    """The sentence of each article on the topic that says most of it, best first."""
    chosen: dict[str, tuple[float, SentenceReading]] = {}
    for one in measured.measures:
        view = measured.candidates[one.candidate]
        if one.values["is_question"] or not _is_on_topic(view, measured.question, measured.needs):
            continue
        span = view.sentences[one.position].span
        worth = _worth(one, opens=read[one.candidate].passage.start == 0 and one.position < 2)
        held = chosen.get(view.article_id)
        if held is None or worth > held[0]:
            reading = SentenceReading(
                candidate=one.candidate, span=span, score=_probability(view, one)
            )
            chosen[view.article_id] = (worth, reading)
    ranked = sorted(chosen.values(), key=lambda item: -item[0])
    return [reading for _, reading in ranked]


def _is_on_topic(view: CandidateView, topic: Question, needs: Needs) -> bool:
    """Whether the passage with its title holds the topic's names and nearly all of its words."""
    held = coverage(topic, needs, view.keys)
    return held.share >= COVERED and held.names_missing == 0.0


def _worth(measure: SentenceMeasure, *, opens: bool) -> float:
    """How much a sentence says of the topic."""
    values = measure.values
    return values["cosine"] + values["coverage"] / 4 + (LEAD if opens else 0.0)


def _probability(view: CandidateView, measure: SentenceMeasure) -> float:
    """How sure it is that the sentence is on the topic: its cosine or, for what stands in a
    passage on it, the passage's."""
    return min(1.0, max(0.0, measure.values["cosine"], view.dense))
