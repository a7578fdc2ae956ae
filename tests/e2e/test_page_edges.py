"""The web page when articles are hostile or things go wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.api.http.in_memory import BRIDGE, FERRY
from tests.e2e.conftest import Site, Watched
from tests.e2e.test_page import ask, marked

pytestmark = pytest.mark.browser


def test_offsets_count_code_points(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    quote = "Freight went by the northern route meanwhile"
    start = FERRY.index(quote)
    assert len(FERRY[:start].encode("utf-16-le")) // 2 > start, "the text tells the two apart"
    page.goto(f"{crafted_site.url}/?article=art-ferry&at={start}-{start + len(quote)}")
    expect(page.locator("#reader mark")).to_have_text(quote)
    end = FERRY.index("🎉") + 1
    page.goto(f"{crafted_site.url}/?article=art-ferry&at={end - 1}-{end}")
    expect(page.locator("#reader mark")).to_have_text("🎉")


def test_a_quote_over_several_lines_is_marked_whole(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    start, end = BRIDGE.index("county decided"), BRIDGE.index(" inspection.")
    page.goto(f"{crafted_site.url}/?article=art-bridge&at={start}-{end}")
    expect(page.locator("#reader mark").first).to_be_visible()
    assert marked(page) == BRIDGE[start:end]


@pytest.mark.parametrize("span", ["0-0", "9-3", "999999-9999999", "x", "-5-3", "1-9999999999999"])
def test_spans_that_make_no_sense_show_the_article_unmarked(
    watched: Watched, crafted_site: Site, span: str
) -> None:
    page = watched.page
    page.goto(f"{crafted_site.url}/?article=art-ferry&at={span}")
    expect(page.locator("#reader h2")).to_be_visible()
    assert page.locator("#reader mark").count() == 0


def test_articles_cannot_bring_markup_or_scripts(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    ask(page, crafted_site, crafted_site.question)
    expect(page.locator(".standing")).to_contain_text("2 publishers say so independently · ")
    page.locator(".said .number").first.click()
    expect(page.locator("#reader .reader-text")).to_contain_text("<script>")
    assert page.locator("#reader script, #reader img").count() == 0
    assert page.title() == f"{crafted_site.question} – Quoth"
    links = page.locator("main a").evaluate_all("list => list.map((a) => a.href)")
    assert links
    assert all(link.startswith("https://skerry.example/") for link in links)


def test_right_to_left_sentences_read_right_to_left(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    page.goto(f"{crafted_site.url}/?article=art-bridge")
    lines = page.locator("#reader .reader-text p")
    expect(lines.first).to_have_css("direction", "rtl")
    expect(lines.nth(1)).to_have_css("direction", "ltr")


def test_dates_are_readable_and_say_where_they_come_from(
    watched: Watched, crafted_site: Site
) -> None:
    page = watched.page
    ask(page, crafted_site, crafted_site.question)
    bylines = page.locator(".quotes .byline")
    expect(bylines.nth(0)).to_have_text("Skerry Post · 6 March 2026")
    expect(bylines.nth(2)).to_have_text(
        "Harrowmouth Echo · 17 February 2026 (as shown on the page)"
    )


def test_copies_are_listed_under_the_quote(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    ask(page, crafted_site, crafted_site.question)
    carriers = page.locator(".quote[data-quote='2'] .carriers")
    expect(carriers).to_have_text("Also carried by Harrowmouth Echo")
    carriers.get_by_role("button").click()
    expect(page.locator("#reader h2")).to_have_text("Harrowmouth bridge to close in September")


def test_errors_are_told_in_words(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    ask(page, crafted_site, "why " * 501)
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(re.compile(r"The question has 2,0\d\d characters.*At most 2,000"))
    page.goto(f"{crafted_site.url}/?article=art-none")
    expect(page.locator("#reader .problem")).to_contain_text("No article has the id art-none")
    page.goto(crafted_site.url)
    page.route("**/v1/chat", lambda route: route.abort(), times=1)
    page.keyboard.type(crafted_site.question)
    page.keyboard.press("Enter")
    expect(alert).to_have_text(re.compile("Quoth does not answer"))
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".said")).to_be_visible()
    # The browser itself notes each failed request; nothing else may be there.
    noted = [each for each in watched.complaints if "Failed to load resource" in each]
    assert noted == watched.complaints
    watched.complaints.clear()


def test_dark_and_light_follow_the_system(watched: Watched, crafted_site: Site) -> None:
    page = watched.page
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(crafted_site.url)
        colours.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert len(colours) == 2
