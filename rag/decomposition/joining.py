"""One answer of the answers to the parts of a question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from rag.agreement.telling import renumbered, spoken
from rag.presentation.presenting import glossed
from rag.records import Agreement, Answer, Citation, Outcome, RetrievedPassage

_Numbers = Mapping[int, int]
"""Number of a citation in its part → its number in the whole."""


def joined(parts: Sequence[Answer], *, top_k: int) -> Answer:
    """The answers to the parts of one question, in order, as one; each names its part in
    `question`. A part that the archive does not answer is named in `answer` and `notice`, and there
    is no short answer to the whole then.

    `confidence` is that of the weakest part that was answered. What is one for the whole question
    (`id`, `question`, `timings_ms`) is the first part's.
    """
    if len(parts) == 1:
        return parts[0]
    retrieved = _interleaved([part.retrieved for part in parts])[:top_k]
    answered = [part for part in parts if part.outcome is Outcome.ANSWERED]
    if not answered:
        best = max(part.confidence for part in parts)
        return replace(parts[0], retrieved=retrieved, confidence=best)
    citations, numbers = _merged(answered)
    said = [_told(part, by) for part, by in zip(answered, numbers, strict=True)]
    silent = [part.question for part in parts if part.outcome is not Outcome.ANSWERED]
    notice = f"The archive does not say: {' '.join(silent)}" if silent else None
    short = [part.short_answer for part in answered]
    sentences = [
        replace(sentence, citations=tuple(by[n] for n in sentence.citations))
        for part, by in zip(answered, numbers, strict=True)
        for sentence in part.sentences
    ]
    return replace(
        answered[0],
        answer=" ".join(filter(None, dict.fromkeys([*said, notice]))),
        short_answer="; ".join(filter(None, short)) if all(short) and not silent else None,
        confidence=min(part.confidence for part in answered),
        sentences=tuple(dict.fromkeys(sentences)),
        citations=citations,
        agreement=_agreement(answered, numbers),
        disagreements=tuple(
            renumbered(disagreement, by)
            for part, by in zip(answered, numbers, strict=True)
            for disagreement in part.disagreements
        ),
        retrieved=retrieved,
        notice=notice,
    )


def _merged(answered: Sequence[Answer]) -> tuple[tuple[Citation, ...], list[_Numbers]]:
    """All citations, each quote once, numbered from 1, and the new numbers part by part."""
    merged: dict[tuple[str, int, int], Citation] = {}
    numbers: list[_Numbers] = []
    for part in answered:
        by: dict[int, int] = {}
        for citation in part.citations:
            place = (citation.article_id, citation.start, citation.end)
            kept = merged.setdefault(place, replace(citation, n=len(merged) + 1))
            by[citation.n] = kept.n
        numbers.append(by)
    return tuple(merged.values()), numbers


def _told(part: Answer, by: _Numbers) -> str:
    """The part's text with the new numbers; put into words again, since a quote may hold a "[1]"
    of its own."""
    citations = [replace(citation, n=by[citation.n]) for citation in part.citations]
    return spoken([renumbered(one, by) for one in part.disagreements], citations, glossed)


def _agreement(answered: Sequence[Answer], numbers: Sequence[_Numbers]) -> Agreement:
    """That of the part that the fewest publishers agree on."""
    part, by = min(
        zip(answered, numbers, strict=True),
        key=lambda pair: pair[0].agreement.independent_publishers,
    )
    return replace(part.agreement, citations=tuple(by[n] for n in part.agreement.citations))


def _interleaved(lists: Sequence[Sequence[RetrievedPassage]]) -> list[RetrievedPassage]:
    """The best of each part, then the second of each, and so on; each passage once."""
    found: dict[str, RetrievedPassage] = {}
    for rank in zip_longest(*lists):
        for passage in rank:
            if passage is not None:
                found.setdefault(passage.passage_id, passage)
    return list(found.values())
