"""A local Slack, an archive in memory, a ledger in a file, and bots between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from api.service import Limits, Service
from api.slack.blocks.messages import reading_message
from api.slack.bootstrap import endpoint_maker
from api.slack.worker import Pace
from index.catalogue.slack_questions import SlackQuestionTable
from index.settings import IndexSettings
from index.slack_questions import open_slack_questions
from tests.api.http.in_memory import MemoryArchive, hold, two_articles
from tests.api.http.serving import serving
from tests.api.slack.engines import TestedEngine
from tests.api.slack.running import PACE, BotThread, bot_running, needs_for, settings_for
from tests.slack_server.server import SlackServer
from tests.slack_server.slack import Slack
from tests.slack_server.workspace import Message

QUESTION = "When does the ferry to Osk run again?"
QUOTE = "The ferry to Osk runs again from Monday, the harbour office said on Friday."
OTHER_QUESTION = "When will the bridge at Harrowmouth close?"
OTHER_QUOTE = "The bridge at Harrowmouth will close for repairs in September, the county decided."
UNKNOWN = "Who won the regatta?"
READING = reading_message()["text"]

Transport = Literal["socket", "http"]


@dataclass
class Stage:
    """All that plays a part in a test."""

    server: SlackServer
    table: SlackQuestionTable
    archive: MemoryArchive
    engine: TestedEngine
    pace: Pace = PACE
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        return Service(engine=self.engine, archive=self.archive, limits=Limits())

    @contextmanager
    def bot(self, transport: Transport = "socket", **overrides: Any) -> Iterator[BotThread | None]:
        """A bot at work; `overrides` are settings."""
        settings = settings_for(self.server, **self.overrides | overrides)
        if transport == "socket":
            with bot_running(needs_for(settings, self.table, self.service, self.pace)) as bot:
                yield bot
            return
        make = endpoint_maker(settings, self.table, self.pace)
        with serving(replace(self.service), make_slack=make) as url:
            self.server.deliver_to(f"{url}/slack/events")
            yield None

    def reply(self, channel: str, ts: str, *, after: int = 0) -> Message:
        """What the bot replied in the thread, once it has come to an end; `after` so many."""

        def ended() -> Message | None:
            replies = self.server.replies(channel, ts)[after:]
            done = replies and replies[0].text not in {"", READING} and not replies[0].streaming
            return replies[0] if done else None

        found = self.server.wait_for(ended)
        assert found is not None
        return found

    def settled(self) -> None:
        """Wait until every event is delivered and every question has its answer."""
        self.server.wait_for(self.server.quiet)
        until(lambda: self.table.statistics().waiting == 0)


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for what the local Slack is not told of."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with SlackServer(Slack()) as server:
        server.courier.retried_after = (0.1, 0.4, 1.0)  # Slack waits for up to five minutes
        yield server
        server.check()


@pytest.fixture
def stage(server: SlackServer, tmp_path: Path) -> Iterator[Stage]:
    archive = MemoryArchive.of(two_articles())
    quotes = {QUESTION: [("art-ferry", QUOTE)], OTHER_QUESTION: [("art-bridge", OTHER_QUOTE)]}
    engine = TestedEngine(archive=archive, quotes=quotes)
    with ExitStack() as opened:
        settings = IndexSettings(data_dir=tmp_path / "archive")
        table = opened.enter_context(open_slack_questions(settings))
        hold(table._engine, two_articles())
        yield Stage(server=server, table=table, archive=archive, engine=engine)


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """How events come to the bot."""
    chosen: Transport = request.param
    return chosen
