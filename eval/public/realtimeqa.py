"""RealTimeQA (Kasai et al., "RealTime QA: What's the Answer Right Now?", NeurIPS 2023): a folder
with `articles.jsonl` and `questions.jsonl`, news articles and dated quiz questions about them.

Retrieval is Success@k of the silver articles (those that hold an answer string) over all articles;
a passage stands for its article. Answers are scored as SQuAD scores them, best over the gold
answers. Pages of the quiz itself are left out of the articles: they give the answers away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.gold import gold_source
from eval.normalise import contains_answer, exact_match, token_f1
from eval.public.base import (
    OpenScratch,
    Progress,
    PublicOptions,
    PublicResult,
    Published,
    Row,
    said,
    sampled,
)
from eval.public.lines import Layout, NonBlank, check_unique, find_file, read_records
from eval.statistics.estimates import Estimate, auroc_of, mean_of
from index.archive import Archive
from index.errors import GoldInvalid
from rag.engine import AnswerEngine
from rag.records import Answer, Outcome, Query, RetrievedPassage

NAME = "realtimeqa"
DEPTHS = (1, 5, 10)
PASSAGES = 60
"""Passages that are turned into a ranking of articles."""
BATCH = 100
"""Articles that are taken in before progress is told."""
QUIZ_PAGE = "quiz-of-the-week"

_Score = Callable[[str, str], float]

PUBLISHED = (
    Published(
        label="BART-RAG, 2022 questions, pages of Google search given",
        figures={"EM": 0.26, "F1": 0.32},
        source="Kasai et al., 2023",
    ),
    Published(
        label="GPT-3-RAG, 2022 questions, pages of Google search given",
        figures={"EM": 0.40, "F1": 0.49},
        source="Kasai et al., 2023",
    ),
)


class NewsArticle(Layout):
    """One line of `articles.jsonl`."""

    id: NonBlank
    url: str
    title: str
    text: str


class Question(Layout):
    """One line of `questions.jsonl`."""

    id: NonBlank
    question: NonBlank
    answers: Annotated[tuple[NonBlank, ...], Field(min_length=1)]
    silver_ids: tuple[str, ...]
    """Articles that hold an answer string; none where the set has no such article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    question: Question
    found: Sequence[RetrievedPassage]
    """By search alone."""
    answer: Answer

    @property
    def answered(self) -> bool:
        return self.answer.outcome is Outcome.ANSWERED

    @property
    def right(self) -> bool:
        """Whether the answer's sentences contain a gold answer."""
        text = said(self.answer)
        return any(contains_answer(text, truth) for truth in self.question.answers)


def read_articles(folder: Path) -> list[NewsArticle]:
    """Return the articles to search, in file order. Raises: GoldInvalid."""
    records = read_records(find_file(folder, "articles.jsonl"), NewsArticle)
    check_unique(records, lambda article: article.id, called="id")
    return [record for _, record in records if QUIZ_PAGE not in record.url]


def read_questions(folder: Path) -> list[Question]:
    """Return the questions, in file order. Raises: GoldInvalid.

    The published files hold some questions twice; they count twice, as in published figures.
    """
    found = read_records(find_file(folder, "questions.jsonl"), Question)
    return [question for _, question in found]


def evaluate(path: Path, options: PublicOptions, open_scratch: OpenScratch) -> PublicResult:
    """Return retrieval, answer and confidence figures. Raises: GoldInvalid."""
    articles, questions = read_articles(path), read_questions(path)
    _check_fit(articles, questions, path)
    chosen = sampled(questions, options)
    with open_scratch() as (archive, engine):
        names, refused = take_in(archive, articles, options.on_progress)
        asked = []
        for question in chosen:
            asked.append(_ask(question, engine))
            options.on_progress("asking", len(asked), len(chosen))
    files = ("articles.jsonl", "questions.jsonl")
    return PublicResult(
        name=NAME,
        sources=tuple(gold_source(find_file(path, name)) for name in files),
        rows=_rows(asked, names),
        published=PUBLISHED,
        notes=_notes(articles, refused, chosen),
    )


def take_in(
    archive: Archive, articles: Sequence[NewsArticle], on_progress: Progress
) -> tuple[dict[str, str], int]:
    """Store what the archive does not hold yet; return the set's id of each article by the
    archive's own (the first, where two articles are word for word the same), and how many were
    refused."""
    names: dict[str, str] = {}
    refused = 0
    for start in range(0, len(articles), BATCH):
        batch = articles[start : start + BATCH]
        records = [{"id": a.id, "title": a.title, "text": a.text} for a in batch]
        report = archive.ingest_records(records, origin=NAME)
        for article, item in zip(batch, report.items, strict=True):
            if item.article_id is None:
                refused += 1
            else:
                names.setdefault(item.article_id, article.id)
        on_progress("taking in", start + len(batch), len(articles))
    return names, refused


def success(rankings: Sequence[tuple[Question, Sequence[str]]]) -> dict[str, Estimate]:
    """Return Success@k of rankings of article ids: the share with a silver one in the first k."""
    return {
        f"Success@{depth}": mean_of(
            not set(question.silver_ids).isdisjoint(ranking[:depth])
            for question, ranking in rankings
        )
        for depth in DEPTHS
    }


def _check_fit(articles: Sequence[NewsArticle], questions: Sequence[Question], path: Path) -> None:
    held = {article.id for article in articles}
    silver = {name for question in questions for name in question.silver_ids}
    if silver and silver.isdisjoint(held):
        raise GoldInvalid(
            f"{path}: no article has an id that the questions name, first {min(silver)!r}",
            hint="take both files from one release of the set",
        )


def _notes(
    articles: Sequence[NewsArticle], refused: int, questions: Sequence[Question]
) -> tuple[str, ...]:
    notes = []
    if refused:
        notes.append(f"{refused} of {len(articles)} articles hold no sentence: not taken in")
    repeats = len(questions) - len({question.id for question in questions})
    if repeats:
        notes.append(f"{repeats} of {len(questions)} questions repeat an id, and count again")
    return tuple(notes)


def _ask(question: Question, engine: AnswerEngine) -> _Asked:
    query = Query(question=question.question, top_k=PASSAGES)
    return _Asked(question=question, found=engine.search(query), answer=engine.ask(query))


def _rows(asked: Sequence[_Asked], names: dict[str, str]) -> tuple[Row, ...]:
    answerable = [one for one in asked if one.question.silver_ids]
    given = [one for one in asked if one.answered]
    search = [(one.question, _ranking(one.found, names)) for one in answerable]
    read = [(one.question, _ranking(one.answer.retrieved, names)) for one in answerable]
    silver, without = "with a silver article", "without one"
    unanswerable = [one for one in asked if not one.question.silver_ids]
    return (
        Row(label=f"search, {silver}", n=len(answerable), figures=success(search)),
        Row(label=f"retrieved, as reading reorders, {silver}", n=len(read), figures=success(read)),
        Row(label=f"answers, {silver}", n=len(answerable), figures=_answer_figures(answerable)),
        Row(
            label=f"answers, {without}",
            n=len(unanswerable),
            figures={"abstained": mean_of(not one.answered for one in unanswerable)},
        ),
        Row(
            label="confidence, of answers given: right or wrong",
            n=len(given),
            figures={
                "AUROC": auroc_of([o.right for o in given], [o.answer.confidence for o in given])
            },
        ),
        Row(
            label=f"confidence: {silver} or {without}",
            n=len(asked),
            figures={
                "AUROC": auroc_of(
                    [bool(one.question.silver_ids) for one in asked],
                    [one.answer.confidence for one in asked],
                )
            },
        ),
    )


def _ranking(passages: Sequence[RetrievedPassage], names: dict[str, str]) -> list[str]:
    """Return the set's ids of the passages' articles, each once, at its first place."""
    return list(dict.fromkeys(names.get(p.article_id, p.article_id) for p in passages))


def _answer_figures(asked: Sequence[_Asked]) -> dict[str, Estimate]:
    return {
        "EM": mean_of(_best(one, exact_match) for one in asked),
        "F1": mean_of(_best(one, token_f1) for one in asked),
        "contains the answer": mean_of(one.right for one in asked),
        "answered": mean_of(one.answered for one in asked),
    }


def _best(asked: _Asked, score: _Score) -> float:
    """Return the best score of the short answer, or else of the first sentence; 0 unanswered."""
    if not asked.answered:
        return 0.0
    prediction = asked.answer.short_answer or asked.answer.sentences[0].text
    return max(score(prediction, truth) for truth in asked.question.answers)
