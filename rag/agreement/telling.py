"""Agreement and disagreement as an answer states them: by the numbers of its citations, and in
words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rag.agreement.claims import Claim
from rag.agreement.positions import Grouped, Stand
from rag.records import Agreement, Citation, Disagreement, Position

_TELLERS = re.compile(
    r"(?:(?:^|(?<= ))(?:Sources differ|This has been updated)\. |(?<=\] )Earlier, |(?<=\] ))"
    r"[A-Z][^:.!?\[\]]{1,150}: "
)
Wording = Callable[[Citation], str]
"""A quote as it is shown in the answer's text, without its number."""
_OPENINGS = {"differ": "Sources differ.", "updated": "This has been updated."}


def agreement_of(weighed: Grouped, citations: Sequence[Citation]) -> Agreement:
    """Who says what the first citation of the answer says; it alone where nothing is comparable."""
    if not citations:
        return Agreement(independent_publishers=0)
    cited = _cited(weighed.stands[0], citations) if weighed.stands else []
    if not cited:
        first = citations[0]
        return Agreement(
            independent_publishers=1,
            publishers=(first.publisher,) if first.publisher else (),
            citations=(first.n,),
        )
    stand = Stand(claims=tuple(claim for claim, _ in cited))
    return Agreement(
        independent_publishers=stand.sources,
        publishers=stand.publishers,
        citations=tuple(citation.n for _, citation in cited),
    )


def disagreements_of(weighed: Grouped, citations: Sequence[Citation]) -> tuple[Disagreement, ...]:
    """The positions that are cited, where there are two or more."""
    if weighed.kind == "agreed":
        return ()
    found = [_cited(stand, citations) for stand in weighed.stands]
    positions = tuple(_position(cited) for cited in found if cited)
    if len(positions) < 2:
        return ()
    numbers = tuple(n for position in positions for n in position.citations)
    return (Disagreement(kind=weighed.kind, positions=positions, citations=numbers),)


def spoken(
    disagreements: Sequence[Disagreement], citations: Sequence[Citation], wording: Wording
) -> str:
    """The answer's text: the positions, then what else is quoted; the quotes one after another
    where nobody differs."""
    told = {n for one in disagreements for n in one.citations}
    others = [f"{wording(c)} [{c.n}]" for c in citations if c.n not in told]
    return " ".join(filter(None, (differing(disagreements, citations, wording), *others)))


def differing(
    disagreements: Sequence[Disagreement], citations: Sequence[Citation], wording: Wording
) -> str:
    """The positions in words, each with who says so and, of updates, when."""
    held = {citation.n: citation for citation in citations}
    return " ".join(_told(one, held, wording) for one in disagreements)


def without_tellers(answer: str) -> str:
    """An answer's text without who says each of its positions, and when."""
    if not any(opening in answer for opening in _OPENINGS.values()):
        return answer
    return _TELLERS.sub("", answer)


def _told(one: Disagreement, held: dict[int, Citation], wording: Wording) -> str:
    parts = [_OPENINGS[one.kind]]
    for place, position in enumerate(one.positions):
        who = _listed(position.publishers) or "An unnamed publisher"
        if one.kind == "updated" and position.published_at is not None:
            who = f"{who}, {_day(position.published_at)}"
        if one.kind == "updated" and place:
            who = f"Earlier, {who}"
        quotes = " ".join(f"{wording(held[n])} [{n}]" for n in position.citations)
        parts.append(f"{who}: {quotes}")
    return " ".join(parts)


def _position(cited: Sequence[tuple[Claim, Citation]]) -> Position:
    days = [citation.published_at for _, citation in cited if citation.published_at is not None]
    first, _ = cited[0]
    return Position(
        answer=first.words,
        citations=tuple(citation.n for _, citation in cited),
        publishers=Stand(claims=tuple(claim for claim, _ in cited)).publishers,
        published_at=max(days, default=None),
    )


def _cited(stand: Stand, citations: Sequence[Citation]) -> list[tuple[Claim, Citation]]:
    """The claims that the answer quotes, in the order of its citations."""
    return [
        (claim, citation)
        for citation in citations
        for claim in stand.claims
        if claim.candidate.passage.article_id == citation.article_id
        and citation.start <= claim.sentence.span.start
        and claim.sentence.span.end <= citation.end
    ]


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def carried(
    disagreements: Sequence[Disagreement],
    quoted: Sequence[Citation],
    citations: Sequence[Citation],
) -> tuple[list[Citation], tuple[Disagreement, ...]]:
    """The disagreements of a quoted answer in one with other citations: those that it lacks come
    after its own, and the positions have its numbers."""
    own = list(citations)
    numbers: dict[int, int] = {}
    for citation in quoted:
        if not any(citation.n in one.citations for one in disagreements):
            continue
        place = (citation.article_id, citation.start, citation.end)
        known = next((c.n for c in own if (c.article_id, c.start, c.end) == place), None)
        if known is None:
            known = max((c.n for c in own), default=0) + 1
            own.append(replace(citation, n=known))
        numbers[citation.n] = known
    return own, tuple(renumbered(one, numbers) for one in disagreements)


def renumbered(one: Disagreement, numbers: Mapping[int, int]) -> Disagreement:
    """The disagreement with other numbers for its citations: old → new."""
    return replace(
        one,
        positions=tuple(
            replace(position, citations=tuple(numbers[n] for n in position.citations))
            for position in one.positions
        ),
        citations=tuple(numbers[n] for n in one.citations),
    )
