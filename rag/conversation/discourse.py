"""What a conversation has talked about so far, and which of it a pronoun most likely stands for.

Salience by recency, by how often and where something was named, in the manner of Lappin and Leass
("An Algorithm for Pronominal Anaphora Resolution", 1994), on rules in place of a parse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rag.agreement.telling import without_tellers
from rag.conversation.mentions import (
    Kind,
    Mention,
    names_in,
    names_in_title,
    phrases_in,
)
from rag.presentation.gazetteer import EITHER, HE, SHE
from rag.reading.question import AnswerType, analyse
from rag.reading.terms import fold, terms_of


class Anaphor(StrEnum):
    """Groups of words that stand for something said before."""

    HE = "he"
    SHE = "she"
    THEY = "they"
    IT = "it"
    THERE = "there"
    THEN = "then"
    TOPIC = "topic"
    """No word at all: what the conversation is about."""


_AFFINITY: dict[Anaphor, dict[Kind, float]] = {
    Anaphor.HE: {Kind.PERSON: 1.0, Kind.NAME: 0.1},
    Anaphor.SHE: {Kind.PERSON: 1.0, Kind.NAME: 0.1},
    Anaphor.THEY: {Kind.NAME: 1.0, Kind.PERSON: 0.3, Kind.PLACE: 2.0, Kind.PHRASE: 0.5},
    Anaphor.IT: {Kind.NAME: 0.5, Kind.PERSON: 0.3, Kind.PLACE: 0.4, Kind.PHRASE: 0.8},
    Anaphor.THERE: {Kind.PLACE: 1.0, Kind.NAME: 0.2},
    Anaphor.THEN: {Kind.DATE: 1.0},
    Anaphor.TOPIC: {Kind.NAME: 1.0, Kind.PERSON: 1.0, Kind.PLACE: 0.7, Kind.PHRASE: 0.6},
}
_OF_THE_SAME_NUMBER = 2.2
_NO_PLACE = frozenset({Anaphor.HE, Anaphor.SHE, Anaphor.IT, Anaphor.THEY})
_PERHAPS_A_PLACE = 0.3
_PERHAPS_A_PERSON, _SURELY_A_PERSON = 0.6, 0.1
_OF_THE_SAME_SEX, _OF_THE_OTHER_SEX = 3.0, 0.1
_BOUND = 4.0
_BOUND_OTHERWISE = 0.15
_ASKED, _ANSWERED, _TITLE = 1.0, 0.25, 2.0
_NAMED_LATER = 0.9
"""Of a further name in an answer that could be what was asked for."""
_FADING = 0.4
"""What is left of the weight of a mention after each question."""
_TITLE_FADING = 0.95
_WANTED = {
    AnswerType.PERSON: Kind.PERSON,
    AnswerType.PLACE: Kind.PLACE,
    AnswerType.ORGANISATION: Kind.NAME,
    AnswerType.DATE: Kind.DATE,
}
"""Kind of name that answers a question; in the answer to it, it is what was talked about."""
_SUBJECT = re.compile(
    r"\b(?:do|does|did|has|have|had|will|would|can|could|should) (?:the )?$", re.IGNORECASE
)
_OF_A_SUBJECT, _EMBEDDED = 1.5, 0.4
_TITLES_OF_PERSONS = {"mr": Anaphor.HE, "mrs": Anaphor.SHE, "ms": Anaphor.SHE, "sir": Anaphor.HE}


@dataclass(slots=True, eq=False)
class Entity:
    """Something that was talked about."""

    text: str
    keys: frozenset[str]
    kinds: set[Kind]
    plural: bool
    weights: list[tuple[int, float, float]] = field(default_factory=list)
    """Question number, weight and fading of each mention."""
    stands_for: set[Anaphor] = field(default_factory=set)
    """Pronouns that have meant it."""

    def salience(self, now: int) -> float:
        """How present it is after `now` questions."""
        return sum(weight * fading ** (now - turn) for turn, weight, fading in self.weights)

    def is_named_in(self, question: str) -> bool:
        """Whether the question has its words already."""
        return self.keys <= {term.key for term in terms_of(question)}


class Discourse:
    """Remembers what was named, question by question."""

    def __init__(self) -> None:
        self._entities: list[Entity] = []
        self._questions = 0
        self._said: set[str] = set()
        self._wanted: Kind | None = None
        self.answered: Entity | None = None
        """Who or what the last question asked for by a name, as its answer has it first."""

    def hear(self, question: str) -> None:
        """Take in a question that stands alone."""
        self._questions += 1
        self.answered = None
        self._said.update(term.key for term in terms_of(question))
        self._wanted = _WANTED.get(analyse(question).main_type)
        phrases, names = phrases_in(question), names_in(question)
        weighted = []
        for mention in (*phrases, *names):
            subject = _SUBJECT.search(question[: mention.start]) is not None
            embedded = any(mention.keys < phrase.keys for phrase in phrases)
            weight = _ASKED * (_OF_A_SUBJECT if subject else 1.0) * (_EMBEDDED if embedded else 1.0)
            weighted.append((mention, weight))
        self._note(weighted, _FADING)

    def read(self, answer: str, titles: Sequence[str]) -> None:
        """Take in an answer and the titles of what it cites."""
        answer = without_tellers(answer)
        self._said.update(term.key for text in (answer, *titles) for term in terms_of(text))
        for title in titles:
            named, whole = names_in_title(title)
            if whole:
                self._note([(mention, _TITLE) for mention in named], _TITLE_FADING)
            else:
                self._note([(mention, _ANSWERED) for mention in named], _FADING)
        wanted = self._wanted
        named = names_in(answer)
        first = min((m.start for m in named if m.kind is wanted), default=-1)
        weights = [
            (_ANSWERED if m.kind is not wanted else _ASKED if m.start == first else _NAMED_LATER)
            for m in named
        ]
        self._note(list(zip(named, weights, strict=True)), _FADING)
        if first >= 0:
            self.answered = next(
                self._entity_of(m) for m in named if (m.start, m.kind) == (first, wanted)
            )

    def antecedent(self, anaphor: Anaphor) -> Entity | None:
        """What it most likely stands for; the later mentioned of two that are equally likely."""
        scored = [(self._score(entity, anaphor), n) for n, entity in enumerate(self._entities)]
        best = max(scored, default=(0.0, 0))
        return self._entities[best[1]] if best[0] > 0 else None

    def has_said(self, key: str) -> bool:
        """Whether any turn has the word with this key."""
        return key in self._said

    def entities(self) -> list[Entity]:
        """All that was mentioned, most salient first."""
        return sorted(self._entities, key=lambda e: -e.salience(self._questions))

    def _score(self, entity: Entity, anaphor: Anaphor) -> float:
        affinity = max(_AFFINITY[anaphor].get(kind, 0.0) for kind in entity.kinds)
        if anaphor is Anaphor.THERE and Kind.PLACE not in entity.kinds >= {Kind.PERSON}:
            return 0.0
        if anaphor in {Anaphor.HE, Anaphor.SHE} and (sex := _sex_of(entity)):
            affinity *= _OF_THE_SAME_SEX if anaphor is sex else _OF_THE_OTHER_SEX
        if anaphor in _NO_PLACE and Kind.PLACE in entity.kinds:
            affinity *= _PERHAPS_A_PLACE
        if anaphor is Anaphor.IT and Kind.PERSON in entity.kinds and len(entity.keys) > 1:
            affinity *= _SURELY_A_PERSON if _has_first_name(entity) else _PERHAPS_A_PERSON
        if anaphor in {Anaphor.THEY, Anaphor.IT}:
            agrees = entity.plural == (anaphor is Anaphor.THEY)
            affinity *= _OF_THE_SAME_NUMBER if agrees else 1.0
        if anaphor in entity.stands_for:
            affinity *= _BOUND
        elif entity.stands_for and anaphor is not Anaphor.TOPIC:
            affinity *= _BOUND_OTHERWISE
        return affinity * entity.salience(self._questions)

    def _note(self, weighted: Sequence[tuple[Mention, float]], fading: float) -> None:
        """Add to what was named; an entity counts once, with its heaviest mention."""
        heaviest: dict[int, float] = {}
        for mention, weight in weighted:
            entity = self._entity_of(mention)
            place = self._entities.index(entity)
            heaviest[place] = max(weight, heaviest.get(place, 0.0))
        for place, weight in heaviest.items():
            self._entities[place].weights.append((self._questions, weight, fading))

    def _entity_of(self, mention: Mention) -> Entity:
        """The entity that the mention names, new if need be. A name that is part of another is
        the same: the longer one is kept."""
        for entity in self.entities():
            if mention.keys == entity.keys or _one_name(mention, entity):
                entity.kinds.add(mention.kind)
                if len(mention.keys) > len(entity.keys):
                    entity.text, entity.keys = mention.text, mention.keys
                return entity
        entity = Entity(mention.text, mention.keys, {mention.kind}, mention.plural)
        title = mention.text.split()[0].rstrip(".").lower()
        if title in _TITLES_OF_PERSONS:
            entity.stands_for.add(_TITLES_OF_PERSONS[title])
        self._entities.append(entity)
        return entity


def _sex_of(entity: Entity) -> Anaphor | None:
    """The pronoun that a person's first name takes, where it is known."""
    words = entity.text.split()
    if Kind.PERSON not in entity.kinds or len(words) < 2:
        return None
    if fold(words[0]) in HE:
        return Anaphor.HE
    return Anaphor.SHE if fold(words[0]) in SHE else None


def _has_first_name(entity: Entity) -> bool:
    return fold(entity.text.split()[0]) in HE | SHE | EITHER


def _one_name(mention: Mention, entity: Entity) -> bool:
    if mention.plural or entity.plural or mention.kind in {Kind.PHRASE, Kind.DATE}:
        return False
    if entity.kinds & {Kind.PHRASE, Kind.DATE}:
        return False
    return mention.keys < entity.keys or entity.keys < mention.keys
