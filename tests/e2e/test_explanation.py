"""“Why this answer?” on the page, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site, Watched

pytestmark = pytest.mark.browser


def asked(page: Page, site: Site, question: str) -> None:
    """Open the page at the question's address, and wait until it says why."""
    page.goto(f"{site.url}/?q={question.replace(' ', '+')}")
    expect(page.locator(".explanation")).to_be_visible()


def test_the_keyboard_opens_it_and_a_passage_in_it(watched: Watched, site: Site) -> None:
    page = watched.page
    asked(page, site, site.question)
    summary = page.get_by_text("Why this answer?")
    expect(page.locator(".reason")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reason")).to_contain_text("at least")
    table = page.get_by_role("table", name="Scores of each passage")
    assert table.get_by_role("columnheader").all_inner_texts() == [
        "Passage", "Dense", "Lexical", "Fused", "Reading", "Quotes",
    ]  # fmt: skip
    rows = table.get_by_role("row")
    assert rows.count() > 2
    rows.nth(1).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()


def test_an_abstention_is_explained_too(watched: Watched, site: Site) -> None:
    page = watched.page
    asked(page, site, site.unanswerable)
    page.get_by_text("Why no answer?").click()
    expect(page.locator(".reason")).to_contain_text("Withheld")


def test_it_scrolls_by_itself_on_a_phone(watched: Watched, site: Site) -> None:
    page = watched.page
    page.set_viewport_size({"width": 360, "height": 700})
    asked(page, site, site.question)
    page.get_by_text("Why this answer?").click()
    scores = page.get_by_role("region", name="Scores of each passage")
    expect(scores).to_be_visible()
    scores.focus()
    expect(scores).to_be_focused()
    assert scores.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
