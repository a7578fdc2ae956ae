"""A local Slack for each test, and the clients that the tests drive it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack_server.server import SlackServer


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server
