"""Ordinary use of the web page, in a real browser."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.conftest import Site, Watched

pytestmark = pytest.mark.browser


def ask(page: Page, site: Site, question: str) -> None:
    """Type the question where the page put the cursor, and wait for the outcome."""
    page.goto(site.url)
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    settled(page)


def settled(page: Page, turns: int = 1) -> None:
    """Wait until this many questions have their outcome."""
    expect(page.locator(".turn[aria-busy='false']")).to_have_count(turns)


def sent_json(request: Request) -> dict[str, Any]:
    """The JSON body of a request."""
    body: dict[str, Any] = json.loads(request.post_data or "")
    return body


def marked(page: Page) -> str:
    """The highlighted words, lines joined as in the stored text."""
    return "\n".join(page.locator("#reader mark").all_text_contents())


def in_view(page: Page, locator: Locator) -> bool:
    box = locator.bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_each_number_opens_its_quote_in_the_article(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    numbers = page.locator(".said .number")
    quotes = page.locator(".quotes blockquote").all_text_contents()
    assert numbers.count() >= 1
    for index in range(numbers.count()):
        number = int(numbers.nth(index).inner_text())
        numbers.nth(index).click()
        expect(page.locator("#reader mark").first).to_be_focused()
        expect(page.locator(f".quote[data-quote='{number}']")).to_have_class(re.compile("open"))
        assert marked(page) == quotes[number - 1]
        assert in_view(page, page.locator("#reader mark").first)


def test_a_click_on_the_words_of_a_quote_opens_it_too(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    quote = page.locator(".quotes blockquote").first
    quote.click()
    expect(page.locator("#reader mark").first).to_be_focused()
    assert marked(page) == quote.inner_text()


def test_the_keyboard_is_enough(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    number = page.locator(".said .number").first
    number.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(number).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()


def test_a_question_and_an_open_quote_can_be_shared(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    page.locator(".said .number").first.click()
    expect(page.locator("#reader mark").first).to_be_focused()
    before = (page.locator(".said").inner_text(), marked(page))
    page.goto(page.url)
    expect(page.locator("#reader mark").first).to_be_visible()
    settled(page)
    assert (page.locator(".said").inner_text(), marked(page)) == before
    expect(page.locator(".asked")).to_have_text(site.question)


def test_back_and_forward_work(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    page.locator(".said .number").first.click()
    expect(page.locator("#reader")).to_be_visible()
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(".said")).to_be_visible()
    page.go_back()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#latest")).to_be_visible()
    asked = sum("/v1/chat" in url for url in watched.requests)
    page.go_forward()
    expect(page.locator(".said")).to_be_visible()
    assert sum("/v1/chat" in url for url in watched.requests) == asked, "it is remembered"


def test_the_latest_on_a_topic_is_told_by_whom(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, "What is the latest on the Grey Heron?")
    quotes = page.locator(".quote")
    expect(quotes.first).to_contain_text("10 February 2026")
    assert quotes.count() > 2
    expect(page.locator(".standing")).to_have_text(
        re.compile(r"^Quotes of \d publishers · \d+% sure")
    )


def test_what_the_archive_does_not_say(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.unanswerable)
    expect(page.locator(".turn")).to_contain_text("The archive does not say.")
    expect(page.locator(".turn")).to_contain_text("they are not an answer")
    assert page.locator(".said, .quotes").count() == 0
    nearest = page.locator(".passages li").first
    nearest.get_by_role("button").click()
    expect(page.locator("#reader mark").first).to_be_focused()
    text = nearest.locator(".passage-text").text_content() or ""
    assert marked(page).split("\n") == [line for line in text.split("\n") if line]


def test_the_first_page_shows_what_is_held(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(site.url)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#holdings")).to_have_text(re.compile(r"^[\d,]+ articles?$"))
    title = page.locator("#latest .title-button").first
    title.click()
    expect(page.locator("#reader h2")).to_have_text(title.inner_text())
    assert "article=" in page.url


def test_follow_ups_lean_on_what_was_said(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, "Where will the Grey Heron be repaired?")
    page.keyboard.type("When was it built?")
    with page.expect_request("**/v1/chat") as sent:
        page.keyboard.press("Enter")
    settled(page, 2)
    messages = sent_json(sent.value)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    quotes = page.locator(".turn").first.locator("blockquote").all_text_contents()
    assert messages[1]["content"] == " ".join(quotes)
    expect(page.locator(".turn").nth(1).locator(".understood")).to_contain_text("Understood as: ")
    shared = page.url
    said = page.locator(".said").all_text_contents()
    page.goto("about:blank")
    page.goto(shared)
    settled(page, 2)
    assert page.locator(".said").all_text_contents() == said
    page.goto(site.url)
    recent = page.locator(".recent li")
    expect(recent).to_contain_text("Where will the Grey Heron be repaired?")
    expect(recent).to_contain_text("one follow-up")
    recent.get_by_role("link").click()
    settled(page, 2)
    page.goto(site.url)
    page.get_by_role("button", name="Forget all").click()
    expect(recent).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_why_is_told_when_it_is_asked_for(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    assert not any("/v1/ask" in url for url in watched.requests)
    page.get_by_text("Why this answer?").click()
    expect(page.locator(".explanation .reason")).not_to_be_empty()
    expect(page.locator(".scores tbody tr").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_scrolls_sideways(watched: Watched, site: Site, width: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 700})
    for question in (site.unanswerable, site.question):
        ask(page, site, question)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".said .number").first.click()
    mark = page.locator("#reader mark").first
    expect(mark).to_be_focused()
    assert in_view(page, mark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_comes_from_another_host(watched: Watched, site: Site) -> None:
    page = watched.page
    ask(page, site, site.question)
    page.locator(".said .number").first.click()
    expect(page.locator("#reader mark").first).to_be_focused()
    page.goto(f"{site.url}/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    own = urlsplit(site.url).netloc
    asked = [url for url in watched.requests if not url.startswith("data:")]
    assert {urlsplit(url).netloc for url in asked} == {own}


def test_the_api_can_be_tried_in_its_own_page(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(f"{site.url}/docs#/Questions/ask")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").nth(1)).to_contain_text("200")
    own = urlsplit(site.url).netloc
    hosts = {urlsplit(url).netloc for url in watched.requests if not url.startswith("data:")}
    assert hosts == {own}
