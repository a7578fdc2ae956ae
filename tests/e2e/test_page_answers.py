"""An answer as it arrives, and all that is shown and can be done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from api.service import Service
from tests.api.http.in_memory import MemoryArchive
from tests.api.http.serving import serving
from tests.e2e.conftest import Site, Watched
from tests.e2e.crafted import DEEP, FOUR, NINE, QUESTION, WAITING, CraftedEngine, articles
from tests.e2e.test_page import ask, in_view, marked, sent_json, settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive.of(articles())


@pytest.fixture(scope="module")
def engine(archive: MemoryArchive) -> CraftedEngine:
    return CraftedEngine(archive=archive)


@pytest.fixture(scope="module")
def differing(engine: CraftedEngine, archive: MemoryArchive) -> Iterator[Site]:
    with serving(Service(engine=engine, archive=archive)) as url:
        yield Site(url=url, question=QUESTION, unanswerable="Who painted the lighthouse?")


def test_sentences_arrive_one_by_one(
    watched: Watched, differing: Site, engine: CraftedEngine
) -> None:
    page = watched.page
    engine.go_on.clear()
    page.goto(differing.url)
    page.keyboard.type(WAITING)
    page.keyboard.press("Enter")
    expect(page.locator(".sentence")).to_have_count(1)
    expect(page.locator(".quote")).to_have_count(1)
    expect(page.locator(".turn")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#status")).to_have_text("Found 5 passages …")
    page.locator(".said .number").first.focus()
    engine.go_on.set()
    settled(page)
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.locator(".said .number").first).to_be_focused()
    expect(page.locator("#status")).to_have_text("Answered with 2 quotes.")
    assert page.locator("#said-aloud p").all_text_contents() == [NINE, FOUR]


def test_a_newer_question_wins_and_a_left_one_is_given_up(
    watched: Watched, differing: Site, engine: CraftedEngine
) -> None:
    page = watched.page
    engine.go_on.clear()
    ask_without_waiting = f"{differing.url}/?q={WAITING.replace(' ', '+')}"
    page.goto(ask_without_waiting)
    expect(page.locator(".sentence")).to_have_count(1)
    page.get_by_role("link", name="Quoth").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    settled(page)
    engine.go_on.set()
    expect(page.locator(".asked")).to_have_text(QUESTION)


def test_a_follow_up_may_be_asked_before_the_answer_is_there(
    watched: Watched, differing: Site, engine: CraftedEngine
) -> None:
    page = watched.page
    engine.go_on.clear()
    page.goto(differing.url)
    page.keyboard.type(WAITING)
    page.keyboard.press("Enter")
    expect(page.locator(".sentence")).to_have_count(1)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)
    engine.go_on.set()
    settled(page, 2)
    expect(page.locator(".sentence")).to_have_count(4)
    assert sum("/v1/chat" in url for url in watched.requests) == 2


def test_what_follows_a_failure_waits_for_it(watched: Watched, differing: Site) -> None:
    page = watched.page
    page.route("**/v1/chat", lambda route: route.abort(), times=1)
    page.goto(f"{differing.url}/?q=Anything&q={QUESTION.replace(' ', '+')}")
    settled(page, 2)
    expect(page.locator(".turn").nth(1)).to_contain_text("Waits for an answer")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".turn").nth(1).locator(".said")).to_be_visible()
    assert all("Failed to load resource" in each for each in watched.complaints)
    watched.complaints.clear()


def test_a_lost_connection_is_taken_up_again(watched: Watched, differing: Site) -> None:
    page = watched.page

    def lose(route: Route) -> None:
        body = route.fetch().text()
        route.fulfill(body=body[: body.index("event: citation")], content_type="text/event-stream")

    page.route("**/v1/chat", lose, times=1)
    page.goto(differing.url)
    page.keyboard.type(QUESTION)
    with page.expect_request(lambda r: "last-event-id" in r.headers) as taken_up:
        page.keyboard.press("Enter")
    settled(page)
    assert re.fullmatch(r"\w+:3", taken_up.value.headers["last-event-id"])
    expect(page.locator(".quote")).to_have_count(2)
    expect(page.locator(".sentence")).to_have_count(2)


def test_sources_that_differ_are_set_side_by_side(watched: Watched, differing: Site) -> None:
    page = watched.page
    ask(page, differing, QUESTION)
    differ = page.get_by_role("region", name="Sources differ")
    expect(differ.locator(".position-answer")).to_have_text(["𝔑ine1", "Four2"])
    expect(differ.locator(".byline")).to_have_text(
        ["Skerry Post · 6 March 2026", "Harrowmouth Echo · 6 April 2026"]
    )
    updated = page.get_by_role("region", name="Updated since")
    expect(updated.locator(".position-when")).to_have_text(["Now", "Earlier"])
    expect(page.locator(".standing")).to_have_text(
        re.compile(r"^Sources differ, see below · \d+% sure")
    )
    assert page.locator(".said strong").all_text_contents() == ["𝔑ine", "Four"]
    assert page.locator("blockquote b").all_text_contents() == ["𝔑ine", "Four"]
    line = page.get_by_role("region", name="Timeline")
    expect(line.locator("time")).to_have_text(["6 March 2026", "6 April 2026"])
    expect(line.locator(".gap")).to_have_text("31 days later")
    differ.get_by_role("button", name="Quote 2").click()
    expect(page.locator("#reader mark")).to_be_focused()
    assert marked(page) == FOUR
    expect(page.locator("#reader mark strong")).to_have_text("Four")
    line.locator(".title-button").first.click()
    expect(page.locator("#reader mark strong")).to_have_text("𝔑ine")


def test_an_answer_is_copied_shared_and_rated(
    watched: Watched, differing: Site, archive: MemoryArchive
) -> None:
    page = watched.page
    allow_clipboard(page.context)
    ask(page, differing, QUESTION)
    page.get_by_role("button", name="Copy with citations").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        f"## {QUESTION}\n\n{NINE} [1] {FOUR} [2]\n\n"
        f"1. “{NINE}” — Nine trawlers at the tow, Skerry Post, 2026-03-06\n"
        f"2. “{FOUR}” — Skippers count again, Harrowmouth Echo, 2026-04-06\n"
    )
    page.locator(".said .number").first.click()
    shares = page.get_by_title("Whoever opens it asks the same of this archive")
    shares.click()
    expect(shares).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{differing.url}/?q=How+many+trawlers+helped%3F"
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_label("What is wrong with it?").fill("There were ten.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".rated")).to_have_text("Thank you, noted.")
    assert archive.rated["ans_1"].comment == "There were ten."


def allow_clipboard(context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])


def test_filters_narrow_and_are_part_of_the_address(watched: Watched, differing: Site) -> None:
    page = watched.page
    page.goto(f"{differing.url}/?q=Anything&publisher=Skerry+Post&since=2026-01-01")
    settled(page)
    summary = page.locator("#filters-summary")
    expect(summary).to_have_text("Only Skerry Post, from 1 January 2026 on")
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    with page.expect_request("**/v1/chat") as sent:
        page.keyboard.press("Enter")
    settled(page, 2)
    body = sent_json(sent.value)
    assert (body["publishers"], body["since"]) == (["Skerry Post"], "2026-01-01")
    assert "until" not in body


def test_long_articles_open_at_the_words(watched: Watched, differing: Site) -> None:
    page = watched.page
    ask(page, differing, "What was looked for?")
    page.locator(".said .number").click()
    mark = page.locator("#reader mark")
    expect(mark).to_be_focused()
    assert marked(page) == DEEP
    assert in_view(page, mark)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.locator("#column").get_attribute("inert") is not None
    page.keyboard.press("Escape")
    expect(page.locator(".said .number")).to_be_focused()


def test_arrows_go_through_lists(watched: Watched, differing: Site) -> None:
    page = watched.page
    ask(page, differing, QUESTION)
    reads = page.locator(".quote [data-stop]")
    reads.first.focus()
    page.keyboard.press("ArrowDown")
    expect(reads.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(reads.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(reads.first).to_be_focused()
