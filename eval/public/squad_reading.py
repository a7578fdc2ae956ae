"""SQuAD questions as a reader of ours answers them: each from its own paragraph.

A paragraph is one passage, whole. The prediction is what the reader takes for the answering words
of its best sentence, or that sentence where it names none, or nothing where answerability is below
the threshold. The probability of no answer is 1 - answerability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from eval.public.squad import SquadQuestion, SquadSet
from eval.statistics.estimates import Estimate, mean_of
from index.archive import Archive
from index.embedding.base import Embedder
from index.passages import PassageShape, embedding_input, split_passages
from index.records import Passage, Span
from index.sentences import split_sentences
from rag.reading.base import Reader, Reading
from rag.records import Candidate

_WHOLE = PassageShape(max_words=10**9, overlap=0)
_BATCH = 256

Progress = Callable[[int], None]
"""Called with how many paragraphs or questions are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphReading:
    """What a reader made of one question."""

    prediction: str
    """Empty where it abstains."""
    na_prob: float
    best_sentence: Span | None
    """In the paragraph; None where the reader read no sentence."""


def take_in_paragraphs(
    archive: Archive, squad: SquadSet, on_progress: Progress = lambda _done: None
) -> None:
    """Take the file's paragraphs in, so that the archive knows how common words are in it."""
    paragraphs = squad.paragraphs
    for first in range(0, len(paragraphs), _BATCH):
        batch = paragraphs[first : first + _BATCH]
        records = [
            {"id": f"paragraph-{first + place}", "title": p.title, "text": p.context}
            for place, p in enumerate(batch)
            if p.context.strip()
        ]
        archive.ingest_records(records, origin=squad.name)
        on_progress(first + len(batch))


def read_questions(
    reader: Reader,
    embedder: Embedder,
    squad: SquadSet,
    *,
    threshold: float,
    on_progress: Progress = lambda _done: None,
) -> dict[str, ParagraphReading]:
    """Return question id → what the reader makes of it, in file order."""
    readings: dict[str, ParagraphReading] = {}
    for number, paragraph in enumerate(squad.paragraphs):
        if not paragraph.questions:
            continue
        passage = _passage(paragraph.context, number)
        vector = None
        if passage is not None:
            vector = embedder.embed_documents([embedding_input(paragraph.title, passage)])[0]
        for question in paragraph.questions:
            asked = " ".join(question.question.split())
            read: list[Candidate] = []
            if asked and passage is not None and vector is not None:
                cosine = float(vector @ embedder.embed_query(asked))
                read = [_candidate(passage, paragraph.title, cosine)]
            readings[question.id] = _judged(reader.read(asked, read), paragraph.context, threshold)
            on_progress(len(readings))
    return readings


def right_sentence(
    questions: Iterable[SquadQuestion], readings: Mapping[str, ParagraphReading]
) -> Estimate:
    """Return the share of the answerable questions whose best sentence holds the characters of a
    gold answer, in [0, 1]; None without any."""
    return mean_of(
        any(_holds(readings[question.id].best_sentence, span) for span in question.spans)
        if question.answerable
        else None
        for question in questions
    )


def _passage(context: str, number: int) -> Passage | None:
    """The paragraph as one passage; None where it holds no sentence."""
    made = split_passages(
        article_id=f"paragraph-{number}",
        version=1,
        text=context,
        sentences=split_sentences(context.replace("\n", " ")),
        shape=_WHOLE,
    )
    return made[0] if made else None


def _candidate(passage: Passage, title: str, cosine: float) -> Candidate:
    """The passage as retrieval would hand it over, had it found nothing else."""
    return Candidate(
        passage=passage,
        title=title,
        publisher=None,
        url=None,
        published_at=None,
        published_at_source=None,
        story_id="",
        score=1.0,
        dense=cosine,
    )


def _judged(reading: Reading, context: str, threshold: float) -> ParagraphReading:
    best = reading.sentences[0] if reading.sentences else None
    span = None if best is None else best.answer or best.span
    silent = span is None or reading.answerability < threshold
    return ParagraphReading(
        prediction="" if span is None or silent else context[span.start : span.end],
        na_prob=1.0 - reading.answerability,
        best_sentence=None if best is None else best.span,
    )


def _holds(sentence: Span | None, answer: Span) -> bool:
    return sentence is not None and sentence.start <= answer.start and answer.end <= sentence.end
