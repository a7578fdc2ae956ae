"""Saying why an answer was given or withheld. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.explanation import CollapsedCopy, Excerpt, Explanation, PassageExplanation
from rag.quoting import quoted_words
from rag.reading.base import Reading, SentenceReading
from rag.records import Answer, Candidate, Outcome

LLM, NO_READER = "llm", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """What a question, or one part of it, was answered from."""

    question: str
    candidates: Sequence[Candidate]
    """As they were found, best first."""
    read: int
    """How many of them the reader saw: the first ones."""
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A passage with the sentence of it that reads best, over all parts of the question."""

    candidate: Candidate
    read: bool
    best: SentenceReading | None


def explain(
    answer: Answer,
    considered: Sequence[Considered],
    *,
    threshold: float,
    reader: str,
    models: Mapping[str, str],
) -> Explanation:
    """Why `answer` is as it is; `considered` has one entry for each part of the question."""
    seen = _seen(considered)
    changed = answer.standalone_question != answer.question
    explanation = Explanation(
        reason="",
        confidence=round(_confidence(considered, threshold), 6),
        threshold=threshold,
        reader=reader,
        models=models,
        asked_as=answer.standalone_question if changed else None,
        parts=tuple(one.question for one in considered) if len(considered) > 1 else (),
        passages=[
            _explained(rank, seen[name], answer)
            for rank, name in enumerate(_order(answer, seen), start=1)
        ],
    )
    return replace(explanation, reason=_reason(answer, explanation))


def _confidence(considered: Sequence[Considered], threshold: float) -> float:
    """That of the part which is answered with the least; of the best one where none is."""
    read = [one.reading.answerability for one in considered]
    return min((one for one in read if one >= threshold), default=max(read, default=0.0))


def explained_again(answer: Answer) -> Answer:
    """The answer, its explanation brought up to what a language model made of it."""
    held = answer.explanation
    if held is None:
        return answer
    passages = [replace(one, quoted=_quoted(one.passage_id, answer)) for one in held.passages]
    held = replace(held, passages=passages)
    return replace(answer, explanation=replace(held, reason=_reason(answer, held)))


def _seen(considered: Sequence[Considered]) -> dict[str, _Seen]:
    """By passage id, in the order in which they were found, part by part."""
    seen: dict[str, _Seen] = {}
    for part in considered:
        best: dict[int, SentenceReading] = {}
        for sentence in part.reading.sentences:  # best first
            best.setdefault(sentence.candidate, sentence)
        for position, candidate in enumerate(part.candidates):
            name = candidate.passage.passage_id
            found = _Seen(candidate=candidate, read=position < part.read, best=best.get(position))
            seen[name] = _better(seen[name], found) if name in seen else found
    return seen


def _better(held: _Seen, other: _Seen) -> _Seen:
    """Which of two views of one passage says more: the one that reads better."""
    score = -1.0 if held.best is None else held.best.score
    better = other if other.best is not None and other.best.score > score else held
    return replace(better, read=held.read or other.read)


def _order(answer: Answer, seen: Mapping[str, _Seen]) -> list[str]:
    """Ids of the passages that are listed, in their order, then of those that were only read."""
    listed = [one.passage_id for one in answer.retrieved if one.passage_id in seen]
    return listed + [name for name, one in seen.items() if one.read and name not in listed]


def _explained(rank: int, seen: _Seen, answer: Answer) -> PassageExplanation:
    candidate, best = seen.candidate, seen.best
    excerpt = None
    if best is not None:
        words = quoted_words(candidate, best.span)
        excerpt = Excerpt(text=words, start=best.span.start, end=best.span.end)
    fused = candidate.score if candidate.fused is None else candidate.fused
    return PassageExplanation(
        rank=rank,
        passage_id=candidate.passage.passage_id,
        article_id=candidate.passage.article_id,
        title=candidate.title,
        publisher=candidate.publisher,
        published_at=candidate.published_at,
        dense=candidate.dense,
        lexical=candidate.lexical,
        fused=round(fused, 6),
        cross_encoder=candidate.cross_encoder,
        read=seen.read,
        reading=None if best is None else round(best.score, 6),
        best_sentence=excerpt,
        quoted=_quoted(candidate.passage.passage_id, answer),
        collapsed=tuple(
            CollapsedCopy(
                article_id=copy.article_id,
                publisher=copy.publisher,
                title=copy.title,
                shared=copy.shared,
            )
            for copy in candidate.also_carried_by
        ),
    )


def _quoted(passage_id: str, answer: Answer) -> tuple[int, ...]:
    return tuple(one.n for one in answer.citations if one.passage_id == passage_id)


def _reason(answer: Answer, held: Explanation) -> str:
    measured = f"confidence {held.confidence:.2f}, and at least {held.threshold:.2f} is asked for"
    number = len(answer.citations)
    quotes = "one quote" if number == 1 else f"{number} quotes"
    given = answer.outcome is Outcome.ANSWERED
    if answer.mode == LLM and given:
        return f"Worded by a language model from {quotes}, each sentence checked; {measured}."
    if answer.mode == LLM:
        return f"Withheld: the language model finds no answer in the quotes; {measured}."
    if given and held.parts:
        return f"Answered with {quotes}: the least sure part that is answered has {measured}."
    if given:
        return f"Answered with {quotes}: what was read answers with {measured}."
    if not held.passages:
        return "Withheld: no passage was found."
    if held.reader == NO_READER:
        return "Withheld: there is no reader (QUOTH_READER=none), and so nothing is answered."
    if held.confidence >= held.threshold:
        return f"Withheld: {measured}, but what was read could not be quoted."
    return f"Withheld: what was read answers with {measured}."
