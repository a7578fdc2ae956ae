"""RAMDocs (Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025,
arXiv:2504.13079): questions with documents that agree, differ, mislead or say nothing of use.

Exact match is theirs: a response is right if it holds every gold answer and no wrong one. They
publish no scoring script; answers are looked for as whole words, normalised as SQuAD does
(`eval.normalise.contains_answer`). The response is the quoted sentences, which say more than a
generated answer would, or, in rows of their own, the short answer, which says one thing only, and
the answers of all positions where sources are said to differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from eval.gold import gold_source
from eval.normalise import contains_answer
from eval.public.base import (
    OpenScratch,
    PublicOptions,
    PublicResult,
    Published,
    Row,
    said,
    sampled,
)
from eval.public.given_documents import GivenDocuments, refusal_notes
from eval.public.lines import Layout, NonBlank, check_unique, read_records
from eval.statistics.estimates import mean_of
from rag.records import Answer, Outcome

NAME = "ramdocs"

PUBLISHED = (
    Published(
        label="Llama3.3-70B, the best baseline of the paper",
        figures={"exact match": 0.326},
        source="Wang et al., 2025",
    ),
    Published(
        label="MADAM-RAG, Qwen2.5-72B",
        figures={"exact match": 0.264},
        source="Wang et al., 2025",
    ),
)


class Document(Layout):
    """A document that a question brings."""

    text: NonBlank
    type: Literal["correct", "misinfo", "noise"]


class RamdocsQuestion(Layout):
    """One line of `RAMDocs_test.jsonl`."""

    question: NonBlank
    documents: Annotated[tuple[Document, ...], Field(min_length=1)]
    gold_answers: Annotated[tuple[NonBlank, ...], Field(min_length=1)]
    wrong_answers: tuple[NonBlank, ...]


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return exact match and what it is made of. Raises: GoldInvalid."""
    records = read_records(path, RamdocsQuestion)
    check_unique(records, lambda one: (one.question, one.documents), called="question")
    chosen = sampled([record for _, record in records], options)
    documents = {
        _name(number, place): document.text
        for number, question in enumerate(chosen)
        for place, document in enumerate(question.documents)
    }
    answers = []
    with open_scratch() as (archive, engine):
        given = GivenDocuments(archive, engine)
        refused = given.take_in(documents, origin=path.name, on_progress=options.on_progress)
        for number, question in enumerate(chosen):
            names = [_name(number, place) for place in range(len(question.documents))]
            answers.append((question, given.ask(question.question, names)))
            options.on_progress("asking", len(answers), len(chosen))
    return PublicResult(
        name=NAME,
        sources=(gold_source(path),),
        rows=_rows(answers),
        published=PUBLISHED,
        notes=refusal_notes(refused, len(documents)),
    )


def exact(response: str, question: RamdocsQuestion) -> bool:
    """Return whether the response holds every gold answer and no wrong one."""
    return _holds_all(response, question) and not _holds_wrong(response, question)


def _holds_all(response: str, question: RamdocsQuestion) -> bool:
    return all(contains_answer(response, answer) for answer in question.gold_answers)


def _holds_wrong(response: str, question: RamdocsQuestion) -> bool:
    return any(contains_answer(response, answer) for answer in question.wrong_answers)


def _name(number: int, place: int) -> str:
    return f"{number}/{place}"


def _rows(answers: Sequence[tuple[RamdocsQuestion, Answer]]) -> tuple[Row, ...]:
    responses = {
        "response: quoted sentences": [(said(answer), q) for q, answer in answers],
        "response: short answer": [(answer.short_answer or "", q) for q, answer in answers],
        "response: answers of all positions": [(_positions(answer), q) for q, answer in answers],
    }
    scored = [
        Row(
            label=label,
            n=len(answers),
            figures={
                "exact match": mean_of(exact(text, q) for text, q in pairs),
                "every gold answer": mean_of(_holds_all(text, q) for text, q in pairs),
                "a wrong answer": mean_of(_holds_wrong(text, q) for text, q in pairs),
            },
        )
        for label, pairs in responses.items()
    ]
    several = [answer for q, answer in answers if len(q.gold_answers) + len(q.wrong_answers) > 1]
    one = [answer for q, answer in answers if len(q.gold_answers) + len(q.wrong_answers) == 1]
    behaviour = [
        _behaviour("behaviour", [answer for _, answer in answers]),
        _behaviour("behaviour where documents give several answers", several),
        _behaviour("behaviour where documents give one answer", one),
    ]
    return (*scored, *behaviour)


def _behaviour(label: str, answers: Sequence[Answer]) -> Row:
    return Row(
        label=label,
        n=len(answers),
        figures={
            "abstained": mean_of(answer.outcome is Outcome.NOT_FOUND for answer in answers),
            "shows a disagreement": mean_of(bool(answer.disagreements) for answer in answers),
        },
    )


def _positions(answer: Answer) -> str:
    """The answers of all positions, or the short answer where sources do not differ."""
    told = [position.answer for one in answer.disagreements for position in one.positions]
    return "; ".join(told) or answer.short_answer or ""
