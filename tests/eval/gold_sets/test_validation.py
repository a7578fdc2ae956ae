"""All that is wrong with a gold file is listed, with its line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.gold_sets.articles import ArchiveArticles
from eval.gold_sets.validation import GoldCheck, check_gold
from index.errors import GoldInvalid
from tests.eval.gold_sets.fakes import MemoryArticles, evidence, line, unanswerable, write
from tests.index.building import archive_in

SEEDS = Path(__file__).parents[3] / "seeds"
MILL = "The mill opened in 1842. It burned down in 1901. Nobody was hurt. Ada said: “No wind.”"
FIRE = "A fire took the mill in 1901. The owner, Ada Brook, rebuilt it. It spins wool. It spins."


@pytest.fixture
def articles() -> MemoryArticles:
    held = MemoryArticles()
    held.add("a1", MILL, origin="in/mill.txt", day=date(2026, 1, 6))
    held.add("a2", FIRE, origin="in/fire.txt", title="Fire takes the mill")
    return held


def told(found: GoldCheck) -> list[tuple[int, str]]:
    return [(problem.line, problem.what) for problem in found.problems]


def warned(found: GoldCheck) -> list[tuple[int, str]]:
    return [(warning.line, warning.what) for warning in found.warnings]


def test_a_file_that_is_right_is_right(tmp_path: Path, articles: MemoryArticles) -> None:
    path = write(tmp_path, line(), unanswerable("the moon"))
    assert check_gold(path, articles) == GoldCheck(
        file=str(path), questions=2, archive="memory", problems=(), warnings=(), foreign=False
    )
    assert check_gold(path).archive is None


def test_every_wrong_line_is_listed_not_the_first_alone(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "{broken",
        line("q1"),
        "",
        line("q1", question="Again?"),
        line("q2", evidence=[]),
        unanswerable("q3") | evidence("mill.txt", "It burned down in 1901."),
        line("q4", question="TODO: when?"),
        line("q5", colour="red", question=""),
        [],  # type: ignore[arg-type]
        line("q6", evidence=[{"article": "mill.txt"}]),
    )
    found = check_gold(path)
    assert told(found) == [
        (1, "not JSON (key must be a string at line 1 column 2)"),
        (4, "the id 'q1' is already used in line 2"),
        (5, "an answerable question needs evidence"),
        (6, "an unanswerable question has no evidence"),
        (7, "the question is unfinished: it begins with 'TODO:'"),
        (8, "'question' is blank; 'colour' is not a known key"),
        (9, "it is not a JSON object"),
        (10, "'evidence.0.quote' is missing"),
    ]
    assert [problem.question_id for problem in found.problems] == [
        None,
        "q1",
        "q2",
        "q3",
        "q4",
        "q5",
        None,
        "q6",
    ]
    assert found.questions == 9


def test_a_quote_that_is_not_there_is_told_with_the_nearest_text(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    found = check_gold(
        write(tmp_path, line(**evidence("mill.txt", "It burnt down in 1901!"))), articles
    )
    [problem] = found.problems
    assert problem.what == (
        "the quote is not in 'mill.txt': the nearest text there (similarity 0.89) is "
        "'It burned down in 1901.'"
    )
    assert problem.nearest is not None
    assert (problem.nearest.article, problem.nearest.text) == (
        "mill.txt",
        "It burned down in 1901.",
    )
    assert problem.nearest.similarity == pytest.approx(0.89, abs=0.005)
    assert found.foreign


def test_what_contradicts_a_premise_is_looked_up_too(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    def false(question_id: str, quote: str) -> dict[str, Any]:
        said = {"contradicted_by": [{"article": "mill.txt", "quote": quote}]}
        return unanswerable(question_id) | said

    path = write(
        tmp_path,
        false("q1", "It burned down in 1901."),
        false("q2", "It burned down in 1950."),
        false("q3", "Nobody was killed.") | {"question": ""},
    )
    other, blank, missing = check_gold(path, articles).problems
    assert (other.line, other.nearest and other.nearest.text) == (2, "It burned down in 1901.")
    assert (blank.line, blank.what) == (3, "'question' is blank")
    assert missing.line == 3
    assert missing.what.startswith("the quote is not in 'mill.txt'")


def test_a_quote_of_another_article_is_told_with_that_one(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    path = write(
        tmp_path, line(**evidence("mill.txt", "A fire took the mill in 1901.")), line("q2")
    )
    found = check_gold(path, articles)
    assert told(found) == [(1, "the quote is not in 'mill.txt' but in 'fire.txt'")]
    assert not found.foreign


@pytest.mark.parametrize(
    ("article", "quote", "what"),
    [
        (
            "mil.txt",
            "Nobody said 1901.",
            "no article is called 'mil.txt': did you mean 'mill.txt'?",
        ),
        (
            "Fire takes a mill",
            "Nobody said 1901.",
            "no article is called 'Fire takes a mill': did you mean 'fire.txt'?",
        ),
        ("xyz", "Nobody said 1901.", "no article is called 'xyz'"),
        (
            "mil.txt",
            "A fire took the mill in 1901.",
            "no article is called 'mil.txt'; its quote is in 'fire.txt'",
        ),
    ],
)
def test_an_unknown_article_is_told_with_the_nearest_names(
    tmp_path: Path, articles: MemoryArticles, article: str, quote: str, what: str
) -> None:
    found = check_gold(write(tmp_path, line(**evidence(article, quote))), articles)
    assert told(found) == [(1, what)]


def test_quotes_of_lines_that_are_wrong_otherwise_are_checked_too(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    wrong = line(question="TODO: x", **evidence("mill.txt", "It opened in 1842"))
    found = check_gold(write(tmp_path, wrong, line("q2")), articles)
    assert [number for number, _ in told(found)] == [1, 1]
    assert "'opened in 1842.'" in told(found)[1][1]


def test_white_space_and_the_shape_of_quotation_marks_do_not_matter(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    quoted = line(answers=["no wind"], **evidence("mill.txt", 'Ada   said:\n"No wind."'))
    assert check_gold(write(tmp_path, quoted), articles).problems == ()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"answers": ["1842"]}, "the answer '1842' is in none of the question's quotes"),
        ({"items": [["a blaze", "1902"]]}, "the answer 'a blaze / 1902' is in none of the"),
        (evidence("fire.txt", "It spins"), "the quote stands 2 times in 'fire.txt'"),
        (
            {"as_of": "2026-01-05"},
            "as of 2026-01-05 nobody could know 'mill.txt', which is of 2026-01-06",
        ),
    ],
)
def test_what_may_be_wrong_is_a_warning(
    tmp_path: Path, articles: MemoryArticles, changes: dict[str, Any], what: str
) -> None:
    found = check_gold(write(tmp_path, line(**changes)), articles)
    assert found.problems == ()
    assert any(warning.startswith(what) for _, warning in warned(found))


def test_an_answer_of_which_any_form_is_quoted_is_no_warning(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    fine = line(items=[["in 1901", "the year 1901"]], as_of="2026-01-06")
    assert check_gold(write(tmp_path, fine), articles).warnings == ()


def test_the_same_question_on_another_day_is_another_question(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "Of the mill."}]
    first, second = line("q1", question="When was it?"), line("q2", question=" when WAS it?")
    again = check_gold(write(tmp_path, first, second))
    assert warned(again) == [(2, "the question is already asked in line 1")]
    other_day = check_gold(write(tmp_path, first, second | {"as_of": "2026-02-01"}))
    other_talk = check_gold(write(tmp_path, first, second | {"conversation": said}))
    assert other_day.warnings == other_talk.warnings == ()


def test_a_question_that_is_called_answerable_and_unanswerable_is_a_problem(tmp_path: Path) -> None:
    yes, no = line("q1", question="When?"), unanswerable("q2") | {"question": "when?"}
    found = check_gold(write(tmp_path, yes, no, line("q3", question="WHEN?")))
    called = "the question is already asked in line 1"
    assert told(found) == [(2, f"{called}, which calls it answerable")]
    assert warned(found) == [(3, called)]
    turned = check_gold(write(tmp_path, no, yes))
    assert told(turned) == [(2, f"{called}, which calls it unanswerable")]


def test_lines_that_only_other_parsers_take_are_problems_among_others(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    half = line("\ud800", **evidence("mill.txt", "half \ud800"))
    found = check_gold(write(tmp_path, half, "[" * 5_000, line("q3", evidence=[])), articles)
    assert [(problem.line, problem.question_id) for problem in found.problems] == [
        (1, None),
        (2, None),
        (3, "q3"),
    ]
    assert [what.partition(" (")[0] for _, what in told(found)[:2]] == ["not JSON", "not JSON"]


def test_a_name_of_several_articles_is_a_warning_where_the_quote_is_in_several(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    articles.add("b1", MILL, origin="other/mill.txt")
    found = check_gold(write(tmp_path, line()), articles)
    assert warned(found) == [(1, "the quote stands in 2 articles called 'mill.txt'")]


def test_other_articles_are_read_only_to_look_for_lost_quotes(
    tmp_path: Path, articles: MemoryArticles
) -> None:
    check_gold(write(tmp_path, line()), articles)
    assert articles.read == ["a1"]


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(content)
    with pytest.raises(GoldInvalid, match="holds no questions"):
        check_gold(path)


def test_the_seeds_are_right_and_foreign_elsewhere(tmp_path: Path) -> None:
    with archive_in(tmp_path / "archive") as archive:
        archive.ingest([str(SEEDS)])
        found = check_gold(SEEDS / "gold.jsonl", ArchiveArticles(archive, name="seeds"))
        assert (found.problems, found.warnings, found.foreign) == ((), (), False)
        text = (SEEDS / "gold.jsonl").read_text(encoding="utf-8")
        first = json.loads(text.splitlines()[0])
        first["evidence"][0]["quote"] = first["evidence"][0]["quote"].replace("15", "16")
        changed = write(tmp_path, first)
        [problem] = check_gold(changed, ArchiveArticles(archive, name="seeds")).problems
        assert problem.nearest is not None
        assert "a 15-year term" in problem.nearest.text
        assert problem.nearest.similarity > 0.95
    empty = MemoryArticles()
    found = check_gold(SEEDS / "gold.jsonl", empty)
    assert found.foreign
    assert len(found.problems) > 54
