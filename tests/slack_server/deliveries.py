"""Deliveries to the app: tried until one is acknowledged within three seconds, as Slack tries.

Events are tried again up to three times: nearly at once, after a minute, and after five minutes.
Commands and interactions are tried once; who gave them is told when nothing came of it.
https://docs.slack.dev/apis/events-api#errors
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.slack_server.faults import Faults
from tests.slack_server.workspace import Json

ACKNOWLEDGED_WITHIN = 3.0
"""Seconds."""
RETRIED_AFTER = (0.1, 60.0, 300.0)
"""Seconds before each of the three further tries."""

Kind = Literal["events_api", "slash_commands", "interactive"]


class NotAcknowledged(Exception):
    """A try that failed, with the reason as Slack words it."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        """Whether the app has asked not to be told again."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One try, and what became of it."""

    number: int
    reason: str
    """Why it was tried again; empty the first time."""
    at: float
    to: str = ""
    """The connection or URL it went to."""
    failed: str | None = None
    answered_at: float | None = None


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Something that the app is to be told of, and whether it was."""

    kind: Kind
    payload: Json
    at: float = field(default_factory=time.monotonic)
    attempts: list[Attempt] = field(default_factory=list)
    answer: Json | None = None
    """What came with the acknowledgement; `{}` where nothing did."""
    done: bool = False

    @property
    def acknowledged(self) -> bool:
        return self.answer is not None

    @property
    def lost(self) -> bool:
        """Whether Slack gave up."""
        return self.done and not self.acknowledged

    @property
    def waited(self) -> float | None:
        """Seconds from what happened to its first acknowledgement."""
        answered = [a.answered_at for a in self.attempts if a.answered_at is not None]
        return min(answered) - self.at if answered else None

    @property
    def event(self) -> Json:
        return dict(self.payload.get("event") or {})

    @property
    def trigger_id(self) -> str:
        return str(self.payload.get("trigger_id", ""))

    @property
    def response_url(self) -> str:
        return str(self.payload.get("response_url", ""))


class Transport(Protocol):
    """A way to the app."""

    async def send(self, delivery: Delivery, attempt: Attempt, *, within: float) -> Json:
        """What the app answered with; `attempt.to` says where it went.

        Raises:
            NotAcknowledged: it did not answer in so many seconds, or not well.
        """
        ...


class Courier:
    """Takes deliveries to the app, each in a task of its own."""

    def __init__(self, transport: Transport, faults: Faults, touch: Callable[[], None]) -> None:
        self.transport = transport
        self.within = ACKNOWLEDGED_WITHIN
        self.retried_after: Sequence[float] = RETRIED_AFTER
        self.all: list[Delivery] = []
        self.under_way = 0
        self.answered: Callable[[Delivery], None] = lambda _delivery: None
        """Called when a command or an interaction was answered, or was not."""
        self._faults = faults
        self._touch = touch
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, delivery: Delivery) -> None:
        """Begin to deliver. To be called in the event loop."""
        self._keep(self._deliver(delivery))

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def again(self, delivery: Delivery, reason: str) -> None:
        """Deliver once more what was delivered, acknowledged or not. In the event loop."""
        self.under_way += 1
        self._keep(self._once_more(delivery, reason))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _once_more(self, delivery: Delivery, reason: str) -> None:
        await self._try(delivery, reason)
        self.under_way -= 1
        self._touch()

    async def _deliver(self, delivery: Delivery) -> None:
        reason: str | None = await self._try(delivery, "")
        if delivery.kind == "events_api":
            if reason is None and self._faults.loses_acknowledgement():
                reason = "timeout"
            for pause in self.retried_after:
                if reason is None:
                    break
                await asyncio.sleep(pause)
                reason = await self._try(delivery, reason)
        delivery.done = True
        self.under_way -= 1
        if delivery.kind != "events_api":
            self.answered(delivery)
        self._touch()

    async def _try(self, delivery: Delivery, reason: str) -> str | None:
        """Why the try failed; None when it did not, or when nobody is to try again."""
        attempt = Attempt(number=len(delivery.attempts), reason=reason, at=time.monotonic())
        delivery.attempts.append(attempt)
        try:
            answer = await self.transport.send(delivery, attempt, within=self.within)
        except NotAcknowledged as failure:
            attempt.failed = failure.reason
            return None if failure.final else failure.reason
        finally:
            self._touch()
        attempt.answered_at = time.monotonic()
        if delivery.answer is None:
            delivery.answer = answer
        return None
