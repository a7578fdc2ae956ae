"""RGB (Chen et al., "Benchmarking Large Language Models in Retrieval-Augmented Generation",
AAAI 2024): questions that bring documents with the answer (`positive`), documents without it
(`negative`) and, for counterfactual robustness, documents with a false one (`positive_wrong`).

Which documents a question gets, and when an answer is right, is that of the authors' script
(`evalue.py` of github.com/chen700564/RGB): five documents, `ceil(5 * rate)` of them noise, its
fixed seed 2333, and right where every part of the gold answer is, in lower case, a substring of
the response. The response is the quoted sentences; the stricter figure takes the short answer.

An abstention (`not_found`) stands for their "insufficient information". The rejection rate
is the share of abstentions on noise alone. Their error detection rate asks whether a model says
that the documents are wrong, which it can only know from its own memory. Quoth knows nothing but
its documents, so where all of them are false there is no analogue; where false and true ones are
mixed (their `correct_rate`) showing a disagreement is one, and the error correction rate is their
`correct_rate` figure: of the answers that show one, those that are right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.gold import gold_source
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
from eval.public.lines import check_unique, read_records
from eval.public.rgb_documents import (
    REJECTION,
    Condition,
    DocumentKey,
    Part,
    RgbQuestion,
    choose_documents,
    document_text,
)
from eval.statistics.estimates import mean_of
from index.errors import GoldInvalid, InputError
from rag.records import Answer, Outcome

NAME = "rgb"
NOISE_RATES = (0.0, 0.2, 0.4, 0.6, 0.8)
MIXED_CORRECT_RATE = 0.6
"""Share of true documents beside the false ones: the least at which three documents that come in
both forms give some of each."""

PUBLISHED = (
    Published(
        label="ChatGPT, noise rate 0 / 0.8 (accuracy)",
        figures={"accuracy, noise rate 0": 0.9633, "accuracy, noise rate 0.8": 0.76},
        source="Chen et al., AAAI 2024, English",
    ),
)


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return the figures of the ability that the file tests. Raises: GoldInvalid."""
    records = read_records(path, RgbQuestion)
    check_unique(records, lambda question: question.id, called="id")
    kinds = {record.kind for _, record in records}
    if len(kinds) > 1:
        raise GoldInvalid(f"{path} mixes {' and '.join(sorted(kinds))}", hint="one file a testbed")
    conditions = conditions_of(kinds.pop(), options.noise_rates)
    chosen = sampled([record for _, record in records], options)
    plan = [
        (condition, [(question, choose_documents(question, condition)) for question in chosen])
        for condition in conditions
    ]
    documents = {
        _name(question, key): document_text(question, key)
        for _, questions in plan
        for question, keys in questions
        for key in keys
    }
    rows = []
    with open_scratch() as (archive, engine):
        given = GivenDocuments(archive, engine)
        refused = given.take_in(documents, origin=path.name, on_progress=options.on_progress)
        for condition, questions in plan:
            answers = []
            for question, keys in questions:
                names = [_name(question, key) for key in keys]
                answers.append((question, given.ask(question.query, names)))
                options.on_progress(condition.label, len(answers), len(questions))
            rows.append(_row(condition, answers))
    return PublicResult(
        name=NAME,
        sources=(gold_source(path),),
        rows=tuple(rows),
        published=PUBLISHED if conditions[0].label.startswith("noise") else (),
        notes=refusal_notes(refused, len(documents)),
    )


def conditions_of(kind: str, noise_rates: Sequence[float]) -> tuple[Condition, ...]:
    """Return the conditions to run: noise and rejection, integration, or counterfactual.

    Raises: InputError where noise rates are given for counterfactual documents.
    """
    if kind == "counterfactual":
        if noise_rates:
            raise InputError(
                "a file of false documents takes no noise rates", hint="leave --noise-rate out"
            )
        return (
            Condition(label="counterfactual: false documents only"),
            Condition(
                label="counterfactual: false and true documents", correct_rate=MIXED_CORRECT_RATE
            ),
        )
    rates = noise_rates or (NOISE_RATES[:3] if kind == "integration" else (*NOISE_RATES, REJECTION))
    prefix = "integration, " if kind == "integration" else ""
    return tuple(
        Condition(
            label=f"{prefix}noise rate {rate:g}" if rate < REJECTION else "noise alone (rejection)",
            noise_rate=rate,
        )
        for rate in rates
    )


def check_answer(response: str, answer: Sequence[Part]) -> bool:
    """Return whether every part of the answer is said in one of its ways (`checkanswer`)."""
    text = response.lower()
    ways = [(part,) if isinstance(part, str) else part for part in answer]
    return bool(ways) and all(any(way.lower() in text for way in part) for part in ways)


def _says_false(response: str, question: RgbQuestion) -> bool:
    return any(check_answer(response, (way,)) for way in question.fakeanswer or ())


def _name(question: RgbQuestion, key: DocumentKey) -> str:
    return f"{question.id}/{key[0]}/{key[1]}"


def _row(condition: Condition, answers: Sequence[tuple[RgbQuestion, Answer]]) -> Row:
    abstained = mean_of(answer.outcome is Outcome.NOT_FOUND for _, answer in answers)
    if condition.noise_rate >= REJECTION:
        return Row(label=condition.label, n=len(answers), figures={"rejection rate": abstained})
    right = [check_answer(said(answer), question.answer) for question, answer in answers]
    figures = {
        "accuracy": mean_of(right),
        "accuracy, short answer": mean_of(
            check_answer(answer.short_answer or "", question.answer) for question, answer in answers
        ),
        "abstained": abstained,
    }
    if answers[0][0].fakeanswer is not None:
        figures["says the false answer"] = mean_of(
            _says_false(said(answer), question) for question, answer in answers
        )
    if condition.correct_rate:
        shown = [bool(answer.disagreements) for _, answer in answers]
        figures["shows a disagreement (error detection)"] = mean_of(shown)
        figures["right where shown (error correction)"] = mean_of(
            correct if detected else None for correct, detected in zip(right, shown, strict=True)
        )
    return Row(label=condition.label, n=len(answers), figures=figures)
