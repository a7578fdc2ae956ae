from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eval.report.markdown import LIMIT, literal, markdown
from eval.report.wording import shortened
from tests.eval.report.evaluations import again, hostile, long, varied

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def rendered_text(source: str) -> str:
    """The text of a one-line Markdown document; fails if anything but text is in it."""
    tokens = GITHUB.parse(f"x {source}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    return "".join(child.content for child in children).removeprefix("x ")


@given(st.text(max_size=60))
def test_literal_text_is_shown_as_it_stands(text: str) -> None:
    shown = rendered_text(literal(f"y{text}")).replace("\u2060", "")
    assert shown == shortened(f"y{text}", 200).replace("\u2060", "")


@given(st.text(alphabet="@#wW.:/h-a1 <|`*_[]()\\&!~\n", max_size=40))
def test_nobody_is_called_and_nothing_becomes_a_link(text: str) -> None:
    shown = rendered_text(literal(f"y{text}"))
    assert "://" not in shown
    assert "www." not in shown.lower()
    for sign in "@#":
        for place, character in enumerate(shown):
            follows = shown[place + 1 : place + 2]
            assert not (character == sign and (follows.isalnum() or follows == "_"))


def test_rows_stay_rows_and_no_html_comes_from_others() -> None:
    text = markdown(hostile())
    assert "<script" not in text
    assert "<img" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    (row,) = [line for line in text.splitlines() if line.startswith("| wrong | wrong")]
    assert row.count("|") == 6
    html = GITHUB.render(text)
    assert "<a " not in html
    assert html.count("<table>") == html.count("</table>") == 3


def test_the_report_tells_figures_stages_warnings_and_the_worst_first() -> None:
    text = markdown(varied())
    assert "8 questions, 6 of them answerable; 2 right, 1 failed." in text
    assert "| `overall_accuracy` | 0.250 |" in text
    assert "| retrieved, not read | 1 |" in text
    assert "| correctness | a gold answer is in the answer | 0.750 | 1 |" in text
    assert "* broken: no article 'a9'" in text
    ids = [line.split(" | ")[0] for line in text.partition("## Wrong: 6")[2].splitlines()]
    assert [name for name in ids if name.startswith("| ")][2:] == [
        "| broken", "| unquoted", "| missed", "| invented", "| unread", "| withheld",
    ]  # fmt: skip


def test_all_but_the_worst_are_folded_away() -> None:
    text = markdown(again(varied(), long().questions[:20]))
    shown, folded = text.split("<details><summary>8 more</summary>")
    assert shown.count("| q00") == 10
    assert folded.count("| q00") == 8
    assert folded.endswith("</details>\n")
    assert "left out" not in text


def test_a_long_report_fits_a_comment() -> None:
    text = markdown(long(400))
    assert len(text) <= LIMIT
    assert "40 more. More is in eval.json." in text
    written = len(re.findall(r"^\| q\d{4} \|", text, re.MULTILINE))
    assert 50 < written < 360
    assert f"{360 - written} left out. More is in eval.json." in text
    assert GITHUB.render(text).count("<details>") == text.count("</details>")


def test_a_flawless_run_lists_nothing_wrong() -> None:
    right = [row for row in varied().questions if row.correct]
    assert "Wrong" not in markdown(again(varied(), right))
