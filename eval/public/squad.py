"""SQuAD files, 1.1 and 2.0 (Rajpurkar et al., EMNLP 2016; Rajpurkar, Jia and Liang, ACL 2018), and
the predictions that their evaluation scripts take: `{"question id": "answer"}`, an empty answer
for none, and `{"question id": probability that there is no answer}`.

Files may be gzipped. As in the scripts, a question is answerable where it lists an answer,
whatever its `is_impossible` says.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, FiniteFloat, TypeAdapter, ValidationError

from eval.public.lines import read_text
from index.errors import InputError
from index.records import Span

T = TypeVar("T")

_LAYOUT = 'SQuAD is {"data": [{"title", "paragraphs": [{"context", "qas": [{"id", …}]}]}]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadQuestion:
    """One question of a paragraph."""

    id: str
    question: str
    answers: tuple[str, ...]
    """Gold answers, as written; none where the paragraph does not answer."""
    spans: tuple[Span, ...]
    """Where they stand in the paragraph, in the same order."""

    @property
    def answerable(self) -> bool:
        """Whether the paragraph answers it."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadParagraph:
    """One paragraph with its questions."""

    title: str
    context: str
    questions: tuple[SquadQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadSet:
    """The paragraphs of a file, in file order."""

    name: str
    paragraphs: tuple[SquadParagraph, ...]

    @property
    def questions(self) -> tuple[SquadQuestion, ...]:
        """All questions, in file order."""
        return tuple(q for paragraph in self.paragraphs for q in paragraph.questions)

    @property
    def misplaced(self) -> int:
        """How many gold answers do not stand where the file says."""
        return sum(
            paragraph.context[span.start : span.end] != answer
            for paragraph in self.paragraphs
            for question in paragraph.questions
            for answer, span in zip(question.answers, question.spans, strict=True)
        )


class _Layout(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Answer(_Layout):
    text: str
    answer_start: int


class _Question(_Layout):
    id: str
    question: str
    answers: tuple[_Answer, ...] = ()


class _Paragraph(_Layout):
    context: str
    qas: tuple[_Question, ...]


class _Article(_Layout):
    title: str = ""
    paragraphs: tuple[_Paragraph, ...]


class _File(_Layout):
    data: tuple[_Article, ...]


def load_squad(path: Path) -> SquadSet:
    """Return the questions of a SQuAD file.

    Raises: InputError if the file is missing, unreadable, not SQuAD or without questions, or uses
    an id twice.
    """
    file = _parsed(path, TypeAdapter(_File), _LAYOUT)
    paragraphs = tuple(
        _paragraph(article.title, paragraph)
        for article in file.data
        for paragraph in article.paragraphs
    )
    found = SquadSet(name=path.name, paragraphs=paragraphs)
    seen: set[str] = set()
    for question in found.questions:
        if question.id in seen:
            raise InputError(f"{path}: two questions have the id {question.id!r}")
        seen.add(question.id)
    if not seen:
        raise InputError(f"{path} holds no questions", hint=_LAYOUT)
    return found


def load_predictions(path: Path) -> dict[str, str]:
    """Return question id → predicted answer. Raises: InputError if the file is not such a map."""
    return _parsed(path, TypeAdapter(dict[str, str]), 'predictions are {"question id": "answer"}')


def load_na_probs(path: Path) -> dict[str, float]:
    """Return question id → probability of no answer, in file order; any finite numbers will do.

    Raises: InputError if the file is not such a map.
    """
    kind = TypeAdapter(dict[str, FiniteFloat])
    return _parsed(path, kind, 'no-answer probabilities are {"question id": number}')


def sampled(squad: SquadSet, size: int, seed: int) -> SquadSet:
    """Return the file with `size` of its questions, drawn by `seed`; its paragraphs all stay."""
    ids = [question.id for question in squad.questions]
    kept = set(random.Random(seed).sample(ids, min(size, len(ids))))  # noqa: S311 - no secret
    return replace(
        squad,
        paragraphs=tuple(
            replace(paragraph, questions=tuple(q for q in paragraph.questions if q.id in kept))
            for paragraph in squad.paragraphs
        ),
    )


def _paragraph(title: str, paragraph: _Paragraph) -> SquadParagraph:
    return SquadParagraph(
        title=title.replace("_", " "),
        context=paragraph.context,
        questions=tuple(
            SquadQuestion(
                id=qa.id,
                question=qa.question,
                answers=tuple(answer.text for answer in qa.answers),
                spans=tuple(
                    Span(answer.answer_start, answer.answer_start + len(answer.text))
                    for answer in qa.answers
                ),
            )
            for qa in paragraph.qas
        ),
    )


def _parsed(path: Path, kind: TypeAdapter[T], layout: str) -> T:
    text = read_text(path)
    try:
        return kind.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        reason = f"{key}: {first['msg']}" if key else first["msg"]
        raise InputError(f"{path}: {reason}", hint=layout) from error
