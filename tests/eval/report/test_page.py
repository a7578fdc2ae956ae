from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from eval.report.charts import charts_of
from eval.report.page import html_page
from eval.run import Evaluation
from tests.eval.report.evaluations import FIRE, again, hostile, long, varied


class Page(HTMLParser):
    """The elements of a page, and what is inside its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        kind = dict(attrs).get("type") or ""
        self._open = f"{tag} {kind}".strip() if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open] = self.inside.get(self._open, "") + data

    def data(self) -> Any:
        return json.loads(self.inside["script application/json"])


@pytest.fixture(scope="module")
def text() -> str:
    return html_page(varied())


def test_the_same_evaluation_gives_the_same_page(text: str) -> None:
    assert html_page(varied()) == text


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(text: str) -> None:
    page = Page(text)
    (policy,) = [a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a]
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for rule, element in (("style-src", "style"), ("script-src", "script module")):
        digest = hashlib.sha256(page.inside[element].encode()).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode()}'"


@pytest.mark.parametrize(
    "evaluation", [varied(), hostile(), long()], ids=["varied", "hostile", "long"]
)
def test_nothing_comes_from_elsewhere_and_nothing_needs_an_inline_style(
    evaluation: Evaluation,
) -> None:
    page = Page(html_page(evaluation))
    names = [tag for tag, _ in page.tags]
    assert {"img", "iframe", "object", "base", "a href"}.isdisjoint(names)
    assert (names.count("script"), names.count("style"), names.count("link")) == (2, 1, 1)
    for tag, attributes in page.tags:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}, tag
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:,")), (tag, attributes)


def test_each_question_is_there_with_each_passage_written_once(text: str) -> None:
    data = Page(text).data()
    assert [row["id"] for row in data["questions"]] == [row.id for row in varied().questions]
    passages = [passage["text"] for passage in data["passages"]]
    assert len(passages) == len({json.dumps(passage) for passage in data["passages"]})
    unquoted = next(row for row in data["questions"] if row["id"] == "unquoted")
    ranked = [passages[one["passage"]] for one in unquoted["retrieved"]]
    assert ranked == ["The mill opened in 1842.", FIRE]
    assert unquoted["retrieved"][1]["marks"] == [[0, len(FIRE)]]
    assert unquoted["retrieved"][0]["marks"] == []
    assert unquoted["verdict"] == "read, not quoted"


def test_hostile_text_is_data_and_comes_back_whole() -> None:
    page = Page(html_page(hostile()))
    (first, *_) = hostile().questions
    row = page.data()["questions"][0]
    assert (row["id"], row["question"], row["short_answer"]) == (
        first.id,
        first.question,
        first.short_answer,
    )
    raw = page.inside["script application/json"]
    assert set(raw).isdisjoint("<>&\u2028\u2029\x00")


def test_metrics_stages_tags_and_origin_are_told(text: str) -> None:
    for words in (
        "8 questions, 6 of them answerable; 2 right, 1 failed",
        "no article &#39;a9&#39;",
        "calibration_<wbr>error",
        "Gap between confidence and share right, over ten bins. Lower is better.",
        'data-stage="retrieved_not_read"',
        'data-tag="harbour"',
        "tiny@1234",
        "3 articles, 7 passages",
        "<code>reranker</code>",
        "Judged by opinionated: an opinion, no metric",
        "Without data: list_recall, false_premises_handled, warm_p50",
    ):
        assert words in text, words
    counts = re.findall(r'data-stage="(\w+)"[^>]*>\s*<span class="count">(\d+)', text)
    assert counts == [
        ("failed", "1"),
        ("not_retrieved", "1"),
        ("retrieved_not_read", "1"),
        ("read_not_quoted", "1"),
        ("wrongly_withheld", "1"),
        ("wrongly_answered", "1"),
    ]


def test_each_chart_is_drawn_named_and_told_as_a_table(text: str) -> None:
    charts = charts_of(varied())
    assert len(charts) == 4
    for chart in charts:
        assert f'aria-label="{chart.title}. {chart.summary}"' in text
        assert f'<caption class="unseen">{chart.title}</caption>' in text
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_an_evaluation_without_questions_or_curves_is_a_page_too() -> None:
    empty = again(varied(), [])
    page = html_page(empty)
    assert "0 questions" in page
    assert "Curves" not in page
    assert "all of them are right" not in page
    assert "Where answers went wrong" not in page
