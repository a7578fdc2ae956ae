"""The page in a real browser, over a real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.service import Service
from index.bootstrap import open_archive
from index.records import IngestOutcome
from index.settings import IndexSettings
from rag.bootstrap import build_engine
from rag.settings import RagSettings
from tests.api.http.in_memory import MemoryArchive, MemoryEngine, two_articles
from tests.api.http.leaving import PATIENCE
from tests.api.http.serving import serving

SEEDS = Path(__file__).parents[2] / "seeds"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FERRY_QUOTE = "The ferry to Osk runs again from Monday, the harbour office said on Friday."


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served archive, and what is known about it."""

    url: str
    question: str
    """One that the archive answers."""
    unanswerable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a page said and asked for while it was used."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Console errors and uncaught exceptions."""
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def crafted_site() -> Iterator[Site]:
    """Articles made to break pages: characters that browsers count twice, markup, right-to-left
    text, an address that is a script."""
    archive = MemoryArchive.of(two_articles())
    question = "When does the ferry to Osk run again?"
    quotes = [
        ("art-ferry", FERRY_QUOTE),
        ("art-ferry", "Fares stay at 12 crowns until the end of May. 🎉"),
        ("art-bridge", "عُقد الاجتماع في المدينة القديمة بعد ظهر الثلاثاء."),
    ]
    engine = MemoryEngine(archive=archive, quotes={question: quotes})
    with serving(Service(engine=engine, archive=archive)) as url:
        yield Site(url=url, question=question, unanswerable="Who painted the lighthouse?")


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Site]:
    """What the tests of ordinary use run on: the seeds behind the real engine."""
    folder = tmp_path_factory.mktemp("site")
    with open_archive(IndexSettings(data_dir=folder, model_cache=model_cache)) as archive:
        report = archive.ingest([str(SEEDS)])
        assert report.count(IngestOutcome.ADDED) == 10
        engine = build_engine(archive, RagSettings())
        with serving(Service(engine=engine, archive=archive, scratch=folder)) as url:
            yield Site(
                url=url,
                question="how long would the guarantees last?",
                unanswerable="Who wrote Pride and Prejudice?",
            )


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Of the package: while it is open, an event loop runs in this thread, and no other can.
    found = [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip(f"no Chromium on the PATH under any of {', '.join(CHROMIUM_NAMES)}")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)  # its five seconds are a bet on a free machine
        browser = playwright.chromium.launch(executable_path=found[0], args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh page; `complaints` must be empty at the end, whatever the test was about."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    watched = Watched(page=context.new_page())
    watch(watched)
    yield watched
    context.close()
    assert watched.complaints == []


def watch(watched: Watched) -> None:
    """Write down requests and complaints."""
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on(
        "console",
        lambda message: (
            watched.complaints.append(message.text) if message.type == "error" else None
        ),
    )
