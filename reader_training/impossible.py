"""Questions that their passage does not answer, made from questions that it answers.

As the writers of SQuAD 2 made them (Rajpurkar, Jia and Liang 2018, table 1): another name, figure
or date of the same passage, a negation, the opposite of a word, or another word.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable

_NAME = re.compile(r"(?<=[a-z0-9,’'] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_YEAR = re.compile(r"\b(?:1\d|20)\d{2}\b")
_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*(?<![.,])(?![\w])")
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_WORD = re.compile(r"\b[a-z]{5,}\b")
_VERB = re.compile(r"\b(did|does|do|is|was|are|were|can|could|has|had|will|would)\b(?! not)")
_ABOUT_ONE = re.compile(r"(?:what|who|which)\b", re.IGNORECASE)
_OPPOSITES = (
    "first last", "largest smallest", "biggest smallest", "highest lowest", "most least",
    "more less", "before after", "earlier later", "oldest youngest", "older younger",
    "best worst", "better worse", "longest shortest", "increase decrease",
    "increased decreased", "rise fall", "rose fell", "north south", "northern southern",
    "east west", "eastern western", "won lost", "win lose", "started ended", "start end",
    "began finished", "begin finish", "founded dissolved", "created destroyed", "built demolished",
    "opened closed", "open close", "male female", "men women", "man woman", "father mother",
    "son daughter", "brother sister", "husband wife", "king queen", "born died", "birth death",
    "introduced withdrawn", "supported opposed", "support oppose", "allowed banned",
    "accepted rejected", "accept reject", "bought sold", "buy sell", "public private",
    "major minor", "maximum minimum", "early late", "left right", "inside outside",
    "above below", "upper lower", "positive negative", "liked disliked", "like dislike",
    "love hate", "easy difficult", "cheap expensive", "fast slow", "new old", "always never",
    "previous next", "joined left", "married divorced", "released cancelled", "success failure",
    "successful unsuccessful", "popular unpopular", "modern ancient", "domestic foreign",
    "urban rural", "advantage disadvantage", "strongest weakest", "strong weak",
    "attacked defended", "attack defend", "arrived departed", "arrive depart", "raised lowered",
    "gained lost", "heaviest lightest", "hot cold", "warm cool", "summer winter",
    "majority minority",
    "predecessor successor", "hero villain", "teacher student", "parents children",
)  # fmt: skip
OPPOSITE_OF = {
    word: other
    for pair in _OPPOSITES
    for word, other in (pair.split(), reversed(pair.split()))
}  # fmt: skip

Change = Callable[[str, str, Iterable[str], random.Random], str | None]


def _of_one_kind(pattern: re.Pattern[str]) -> Change:
    def change(
        question: str, passage: str, answers: Iterable[str], rng: random.Random
    ) -> str | None:
        given = [m.group() for m in pattern.finditer(question)]
        said = " ".join((question, *answers)).lower()
        others = [
            m.group() for m in pattern.finditer(passage)
            if m.group().lower() not in said and not any(g in m.group() for g in given)
        ]  # fmt: skip
        if not given or not others:
            return None
        return question.replace(rng.choice(given), rng.choice(sorted(set(others))), 1)

    return change


def _opposite(
    question: str, _passage: str, _answers: Iterable[str], rng: random.Random
) -> str | None:
    words = [w for w in question.split() if w.lower().strip("?,.") in OPPOSITE_OF]
    if not words:
        return None
    word = rng.choice(words).strip("?,.")
    return re.sub(rf"\b{re.escape(word)}\b", OPPOSITE_OF[word.lower()], question, count=1)


def _negated(
    question: str, _passage: str, _answers: Iterable[str], _rng: random.Random
) -> str | None:
    return _put_not(question) if _ABOUT_ONE.match(question) else None


def _put_not(question: str) -> str | None:
    found = _VERB.search(question)
    if found is None:
        return None
    if found.group(1) in ("did", "does", "do"):
        rest = question[found.end() :].split(" ")
        # "did the king sign": the verb stands after its subject; short subjects only.
        if len(rest) < 3:
            return None
        return question[: found.end()] + " ".join([*rest[:2], "not", *rest[2:]])
    return f"{question[: found.end()]} not{question[found.end() :]}"


def _other_word(
    question: str, passage: str, answers: Iterable[str], rng: random.Random
) -> str | None:
    said = " ".join((question, *answers)).lower()
    given = [w for w in _WORD.findall(question) if w in passage]
    rng.shuffle(given)
    for word in given:
        others = sorted(
            {w for w in _WORD.findall(passage) if w[-2:] == word[-2:] and w[:4] not in said}
        )
        if others:
            return re.sub(rf"\b{word}\b", rng.choice(others), question, count=1)
    return None


CHANGES: tuple[tuple[float, Change], ...] = (
    (4.0, _of_one_kind(_NAME)),
    (2.0, _of_one_kind(_YEAR)),
    (1.5, _of_one_kind(_FIGURE)),
    (1.0, _of_one_kind(_MONTH)),
    (2.5, _opposite),
    (0.5, _negated),
    (1.0, _other_word),
)
"""Each change with its weight."""


def changed_question(
    question: str, passage: str, answers: Iterable[str], rng: random.Random
) -> str | None:
    """The question so changed that the passage does not answer it, as far as can be told; None
    where no change is possible."""
    answers = tuple(answers)
    made = [(w, c(question, passage, answers, rng)) for w, c in CHANGES]
    possible = [(w, text) for w, text in made if text is not None and text != question]
    if not possible:
        return None
    weights = [weight for weight, _ in possible]
    return rng.choices([text for _, text in possible], weights)[0]
