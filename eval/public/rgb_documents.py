"""The layout of RGB's files, and which documents a question is given.

The choice is that of `processdata` in the authors' `evalue.py` (github.com/chen700564/RGB), which
seeds Python's generator anew for each question, so that it can be repeated to the document.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator, model_validator

from eval.public.lines import Layout, NonBlank

DOCUMENTS = 5
"""Documents that a question is given (`passage_num`)."""
REJECTION = 1.0
"""The noise rate at which no document holds the answer."""
SEED = 2333

Part = str | tuple[str, ...]
"""A text, or several that stand for one."""
DocumentKey = tuple[str, int]
"""Under which list a document stands, and where."""


def _listed(value: object) -> tuple[Part, ...]:
    """Return a list of texts, or of lists of texts, as tuples. Raises: ValueError."""
    listed = value if isinstance(value, list) else []
    entries = tuple(tuple(entry) if isinstance(entry, list) else entry for entry in listed)
    texts = [
        text for entry in entries for text in (entry if isinstance(entry, tuple) else (entry,))
    ]
    if not entries or () in entries or not all(isinstance(t, str) and t.strip() for t in texts):
        raise ValueError("a list of texts, or of lists of texts, is expected")
    return entries


def _documents(value: object) -> tuple[Part, ...]:
    entries = _listed(value)
    if len({isinstance(entry, str) for entry in entries}) > 1:
        raise ValueError("texts and lists of texts are mixed")
    return entries


def _answer(value: object) -> tuple[Part, ...]:
    return _listed([value] if isinstance(value, str) else value)


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


class RgbQuestion(Layout):
    """One line of `en.json`, `en_refine.json`, `en_int.json` or `en_fact.json`."""

    id: Annotated[NonBlank, BeforeValidator(_as_text)]
    query: NonBlank
    answer: Annotated[tuple[Part, ...], PlainValidator(_answer)]
    """Parts that must all be said; a part may be a list of ways to say it."""
    positive: Annotated[tuple[Part, ...], PlainValidator(_documents)]
    """A list of lists in `en_int.json`: one for each part of the answer."""
    negative: tuple[NonBlank, ...]
    positive_wrong: Annotated[tuple[Part, ...], PlainValidator(_documents)] | None = None
    fakeanswer: Annotated[tuple[Part, ...], PlainValidator(_answer)] | None = None
    """The false answer, or ways to say it."""

    @model_validator(mode="after")
    def _check_pairs(self) -> RgbQuestion:
        if self.positive_wrong is not None and len(self.positive_wrong) != len(self.positive):
            raise ValueError("'positive_wrong' and 'positive' differ in length")
        return self

    @property
    def kind(self) -> str:
        """Which testbed it is of."""
        if self.positive_wrong is not None:
            return "counterfactual"
        return "noise" if isinstance(self.positive[0], str) else "integration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What documents questions are given."""

    label: str
    noise_rate: float = 0.0
    correct_rate: float = 0.0


def choose_documents(question: RgbQuestion, condition: Condition) -> tuple[DocumentKey, ...]:
    """Return the documents that the authors' `processdata` chooses, before it shuffles them."""
    chance = random.Random(SEED)  # noqa: S311 - theirs
    noise = math.ceil(DOCUMENTS * condition.noise_rate)
    match question.kind:
        case "integration":
            return _for_integration(question, DOCUMENTS - noise, chance)
        case "counterfactual":
            return _for_counterfactual(question, noise, condition.correct_rate, chance)
    positive, negative = len(question.positive), len(question.negative)
    right = DOCUMENTS - noise
    if condition.noise_rate < REJECTION:
        if noise > negative:
            noise, right = negative, DOCUMENTS - negative
        elif right > positive:
            noise, right = DOCUMENTS - positive, positive
    return (
        *(("positive", i) for i in range(min(right, positive))),
        *(("negative", i) for i in range(min(noise, negative))),
    )


def document_text(question: RgbQuestion, key: DocumentKey) -> str:
    """Return the text of a document that was chosen."""
    kind, place = key
    listed: tuple[Part, ...] = getattr(question, kind)
    flat = [text for entry in listed for text in ((entry,) if isinstance(entry, str) else entry)]
    return flat[place]


def _for_integration(
    question: RgbQuestion, wanted: int, chance: random.Random
) -> tuple[DocumentKey, ...]:
    """One document for each part of the answer, then second ones and so on, then noise."""
    groups: list[list[int]] = []
    after = 0
    for part in question.positive:
        group = list(range(after, after + len(part)))
        after += len(part)
        chance.shuffle(group)
        groups.append(group)
    chosen = [group[0] for group in groups]
    if len(chosen) < wanted:
        later = (g[i] for i in range(1, max(map(len, groups))) for g in groups if len(g) > i)
        chosen += [number for number, _ in zip(later, range(wanted - len(chosen)), strict=False)]
    noise = min(max(DOCUMENTS - len(chosen), 0), len(question.negative))
    return (*(("positive", i) for i in chosen), *(("negative", i) for i in range(noise)))


def _for_counterfactual(
    question: RgbQuestion, noise: int, correct_rate: float, chance: random.Random
) -> tuple[DocumentKey, ...]:
    correct = math.ceil(DOCUMENTS * correct_rate)
    places = list(range(len(question.positive)))
    false = chance.sample(places, min(len(places), max(DOCUMENTS - noise - correct, 0)))
    remaining = [place for place in places if place not in false]
    true = chance.sample(remaining, min(len(remaining), correct)) if remaining and correct else []
    return (
        *(("positive_wrong", i) for i in false),
        *(("positive", i) for i in true),
        *(("negative", i) for i in range(min(noise, len(question.negative)))),
    )
