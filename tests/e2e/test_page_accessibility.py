"""What axe-core, which knows the rules of WCAG, finds in each state of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from api.service import Service
from tests.api.http.in_memory import MemoryArchive
from tests.api.http.serving import serving
from tests.e2e.conftest import Watched
from tests.e2e.crafted import QUESTION, CraftedEngine, articles
from tests.e2e.test_page import settled

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    archive = MemoryArchive.of(articles())
    with serving(Service(engine=CraftedEngine(archive=archive), archive=archive)) as address:
        yield address


FINGER = 24
"""Pixels that a target has at least (WCAG 2.2, 2.5.8)."""
HEIGHTS = """targets => targets.filter(each => each.checkVisibility()).map(
    each => [each.textContent, each.getBoundingClientRect().height])"""


def test_fingers_hit_what_they_mean(chromium: Browser, url: str) -> None:
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=3,
        is_mobile=True,
        has_touch=True,
    )
    page = phone.new_page()
    page.goto(f"{url}/?q={QUESTION.replace(' ', '+')}")
    settled(page)
    for details in page.locator("#ask-view details:not(.explanation)").all():
        details.evaluate("each => { each.open = true; }")
    heights = page.locator("a:visible, button:visible, summary:visible").evaluate_all(HEIGHTS)
    assert len(heights) > 10
    assert [each for each in heights if each[1] < FINGER] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    phone.close()


def assert_accessible(page: Page, state: str) -> None:
    violations = Axe().run(page).response["violations"]
    found = [(each["impact"], each["id"], each["nodes"][0]["target"]) for each in violations]
    assert found == [], state


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing(watched: Watched, url: str, scheme: str, width: int) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"{url}/?q={QUESTION.replace(' ', '+')}")
    settled(page)
    for details in page.locator("#ask-view details:not(.explanation)").all():
        details.evaluate("each => { each.open = true; }")
    expect(page.locator(".choice-row").first).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_label("What is wrong with it?")).to_be_visible()
    assert_accessible(page, "an answer")
    page.locator(".said .number").first.click()
    expect(page.locator("#reader mark")).to_be_focused()
    page.get_by_text("About this article").click()
    assert_accessible(page, "an article beside its answer")
    page.get_by_role("button", name="Delete from the archive").click()
    assert_accessible(page, "a question whether one is sure")
    for path, ready in (
        ("/", "#latest li"),
        ("/?q=Who+painted+it%3F", ".passages li"),
        ("/?view=archive", "#archive-view li"),
        ("/?view=status", ".figures"),
    ):
        page.goto(f"{url}{path}")
        expect(page.locator(ready).first).to_be_visible()
        assert_accessible(page, path)
