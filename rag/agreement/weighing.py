"""The front door of `rag.agreement`: what was read, weighed; what to quote for it, and how sure the
answer is with it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.agreement.claims import Claim, claims_of
from rag.agreement.positions import Grouped, group
from rag.reading.base import Reading, SentenceReading
from rag.reading.question import Question
from rag.records import Candidate

MORE_PUBLISHERS = 3
"""Most publishers quoted for an answer beside the first."""
PER_POSITION = 3
"""Most quotes of one of several positions."""
MOST_POSITIONS = 3
"""Most positions that are told; others are seldom of the same thing."""
DEPENDENCE = 0.5
"""Share of a further publisher's score that counts: publishers lean on the same agencies."""


def weigh(reading: Reading, candidates: Sequence[Candidate], question: Question) -> Grouped:
    """Who says the same as the best sentence, and who surely says otherwise."""
    claims = claims_of(reading, candidates, question)
    if not claims or claims[0].sentence != reading.sentences[0]:  # the best says nothing comparable
        return group((), candidates)
    return group(claims, candidates)


def quoted(chosen: Sequence[SentenceReading], weighed: Grouped) -> list[SentenceReading]:
    """The sentences to quote: those chosen, and one of each further publisher that says the same.
    Where there are several positions, theirs alone, in the order of the positions."""
    if weighed.kind == "agreed":
        more = [claim.sentence for claim in further(weighed)][:MORE_PUBLISHERS]
        return [*chosen, *(s for s in more if s not in chosen)]
    return [
        claim.sentence
        for stand in weighed.stands[:MOST_POSITIONS]
        for claim in stand.independent[:PER_POSITION]
    ]


def lead(chosen: Sequence[SentenceReading], weighed: Grouped) -> SentenceReading:
    """The sentence whose words are the short answer: of several positions the first told one's."""
    return weighed.stands[0].best.sentence if weighed.kind != "agreed" else chosen[0]


def compared(weighed: Grouped) -> list[SentenceReading]:
    """The sentences whose answering words agree or differ; those that take a stance as a whole have
    no such words."""
    claims = (claim for stand in weighed.stands for claim in stand.claims)
    return [claim.sentence for claim in claims if claim.words != claim.text]


def further(weighed: Grouped) -> tuple[Claim, ...]:
    """One claim of each further independent publisher that says the same as the first."""
    return weighed.stands[0].independent[1:] if weighed.stands else ()


def confidence(answerability: float, weighed: Grouped) -> float:
    """Probability that the evidence answers, with the publishers that say the same: noisy-or
    (Pearl, 1988) of the reader's own and `DEPENDENCE` of each further publisher's score. It never
    falls, and is the reader's own where nobody else says so."""
    others = (1.0 - DEPENDENCE * claim.sentence.score for claim in further(weighed))
    return 1.0 - (1.0 - answerability) * math.prod(others)
