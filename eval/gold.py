"""Gold questions: what a line of a gold file holds, and how a file of them is read."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from eval.invalid import describe_invalid
from eval.normalise import normalise_answer
from index.errors import GoldInvalid


def _comparable(answer: str) -> str:
    if not normalise_answer(answer):
        raise ValueError("nothing is left of it once punctuation and articles are taken out")
    return answer


UNFINISHED = "TODO:"
"""How a drafted question begins that a person has still to write; nobody is scored on it."""

NonBlank = Annotated[str, StringConstraints(pattern=r"\S")]
GoldAnswer = Annotated[NonBlank, AfterValidator(_comparable)]


Alternatives = Annotated[tuple[GoldAnswer, ...], Field(min_length=1)]


class _GoldModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Evidence(_GoldModel):
    """Words of one article that answer the question."""

    article: NonBlank
    """The article's id, its URL, or the path or name of the file it came from."""
    quote: NonBlank
    """Verbatim words of the article; white space and the shape of quotes do not matter."""


class Turn(_GoldModel):
    """One message of the conversation that led up to the question."""

    role: Literal["user", "assistant", "system"]
    content: str


class GoldQuestion(_GoldModel):
    """A question, whether the archive answers it, and with which words."""

    id: NonBlank
    question: NonBlank
    answerable: bool
    answers: tuple[GoldAnswer, ...] = ()
    """Alternatives: any one of them is right."""
    items: tuple[GoldAnswer | Alternatives, ...] = ()
    """The members of a list that is asked for, each a name or its alternatives."""
    evidence: tuple[Evidence, ...] = ()
    contradicted_by: tuple[Evidence, ...] = ()
    """What contradicts an unanswerable question's premise: each item does so by itself, and to
    answer with nothing else is right too."""
    as_of: date | None = None
    tags: tuple[NonBlank, ...] = ()
    conversation: tuple[Turn, ...] = ()
    note: str | None = None
    """For whoever reads the file; nothing depends on it."""

    @model_validator(mode="after")
    def _check_consistency(self) -> GoldQuestion:
        if self.question.lstrip().startswith(UNFINISHED):
            raise ValueError(f"the question is unfinished: it begins with {UNFINISHED!r}")
        if self.answerable:
            has = {"answers": self.answers or self.items, "evidence": self.evidence}
            missing = [name for name, given in has.items() if not given]
            if missing:
                raise ValueError(f"an answerable question needs {' and '.join(missing)}")
            if self.contradicted_by:
                raise ValueError("an answerable question has no contradicted_by")
            return self
        given = [name for name in ("answers", "items", "evidence") if getattr(self, name)]
        if given:
            raise ValueError(f"an unanswerable question has no {' and no '.join(given)}")
        return self

    @property
    def quoted(self) -> tuple[Evidence, ...]:
        """The words that the question is judged by: what answers it, or contradicts its premise."""
        return self.evidence or self.contradicted_by


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSource:
    """Which gold file an evaluation used."""

    name: str
    sha256: str
    sampled: int | None = None
    """How many of its questions were drawn; None is all of them."""
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldLine:
    """One line of a gold file that is not blank: its question, or what is wrong with it."""

    number: int
    """From 1, as editors count."""
    text: str
    question: GoldQuestion | None = None
    fault: str | None = None


def load_gold(path: Path) -> list[GoldQuestion]:
    """Return the questions of a gold file (JSON Lines, UTF-8), in file order.

    Blank lines are skipped. Raises: GoldInvalid, naming file and line, at the first line that is
    wrong, and where the file is missing, unreadable or empty.
    """
    questions = []
    for line in read_gold_lines(path):
        if line.question is None:
            raise GoldInvalid(f"{path}:{line.number}: {line.fault}")
        questions.append(line.question)
    return questions


def read_gold_lines(path: Path) -> list[GoldLine]:
    """Return all lines of a gold file, right and wrong ones. An id that an earlier line has is
    wrong. Raises: GoldInvalid where the file is missing, unreadable, not UTF-8 or empty."""
    lines = []
    first_line: dict[str, int] = {}
    for number, text in enumerate(_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        line = _parse(number, text)
        if line.question is not None:
            first = first_line.setdefault(line.question.id, number)
            if first != number:
                fault = f"the id {line.question.id!r} is already used in line {first}"
                line = GoldLine(number=number, text=line.text, fault=fault)
        lines.append(line)
    if not lines:
        raise GoldInvalid(f"{path} holds no questions", hint="one JSON object a line is expected")
    return lines


def gold_source(path: Path) -> GoldSource:
    """Return the file's name and the SHA-256 of its bytes. Raises: GoldInvalid if unreadable."""
    return GoldSource(name=path.name, sha256=hashlib.sha256(_read(path)).hexdigest())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise GoldInvalid(f"{path} does not exist", hint="give the path of a gold file") from error
    except OSError as error:
        raise GoldInvalid(f"{path} cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return _read(path).removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GoldInvalid(f"{path}:{line}: not UTF-8", hint="save the file as UTF-8") from error


def _parse(number: int, text: str) -> GoldLine:
    try:
        return GoldLine(number=number, text=text, question=GoldQuestion.model_validate_json(text))
    except ValidationError as error:
        return GoldLine(number=number, text=text, fault=describe_invalid(error))
