"""RealTimeQA, on an invented week of news."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.public.base import OpenScratch, PublicOptions, PublicResult
from eval.public.realtimeqa import Question, evaluate, read_articles, success
from index.errors import GoldInvalid
from tests.eval.public.figures import values_of
from tests.eval.public.writing import write_lines


def article(name: str, title: str, text: str, url: str = "https://news.example/") -> dict[str, Any]:
    return {
        "id": name,
        "url": url + name,
        "title": title,
        "text": text,
        "authors": [],
        "publish_date": "2026/03/06",
    }


ARTICLES = [
    article("d1", "Ferry to Osk runs again", "The ferry to Osk runs again from Monday."),
    article("d2", "Clinic gets a doctor", "The clinic on Brae Hill hired Dr Marit Sund in April."),
    article(
        "d3",
        "The quiz",
        "Who did the clinic on Brae Hill hire? Marit Sund is right.",
        url="https://news.example/quiz-of-the-week/",
    ),
]


def question(name: str, words: str, answers: list[str], silver: list[str]) -> dict[str, Any]:
    return {
        "id": name,
        "date": "2026/03/06",
        "source": "Example",
        "question": words,
        "choices": [*answers, "something else"],
        "answers": answers,
        "silver_ids": silver,
        "gcs_ids": [],
    }


QUESTIONS = [
    question("q1", "Whom did the clinic on Brae Hill hire?", ["Dr Marit Sund"], ["d2"]),
    question(
        "q2", "From which day does the ferry to Osk run again?", ["Monday", "Mondays"], ["d1"]
    ),
    question("q3", "Which colour is the sail of a Tharn sloop?", ["Red"], []),
]


def folder_of(tmp_path: Path, articles: list[Any], questions: list[Any]) -> Path:
    write_lines(tmp_path / "articles.jsonl.gz", articles)
    write_lines(tmp_path / "questions.jsonl", questions)
    return tmp_path


def figures(result: PublicResult) -> dict[str, dict[str, float | None]]:
    return {row.label: row.values for row in result.rows}


def test_success_is_the_share_with_a_silver_article_in_the_first_k() -> None:
    def asked(silver: list[str]) -> Question:
        return Question(id="q", question="?", answers=("a",), silver_ids=tuple(silver))

    rankings = [
        (asked(["a"]), ["a", "b"]),
        (asked(["c", "b"]), ["a", "b"]),
        (asked(["z"]), ["a", "b", "c", "d", "e", "z"]),
        (asked(["z"]), ["a"]),
    ]
    assert values_of(success(rankings)) == {"Success@1": 0.25, "Success@5": 0.5, "Success@10": 0.75}
    assert values_of(success([])) == {"Success@1": None, "Success@5": None, "Success@10": None}


def test_figures_of_a_small_set(tmp_path: Path, by_meaning: OpenScratch) -> None:
    folder = folder_of(tmp_path, ARTICLES, QUESTIONS)
    result = evaluate(folder, PublicOptions(), by_meaning)
    found = figures(result)
    everything = {"Success@1": 1.0, "Success@5": 1.0, "Success@10": 1.0}
    assert found["search, with a silver article"] == everything
    assert found["retrieved, as reading reorders, with a silver article"] == everything
    answers = found["answers, with a silver article"]
    assert answers["answered"] == answers["contains the answer"] == 1.0
    assert 0 < (answers["F1"] or 0) <= 1
    assert found["answers, without one"] == {"abstained": 1.0}
    assert found["confidence: with a silver article or without one"] == {"AUROC": 1.0}
    assert found["confidence, of answers given: right or wrong"] == {"AUROC": None}
    assert [row.n for row in result.rows] == [2, 2, 2, 1, 2, 3]
    assert [source.name for source in result.sources] == ["articles.jsonl.gz", "questions.jsonl"]
    assert result.notes == ()


def test_an_unanswered_question_scores_nothing(tmp_path: Path, by_words: OpenScratch) -> None:
    unfit = [question("q1", "Xyzzy plugh?", ["Monday"], ["d1"])]
    folder = folder_of(tmp_path, ARTICLES, unfit)
    answers = figures(evaluate(folder, PublicOptions(), by_words))["answers, with a silver article"]
    assert answers == {"EM": 0.0, "F1": 0.0, "contains the answer": 0.0, "answered": 0.0}


def test_quiz_pages_are_left_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, ARTICLES, QUESTIONS)
    assert [one.id for one in read_articles(folder)] == ["d1", "d2"]


def test_what_was_not_taken_in_and_what_repeats_is_noted(
    tmp_path: Path, by_words: OpenScratch
) -> None:
    empty = article("d4", "", "")
    folder = folder_of(tmp_path, [*ARTICLES, empty], [QUESTIONS[0], QUESTIONS[0]])
    result = evaluate(folder, PublicOptions(), by_words)
    assert result.notes == (
        "1 of 3 articles hold no sentence: not taken in",
        "1 of 2 questions repeat an id, and count again",
    )


def test_articles_word_for_word_alike_are_one(tmp_path: Path, by_words: OpenScratch) -> None:
    copy = ARTICLES[1] | {"id": "d5"}
    asked = [question("q1", "Whom did the clinic on Brae Hill hire?", ["Dr Marit Sund"], ["d2"])]
    folder = folder_of(tmp_path, [*ARTICLES, copy], asked)
    found = figures(evaluate(folder, PublicOptions(), by_words))
    assert found["search, with a silver article"]["Success@1"] == 1.0


@pytest.mark.parametrize(
    ("articles", "questions", "complaint"),
    [
        (ARTICLES, [QUESTIONS[0] | {"answers": []}], r"questions\.jsonl:1: 'answers'"),
        (ARTICLES, [{"id": "q"}], r"questions\.jsonl:1: 'question' is missing"),
        ([ARTICLES[0], ARTICLES[0]], QUESTIONS, r"articles\.jsonl\.gz:2: it has the id of"),
        (ARTICLES, [QUESTIONS[0] | {"silver_ids": ["x9"]}], "no article has an id .* 'x9'"),
        (ARTICLES, [], "holds no records"),
    ],
)
def test_wrong_sets_are_refused(
    tmp_path: Path,
    by_words: OpenScratch,
    articles: list[Any],
    questions: list[Any],
    complaint: str,
) -> None:
    folder = folder_of(tmp_path, articles, questions)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(folder, PublicOptions(), by_words)
