"""Claims grouped into positions: who says the same, and who surely says otherwise. Pure.

A disagreement is shown only where it is sure: another publisher (or a later day), the same kind of
value with the same unit, as much of the question in its sentence, a score near the best one's, and
no article on either side that holds both values, for then they are of different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rag.agreement.claims import Claim
from rag.agreement.values import (
    Amount,
    Moment,
    Name,
    Relation,
    amounts_in,
    compare,
    count_the_same,
)
from rag.reading.selection import text_of
from rag.reading.terms import same_name, terms_of
from rag.records import Candidate

NEAR_THE_BEST = 0.2
"""Share of the best claim's score that a claim needs to be set against it."""
AGREEING = 0.03
"""The same for a claim that says the same as the best one."""
COVERED_ALIKE = 0.6
"""Share of the question's words in the best sentence that another one must hold too."""
COVERED_BY_A_FIGURE = 0.5
"""The same for one that gives the same figure for the same unit."""
_SAME, _DIFFERENT = Relation.SAME, Relation.DIFFERENT
_OF_ONE_NAME = 2
"""Words of the question, names among them, that two sentences with different names must share."""
CLEARLY_LATER = timedelta(days=2)
"""Publishers of one evening put different days on their pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Claims that say the same, the best first."""

    claims: tuple[Claim, ...]

    @property
    def best(self) -> Claim:
        """The claim that speaks for it."""
        return self.claims[0]

    @property
    def days(self) -> list[date]:
        """The days on which it was published, as far as they are known."""
        return [claim.published_at for claim in self.claims if claim.published_at is not None]

    @property
    def publishers(self) -> tuple[str, ...]:
        """Names of those who publish it, in the order of its claims."""
        named = (claim.candidate.publisher for claim in self.claims)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @property
    def independent(self) -> tuple[Claim, ...]:
        """The best claim of each publisher and story, copies counted to whoever carries them."""
        kept: list[Claim] = []
        for claim in self.claims:
            if all(
                claim.carriers.isdisjoint(other.carriers)
                and claim.candidate.story_id != other.candidate.story_id
                for other in kept
            ):
                kept.append(claim)
        return tuple(kept)

    @property
    def sources(self) -> int:
        """How many publishers say so independently."""
        return len(self.independent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The stands that claims fall into."""

    kind: Literal["agreed", "differ", "updated"]
    stands: tuple[Stand, ...]
    """One where all agree; else two or more, in the order in which they are told: the best
    supported first, or where `updated` the latest first. Empty where nothing is comparable."""


def group(claims: Sequence[Claim], candidates: Sequence[Candidate]) -> Grouped:
    """The claims (best first) beside the best one, as stands; one claim an article."""
    if not claims:
        return Grouped(kind="agreed", stands=())
    lead = claims[0]
    stands: list[list[Claim]] = [[lead]]
    for claim in claims[1:]:
        same_figure = isinstance(claim.value, Amount) and compare(lead.value, claim.value) is _SAME
        least = COVERED_BY_A_FIGURE if same_figure else COVERED_ALIKE
        if _covers(claim, lead, least) and (same_figure or _are_of_one_thing(claim, lead)):
            _place(claim, stands, lead.sentence.score)
    agreed = _stand(stands[0])
    rivals = [_stand(held) for held in stands[1:]]
    told = [agreed, *(r for r in rivals if _is_of_the_same(agreed, r, candidates))]
    if len(told) == 1:
        return Grouped(kind="agreed", stands=(agreed,))
    return _in_order(told)


def _place(claim: Claim, stands: list[list[Claim]], best: float) -> None:
    """Put a claim with those that say the same, or open a stand that differs from all others."""
    share = claim.sentence.score / best
    article = claim.candidate.passage.article_id
    relations = [compare(held[0].value, claim.value) for held in stands]
    if _SAME in relations:
        same = stands[relations.index(_SAME)]
        if share >= AGREEING and all(article != each.candidate.passage.article_id for each in same):
            same.append(claim)
    elif (
        share >= NEAR_THE_BEST
        and all(one is _DIFFERENT for one in relations)
        and all(article != held[0].candidate.passage.article_id for held in stands)
    ):
        stands.append([claim])


def _covers(claim: Claim, lead: Claim, share: float) -> bool:
    """Whether a claim's sentence holds that share of the question's words in the best one."""
    if not lead.covered:
        return False
    return len(claim.covered & lead.covered) >= share * len(lead.covered)


def _are_of_one_thing(claim: Claim, lead: Claim) -> bool:
    """Whether both sentences hold more of the question than the kind of thing it asks for: a
    governor of one state is not set against that of another, nor seats against spectators."""
    shared = claim.covered & lead.covered
    if isinstance(lead.value, Name) and compare(lead.value, claim.value) is _DIFFERENT:
        return len(shared | (claim.named & lead.named)) >= _OF_ONE_NAME
    if isinstance(lead.value, Amount) and lead.asked - {lead.value.measure} - lead.value.further:
        return bool(shared - {lead.value.measure} - lead.value.further)
    return True


def _stand(claims: Sequence[Claim]) -> Stand:
    return Stand(claims=tuple(claims))


def _is_of_the_same(one: Stand, other: Stand, candidates: Sequence[Candidate]) -> bool:
    """Whether two differing stands are about the same thing, and of different sources or days."""
    later = _is_later(one, other) or _is_later(other, one)
    if not later and _carriers(one) & _carriers(other):
        return False
    if not later and {c.candidate.story_id for c in one.claims} & {
        c.candidate.story_id for c in other.claims
    }:
        return False
    newer = one if _is_later(one, other) else other
    return not any(
        _holds(claim, against.best, candidates)
        for stand, against in ((one, other), (other, one))
        if not (later and stand is newer)  # an update may say what was said before
        for claim in stand.claims
    )


def _carriers(stand: Stand) -> frozenset[str]:
    return frozenset().union(*(claim.carriers for claim in stand.claims))


def _holds(claim: Claim, other: Claim, candidates: Sequence[Candidate]) -> bool:
    """Whether the article of a claim gives the other's figure for the same unit too, or the
    claim's own sentence the other's words."""
    value = other.value
    if isinstance(value, Name):
        said = [term.key for term in terms_of(claim.text)]
        return all(any(same_name(key, word) for word in said) for key in value.keys)
    if not isinstance(value, Amount):
        return other.words != other.text and other.words.casefold() in claim.text.casefold()
    article = claim.candidate.passage.article_id
    return any(
        compare(held, value) is _SAME and count_the_same(held, value)
        for candidate in candidates
        if candidate.passage.article_id == article
        for span in candidate.passage.sentences
        for held in amounts_in(text_of(span, candidate))
    )


def _is_later(one: Stand, other: Stand) -> bool:
    """Whether all of one was published clearly after all of the other."""
    if len(one.days) < len(one.claims) or len(other.days) < len(other.claims):
        return False
    return min(one.days) >= max(other.days) + CLEARLY_LATER


def _are_of_the_past(stands: Sequence[Stand]) -> bool:
    """Whether different publishers give years that had passed when the first of them wrote: what
    happened then does not change by being told later."""
    moments = [stand.best.value for stand in stands]
    years = [moment.year for moment in moments if isinstance(moment, Moment)]
    days = [day for stand in stands for day in stand.days]
    return (
        len(years) == len(stands)
        and bool(days)
        and all(year is not None and year < min(days).year for year in years)
        and len({claim.source for stand in stands for claim in stand.claims}) > 1
    )


def _in_order(stands: Sequence[Stand]) -> Grouped:
    for newest in () if _are_of_the_past(stands) else stands:
        if all(_is_later(newest, other) for other in stands if other is not newest):
            latest = sorted(stands, key=lambda stand: max(stand.days), reverse=True)
            return Grouped(kind="updated", stands=tuple(latest))
    supported = sorted(stands, key=lambda stand: -stand.sources)
    return Grouped(kind="differ", stands=tuple(supported))
