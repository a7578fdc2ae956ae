"""What a reader might make of sentences of several papers, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.records import Span
from index.sentences import split_sentences
from rag.reading.base import Reading, SentenceReading
from rag.records import Candidate, Citation
from tests.rag.candidates import candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article whose one sentence with `answer` in it was read."""

    text: str
    answer: str
    publisher: str = ""
    story: str = ""
    day: str | None = None
    score: float = 0.8


def read(*told: Told) -> tuple[Reading, list[Candidate]]:
    """The reading of these articles, each an article, and by default a publisher, of its own."""
    candidates, sentences = [], []
    for number, one in enumerate(told):
        name = f"a{number}"
        made = candidate(
            name, one.text, story=one.story or name, publisher=one.publisher or f"Paper {number}"
        )
        spans = tuple(split_sentences(one.text))
        made = replace(
            made,
            passage=replace(made.passage, sentences=spans),
            published_at=date.fromisoformat(one.day) if one.day else None,
        )
        candidates.append(made)
        start = one.text.index(one.answer)
        words = Span(start, start + len(one.answer))
        (sentence,) = [s for s in spans if s.start <= words.start and words.end <= s.end]
        sentences.append(
            SentenceReading(candidate=number, span=sentence, score=one.score, answer=words)
        )
    ranked = sorted(sentences, key=lambda sentence: -sentence.score)
    return Reading(sentences=tuple(ranked), answerability=0.9), candidates


def cite(sentences: Sequence[SentenceReading], candidates: Sequence[Candidate]) -> list[Citation]:
    """The sentences as an archive would cite them."""
    cited = []
    for n, sentence in enumerate(sentences, start=1):
        made = candidates[sentence.candidate]
        cited.append(
            Citation(
                n=n,
                article_id=made.passage.article_id,
                passage_id=made.passage.passage_id,
                title=made.title,
                publisher=made.publisher,
                url=None,
                published_at=made.published_at,
                published_at_source=None,
                quote=made.passage.text[sentence.span.start : sentence.span.end],
                start=sentence.span.start,
                end=sentence.span.end,
                score=sentence.score,
            )
        )
    return cited
