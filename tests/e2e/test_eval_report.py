"""The report of an evaluation, opened as a file in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eval.report.page import html_page
from eval.run import Evaluation
from tests.e2e.conftest import Watched, watch
from tests.eval.report.evaluations import FIRE, hostile, long, varied

pytestmark = pytest.mark.browser


@pytest.fixture
def offline(chromium: Browser) -> Iterator[Watched]:
    """A page that must ask for nothing but itself, and complain of nothing."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    watched = Watched(page=context.new_page())
    watch(watched)
    yield watched
    context.close()
    assert watched.complaints == []
    assert {url.partition("#")[0].rpartition("/")[2] for url in watched.requests} == {"eval.html"}


def show(page: Page, evaluation: Evaluation, folder: Path, address: str = "") -> None:
    file = folder / "eval.html"
    file.write_text(html_page(evaluation), encoding="utf-8")
    page.goto(f"{file.as_uri()}{address}")


def listed(page: Page) -> list[str]:
    return page.locator(".rows .id").all_text_contents()


def test_questions_are_filtered_and_sorted(offline: Watched, tmp_path: Path) -> None:
    page = offline.page
    show(page, varied(), tmp_path)
    everything = [row.id for row in varied().questions]
    assert listed(page) == everything
    expect(page.get_by_role("status")).to_have_text("8 questions")

    page.get_by_label("Verdict").select_option("right")
    assert listed(page) == ["right", "silent"]
    page.get_by_label("Outcome").select_option("not found")
    assert listed(page) == ["silent"]
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("status")).to_have_text("8 questions")

    page.get_by_label("Search").fill("ABOUT un")
    assert listed(page) == ["unread", "unquoted"]
    page.get_by_role("button", name="wrongly answered").click()
    expect(page.get_by_role("status")).to_have_text("1 of 8 questions")
    assert listed(page) == ["invented"]
    page.get_by_role("button", name="harbour").click()
    assert listed(page) == ["unread", "missed"]

    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Sort by").select_option("confidence")
    page.get_by_label("highest first").check()
    assert listed(page) == [
        "right", "unquoted", "missed", "invented", "unread", "withheld", "silent", "broken"
    ]  # fmt: skip
    page.locator(".rows-head").get_by_role("button", name="id", exact=True).click()
    assert listed(page) == sorted(everything)


def test_a_question_opens_with_the_keyboard(offline: Watched, tmp_path: Path) -> None:
    page = offline.page
    show(page, varied(), tmp_path)
    row = page.locator(".row", has=page.get_by_text("unquoted", exact=True))
    row.locator("summary").first.focus()
    page.keyboard.press("Enter")
    opened = row.locator(".opened")
    expect(opened.get_by_role("heading")).to_have_text(
        ["Answer", "Quotes in context", "Wanted", "Retrieved", "Figures"]
    )
    expect(opened.locator(".quotes")).to_contain_text("not in the article as quoted")
    expect(opened.locator(".gold-answers")).to_have_text("1901")
    expect(opened.locator(".evidence")).to_contain_text("retrieved at rank 2")
    expect(opened.locator(".retrieved > li")).to_have_count(2)
    expect(opened.locator(".retrieved mark")).to_have_text(FIRE)
    expect(opened.locator(".retrieved > li").nth(1)).to_contain_text("holds evidence 1")

    row.get_by_role("link", name="link to this question").click()
    page.reload()
    expect(row.locator(".opened")).to_be_visible()
    broken = page.locator(".row", has=page.get_by_text("broken", exact=True))
    broken.locator("summary").first.click()
    expect(broken.locator(".error")).to_have_text("the line | went [b]dead[/b]")
    expect(broken.locator(".evidence > li").nth(1)).to_contain_text("not in the archive")


def test_long_lists_are_shown_a_page_at_a_time(offline: Watched, tmp_path: Path) -> None:
    page = offline.page
    show(page, long(), tmp_path)
    expect(page.locator(".row")).to_have_count(50)
    more = page.locator(".more")
    expect(more).to_have_text("Show 50 more of 80")
    more.click()
    expect(page.locator(".row")).to_have_count(100)
    expect(page.locator(".row summary").nth(50)).to_be_focused()
    more.click()
    expect(more).to_be_hidden()
    page.goto(page.url + "#q=q0129")
    expect(page.locator(".opened")).to_be_visible()
    expect(page.locator(".row[open] .id")).to_have_text("q0129")


@pytest.mark.parametrize(
    "evaluation", [varied(), hostile(), long()], ids=["varied", "hostile", "long"]
)
def test_nothing_is_wider_than_a_phone(
    offline: Watched, tmp_path: Path, evaluation: Evaluation
) -> None:
    page = offline.page
    page.set_viewport_size({"width": 390, "height": 844})
    show(page, evaluation, tmp_path)
    for summary in page.locator(".row > summary").all()[:8]:
        summary.click()
    for details in page.locator("main details:not(.row)").all()[:60]:
        details.evaluate("(element) => { element.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_hostile_text_stays_text(offline: Watched, tmp_path: Path) -> None:
    page = offline.page
    show(page, hostile(), tmp_path)
    expect(page).to_have_title(re.compile("^</script><script>"))
    for summary in page.locator(".row > summary").all():
        summary.click()
    expect(page.locator(".opened")).to_have_count(4)
    expect(page.locator(".opened").first).to_contain_text("document.title = 'taken over'")
    assert page.locator("img, iframe").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("a[href^='javascript']").count() == 0
    arabic = page.locator(".row .question").nth(3)
    expect(arabic).to_have_css("direction", "rtl")
    # the policy holds where a mistake would let markup in
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=x style=\"color: red\">')")
    assert page.evaluate("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
    assert offline.complaints
    assert all("Content Security Policy" in each for each in offline.complaints)
    offline.complaints.clear()


def test_plots_are_legible_on_light_and_dark(offline: Watched, tmp_path: Path) -> None:
    page = offline.page
    show(page, varied(), tmp_path)
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        texts = page.locator(".plot svg text")
        assert texts.count() > 40
        fills = {text.evaluate("(e) => getComputedStyle(e).fill") for text in texts.all()[:5]}
        colours |= {(scheme, fill) for fill in fills}
        expect(page.get_by_role("img", name="Calibration")).to_be_visible()
    assert len({fill for _, fill in colours}) == len(colours)
