"""A bot at work in a thread of its own, over real sockets."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from api.service import Limits, Service
from api.slack.bootstrap import own_answering
from api.slack.bot import Needs
from api.slack.settings import SlackSettings
from api.slack.transports import serve_socket
from api.slack.worker import Pace
from index.catalogue.slack_questions import SlackQuestionTable
from tests.slack_server.server import PATIENCE, SlackServer

PACE = Pace(lease_seconds=2.0, look_every=0.2, again_after=0.2, pause=0.05, leave_seconds=2.0)
"""Quick enough for tests to see what happens after a crash."""


def settings_for(server: SlackServer, **more: Any) -> SlackSettings:
    """Settings that lead to the tests' Slack, without limits that tests do not mean to meet."""
    given: dict[str, Any] = {
        "slack_bot_token": SecretStr(server.slack.bot_token),
        "slack_app_token": SecretStr(server.slack.app_token),
        "slack_signing_secret": SecretStr(server.slack.signing_secret),
        "slack_api_url": server.api_url,
        "slack_rate_limit": "none",
        "slack_channel_rate_limit": "none",
    }
    return SlackSettings(**given | more)


def needs_for(
    settings: SlackSettings, table: SlackQuestionTable, service: Service, pace: Pace = PACE
) -> Needs:
    """What a bot over this service is made from."""
    answering = own_answering(replace(service, limits=Limits()))
    return Needs(settings=settings, table=table, answering=answering, pace=pace)


class BotThread:
    """A bot over Socket Mode. It is connected once `start` returns."""

    def __init__(self, needs: Needs) -> None:
        self._needs = needs
        self._connected = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self.begin()
        deadline = time.monotonic() + PATIENCE
        while not self._connected.wait(timeout=0.05):
            if self._failure is not None:
                raise self._failure
            assert self._thread.is_alive(), "the bot ended before it was connected"
            if time.monotonic() > deadline:
                self.stop()
                raise AssertionError("the bot was not connected in time")

    def begin(self) -> None:
        """Start without waiting until it is connected."""
        self._thread.start()

    @property
    def is_connected(self) -> bool:
        """Whether it ever was."""
        return self._connected.is_set()

    def stop(self) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "the bot did not stop"
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised where the test is
            self._failure = error

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await serve_socket(
            self._needs,
            stop=self._stop,
            connected=lambda _: self._connected.set(),
            ping_seconds=1.0,
        )


@contextmanager
def bot_running(needs: Needs) -> Iterator[BotThread]:
    """A bot while a test needs it."""
    bot = BotThread(needs)
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()
