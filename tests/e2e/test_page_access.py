"""The page where the service asks for an API key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.http.access.rules import AccessRules
from api.service import Service
from index.catalogue.keys import KeyTable, KeyWanted, Scope
from index.keys import open_keys
from index.settings import IndexSettings
from tests.api.http.in_memory import MemoryArchive
from tests.api.http.serving import serving
from tests.e2e.conftest import Watched
from tests.e2e.crafted import QUESTION, CraftedEngine, articles
from tests.e2e.test_page import settled

pytestmark = pytest.mark.browser


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyTable]:
    with open_keys(IndexSettings(data_dir=tmp_path / "archive")) as table:
        yield table


def test_a_key_is_asked_for_once_and_kept_for_the_tab(
    watched: Watched, keys: KeyTable, tmp_path: Path
) -> None:
    page = watched.page
    archive = MemoryArchive.of(articles())
    notes = tmp_path / "notes.txt"
    notes.write_text("Notes", encoding="utf-8")
    service = Service(engine=CraftedEngine(archive=archive), archive=archive)
    key = keys.create(KeyWanted(name="reader", scopes=(Scope.ASK,)))[1]
    with serving(service, AccessRules(keys=keys)) as url:
        page.goto(f"{url}/?q={QUESTION.replace(' ', '+')}")
        field = page.get_by_label("This archive asks for an API key")
        expect(field).to_be_focused()
        page.keyboard.type(key)
        page.keyboard.press("Enter")
        settled(page)
        expect(page.locator(".quote")).to_have_count(2)
        expect(field).to_have_count(0)
        page.goto(url)
        expect(page.locator("#latest li").first).to_be_visible()
        page.goto(f"{url}/?view=status")
        expect(page.locator("#status-view")).to_contain_text("API keys that may administer")
        expect(page.locator("#signin")).to_be_hidden()
        page.get_by_role("link", name="Archive", exact=True).click()
        page.locator("input[type=file]").set_input_files(notes)
        expect(page.get_by_label("This API key does not do")).to_be_focused()
        page.get_by_role("button", name="Keep the one I have").click()
        expect(page.locator("#signin")).to_be_hidden()
    # The browser itself notes each refused request; nothing else may be there.
    assert all("Failed to load resource" in each for each in watched.complaints)
    watched.complaints.clear()
