"""The archive's view and the status view, over a real archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.service import Service
from index.archive import Archive
from index.loading.files import KNOWN_SUFFIXES
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.api.http.serving import serving
from tests.e2e.conftest import Watched
from tests.index.building import archive_in, ingest, record, text_of

pytestmark = pytest.mark.browser

DROP = """([files, place]) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    for (const type of ["dragover", "drop"]) {
        const more = {dataTransfer: transfer, bubbles: true, cancelable: true};
        document.querySelector(place).dispatchEvent(new DragEvent(type, more));
    }
}"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Forty articles of two publishers, one of them in its second version."""
    with archive_in(tmp_path_factory.mktemp("held")) as archive:
        names = [f"quay {number}" for number in range(40)]
        publishers = ("Skerry Post", "Harrowmouth Echo")
        ingest(
            archive,
            *(
                record(name, text_of(name), publisher=publishers[number % 2])
                for number, name in enumerate(names)
            ),
        )
        ingest(archive, record("quay 7", "It was otherwise.", publisher=publishers[1]))
        yield archive


@pytest.fixture(scope="module")
def url(held: Archive) -> Iterator[str]:
    engine = MemoryEngine(archive=MemoryArchive(), quotes={})
    with serving(Service(engine=engine, archive=held)) as address:
        yield address


def titles(page: Page) -> list[str]:
    return page.locator("#archive-view .title-button").all_text_contents()


def test_the_list_is_searched_narrowed_and_grows(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(url)
    page.get_by_role("link", name="Archive", exact=True).click()
    expect(page.locator("#archive-count")).to_have_text("40 articles")
    assert len(titles(page)) == 25
    page.get_by_role("button", name="Show more").last.click()
    expect(page.locator("#archive-view .title-button")).to_have_count(40)
    expect(page.locator("#archive-view .title-button").nth(25)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("QUAY 3")
    expect(page.locator("#archive-count")).to_have_text("11 articles")
    page.get_by_role("combobox", name="Publisher").select_option("Skerry Post")
    expect(page.locator("#archive-count")).to_have_text("5 articles")
    page.goto(page.url)
    expect(page.locator("#archive-count")).to_have_text("5 articles")
    page.get_by_label("Search titles").fill("nowhere")
    expect(page.locator("#archive-count")).to_have_text("No article has these words in its title.")


def test_an_article_tells_of_itself_and_of_its_versions(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/?view=archive&title=quay+7")
    row = page.locator("#archive-view li", has=page.get_by_role("button", name="About quay 7"))
    expect(row).to_contain_text("version 2")
    row.get_by_role("button").click()
    expect(page.locator(".reader-text")).to_have_text("It was otherwise.")
    page.get_by_text("About this article").click()
    facts = page.locator("#reader .facts")
    expect(facts).to_contain_text("Harrowmouth Echo")
    expect(facts).to_contain_text("3 words")
    page.get_by_role("button", name="Version 1").click()
    expect(page.locator(".reader-text")).to_contain_text(text_of("quay 7").split("\n")[0])
    expect(page.locator("#reader .notice")).to_contain_text("This is version 1 of the article.")
    page.get_by_role("button", name="Read it as it is now").click()
    expect(page.locator(".reader-text")).to_have_text("It was otherwise.")


def test_files_are_dropped_and_one_is_deleted_again(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/?view=archive")
    expect(page.locator("#archive-count")).to_have_text("40 articles")
    taken_in = "Text, Markdown, HTML, JSON, JSON Lines"
    expect(page.locator(".upload-words .fine-print")).to_have_text(taken_in)
    assert {".txt", ".md", ".html", ".json", ".jsonl"} <= KNOWN_SUFFIXES
    page.get_by_label("Their publisher").fill("Osk Gazette")
    text = f"Lantern festival moved\n\n{text_of('lanterns')}"
    page.evaluate(DROP, [[["lanterns.txt", text], ["empty.txt", ""]], "#archive-view"])
    expect(page.locator(".upload-told")).to_have_text("1 added, 1 refused.")
    expect(page.locator(".upload .refused")).to_contain_text("empty.txt")
    expect(page.locator(".upload progress")).to_be_hidden()
    expect(page.locator("#archive-count")).to_have_text("41 articles")
    expect(page.locator("#archive-publisher")).to_contain_text("Osk Gazette (1)")
    page.get_by_label("Search titles").fill("lantern")
    page.get_by_role("button", name="Lantern festival moved").click()
    page.get_by_text("About this article").click()
    delete = page.get_by_role("button", name="Delete from the archive")
    delete.click()
    dialog = page.get_by_role("dialog", name="Delete this article?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#reader")).to_be_visible()
    delete.click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#archive-view .title-button")).to_have_count(0)


def test_files_can_be_chosen_too(watched: Watched, url: str, tmp_path: Path) -> None:
    page = watched.page
    file = tmp_path / "moorings.txt"
    file.write_text(f"New moorings at the quay\n\n{text_of('moorings')}", encoding="utf-8")
    page.goto(f"{url}/?view=archive&title=moorings")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="choose files").click()
    chooser.value.set_files(file)
    expect(page.locator(".upload-told")).to_have_text("1 added.")
    expect(page.get_by_role("button", name="New moorings at the quay")).to_be_visible()


def test_status_tells_what_is_held_and_what_was_refused(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/?view=status")
    expect(page.locator(".health")).to_have_text("Ready to answer")
    expect(page.locator(".figures dd").first).to_have_text(re.compile(r"^4\d$"))
    runs = page.locator(".runs > li")
    expect(runs.first).to_be_visible()
    expect(runs.last).to_contain_text("40 added")
    refusing = runs.filter(has=page.locator("details"))
    refusing.get_by_text("1 refused", exact=True).click()
    expect(refusing.locator(".refused")).to_contain_text("empty.txt")
