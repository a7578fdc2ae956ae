"""Gold questions: what a line of a gold file holds, and how a file of them is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from eval.normalise import normalise_answer
from index.errors import GoldInvalid


def _comparable(answer: str) -> str:
    if not normalise_answer(answer):
        raise ValueError("nothing is left of it once punctuation and articles are taken out")
    return answer


NonBlank = Annotated[str, StringConstraints(pattern=r"\S")]
GoldAnswer = Annotated[NonBlank, AfterValidator(_comparable)]


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
    evidence: tuple[Evidence, ...] = ()
    as_of: date | None = None
    tags: tuple[NonBlank, ...] = ()
    conversation: tuple[Turn, ...] = ()

    @model_validator(mode="after")
    def _check_consistency(self) -> GoldQuestion:
        if self.answerable:
            missing = [name for name in ("answers", "evidence") if not getattr(self, name)]
            if missing:
                raise ValueError(f"an answerable question needs {' and '.join(missing)}")
            return self
        given = [name for name in ("answers", "evidence") if getattr(self, name)]
        if given:
            raise ValueError(f"an unanswerable question has no {' and no '.join(given)}")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSource:
    """Which gold file an evaluation used."""

    name: str
    sha256: str


def load_gold(path: Path) -> list[GoldQuestion]:
    """Return the questions of a gold file (JSON Lines, UTF-8), in file order.

    Blank lines are skipped. Raises: GoldInvalid, naming file and line, at the first line that is
    wrong, and where the file is missing, unreadable or empty.
    """
    try:
        text = _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad_line = error.object.count(b"\n", 0, error.start) + 1
        raise GoldInvalid(f"{path}:{bad_line}: not UTF-8", hint="save the file as UTF-8") from error
    questions: list[GoldQuestion] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        question = _parse(line, place=f"{path}:{number}")
        if question.id in first_line:
            raise GoldInvalid(
                f"{path}:{number}: the id {question.id!r} is already used "
                f"in line {first_line[question.id]}"
            )
        first_line[question.id] = number
        questions.append(question)
    if not questions:
        raise GoldInvalid(f"{path} holds no questions", hint="one JSON object a line is expected")
    return questions


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


def _parse(line: str, *, place: str) -> GoldQuestion:
    try:
        return GoldQuestion.model_validate_json(line)
    except ValidationError as error:
        reasons = "; ".join(_reason(detail) for detail in error.errors(include_url=False))
        raise GoldInvalid(f"{place}: {reasons}") from error


def _reason(detail: ErrorDetails) -> str:
    """Return one validation error in words, naming the key."""
    key = _key(detail["loc"])
    match detail["type"]:
        case "json_invalid":
            return f"not JSON ({detail['ctx']['error']})"
        case "model_type":
            return f"{key or 'the line'} is not a JSON object"
        case "missing":
            return f"{key!r} is missing"
        case "extra_forbidden":
            return f"{key!r} is not a known key"
        case "string_pattern_mismatch":
            return f"{key!r} is blank"
        case "value_error":
            message = str(detail["ctx"]["error"])
            return f"{key!r}: {message}" if key else message
        case _:
            return f"{key!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _key(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location)
