"""Whether the Slack bot holds out: `make bench`, `make soak`, or
`python -m benchmarks.slack_load`.

Real processes over the seeds, `quoth serve` and `quoth slack --url`, against a local Slack with the
real protocol. Told: how soon events are acknowledged under load; how many questions are answered
twice or never while events are delivered again, connections end and bots are killed; and what the
bot adds to a service that runs anyway. Ends with 1 where a question was answered twice or not at
all, where something was sent that Slack does not take, or where the bot adds too much; speed is
told and judged by nobody, since machines differ.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from api.slack.worker import Pace
from eval.gold import load_gold
from tests.slack_server.server import SlackServer
from tests.slack_server.slack import Slack
from tests.slack_server.workspace import GENERAL, Message

SEEDS = Path(__file__).parents[1] / "seeds"
QUOTH = Path(sys.executable).with_name("quoth")
READING = "Reading the archive…"
MOST_ADDED = 100.0
"""Megabytes that the bot may add."""
PARTS = ("acknowledged", "once", "memory")
READY_SECONDS = 120.0
EVENTS_OF_A_MENTION = 2
AT_ONCE = Pace().at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured."""

    seconds: int
    """Of load."""
    events_a_second: int
    questions: int
    """Asked while things break."""
    retried: float
    """Share of events that are delivered again although they were acknowledged."""
    reconnects: int
    kills: int
    asked_at_rest: int
    """Questions after which memory is read."""


FULL = Scale(
    seconds=60,
    events_a_second=50,
    questions=1_000,
    retried=0.3,
    reconnects=10,
    kills=5,
    asked_at_rest=200,
)
SHORT = Scale(
    seconds=3,
    events_a_second=10,
    questions=30,
    retried=0.3,
    reconnects=2,
    kills=1,
    asked_at_rest=10,
)


class Quoth:
    """A `quoth` command in a process of its own."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], ready: str) -> None:
        """`ready` is what it writes when it is."""
        self._process = subprocess.Popen(
            [str(QUOTH), *arguments],
            env={**os.environ, "QUOTH_LOG_LEVEL": "warning", **env},
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.said = self._await(ready)

    @property
    def process(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """At once, as a crash would."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """In order."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.put(line.strip())

    def _await(self, ready: str) -> str:
        deadline = time.monotonic() + READY_SECONDS
        said = []
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                line = self._lines.get(timeout=0.5)
            except queue.Empty:
                continue
            said.append(line)
            if ready in line:
                return line
        raise RuntimeError(f"{ready!r} was not said: {said}")


def slack_environment(server: SlackServer) -> dict[str, str]:
    """Settings of a bot in this workspace, without limits."""
    return {
        "QUOTH_SLACK_BOT_TOKEN": server.slack.bot_token,
        "QUOTH_SLACK_APP_TOKEN": server.slack.app_token,
        "QUOTH_SLACK_API_URL": server.api_url,
        "QUOTH_SLACK_RATE_LIMIT": "none",
        "QUOTH_SLACK_CHANNEL_RATE_LIMIT": "none",
    }


@contextmanager
def service(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[tuple[Quoth, str]]:
    """`quoth serve` over the seeds, and its address."""
    arguments = ["serve", "--port", "0", "--data-dir", str(folder), "--seed", str(SEEDS)]
    served = Quoth(arguments, {"QUOTH_LOG_ACCESS": "false", **(env or {})}, "Quoth is at ")
    try:
        yield served, served.said.removeprefix("Quoth is at ").rstrip("/")
    finally:
        served.stop()


def bot(server: SlackServer, url: str, folder: Path) -> Quoth:
    """`quoth slack` beside the service."""
    arguments = ["slack", "--url", url, "--data-dir", str(folder)]
    return Quoth(arguments, slack_environment(server), "Quoth answers in")


@contextmanager
def workspace() -> Iterator[SlackServer]:
    """A local Slack that tries again within seconds, not minutes."""
    with SlackServer(Slack()) as server:
        server.courier.retried_after = (1.0, 4.0, 10.0, 20.0)
        yield server


def answered(server: SlackServer, ts: str) -> list[Message]:
    """What stands in the question's thread and is an answer."""
    return [
        each
        for each in server.replies(GENERAL, ts)
        if each.text not in {"", READING} and not each.streaming
    ]


def wait_for_answers(server: SlackServer, asked: Sequence[str], *, seconds: float) -> float:
    """Wait until every question is answered, or nothing has moved for so long; how long it was."""
    began = moved = time.monotonic()
    left = len(asked)
    while left and time.monotonic() - moved < seconds:
        time.sleep(0.5)
        now = sum(not answered(server, ts) for ts in asked)
        if now < left:
            left, moved = now, time.monotonic()
    return time.monotonic() - began


def cut(values: Sequence[float], percent: int) -> float:
    """A percentile; not a number where there are too few values."""
    if len(values) < 2:
        return float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def measure_acknowledgements(
    url: str, folder: Path, questions: Sequence[str], scale: Scale, console: Console
) -> list[str]:
    """How soon events are acknowledged while they come steadily; what went wrong."""
    with workspace() as server:
        running = bot(server, url, folder)
        try:
            pause = EVENTS_OF_A_MENTION / scale.events_a_second
            asked: list[str] = []
            began = time.monotonic()
            while (now := time.monotonic() - began) < scale.seconds:
                if len(asked) * pause <= now:
                    asked.append(server.mention(questions[len(asked) % len(questions)]))
                else:
                    time.sleep(pause / 4)
            loaded = server.deliveries("events_api")
            seconds = time.monotonic() - began
            drained = wait_for_answers(server, asked, seconds=60)
            waited = [each.waited for each in loaded]
        finally:
            running.stop()
        told = sorted(each for each in waited if each is not None)
        late = [each for each in waited if each is None or each > 1.0]
        console.print(
            f"acknowledged: {len(loaded)} events in {seconds:.0f} s "
            f"({len(loaded) / seconds:.0f} a second, the bot's own messages among them): "
            f"p50 {cut(told, 50) * 1000:.0f} ms, p99 {cut(told, 99) * 1000:.0f} ms, "
            f"most {told[-1] * 1000:.0f} ms; later than a second or never: {len(late)}"
        )
        console.print(f"the last of {len(asked)} answers came {drained:.0f} s after the load ended")
        return [*faults_of(server), *miscounted(server, asked)]


def measure_once(
    url: str, folder: Path, questions: Sequence[str], scale: Scale, console: Console
) -> list[str]:
    """How many questions are answered twice or never while everything breaks."""
    chance = random.Random(20_261_129)
    with workspace() as server:
        server.faults.redelivered_share = scale.retried
        bots = [bot(server, url, folder) for _ in range(2)]
        try:
            asked: list[str] = []
            breaks = sorted(chance.sample(range(scale.questions), scale.reconnects))
            kills = sorted(chance.sample(range(scale.questions), scale.kills))
            for number in range(scale.questions):
                asked.append(server.mention(questions[number % len(questions)]))
                if number in breaks:
                    server.cut() if breaks.index(number) % 2 else server.ask_to_reconnect()
                if number in kills:
                    which = kills.index(number) % 2
                    bots[which].kill()
                    bots[which] = bot(server, url, folder)
                time.sleep(0.02)
            seconds = wait_for_answers(server, asked, seconds=90)
            server.wait_for(server.quiet)
        finally:
            for each in bots:
                each.stop()
        events = server.deliveries("events_api")
        again = sum(len(each.attempts) > 1 for each in events)
        console.print(
            f"once: {scale.questions} questions, {len(events)} events, {again} of them delivered "
            f"more than once, {scale.reconnects} reconnects, {scale.kills} kills: "
            f"{duplicates(server, asked)} answered twice, {losses(server, asked)} never; "
            f"the last answer came {seconds:.0f} s after the last question"
        )
        return [*faults_of(server), *miscounted(server, asked)]


def duplicates(server: SlackServer, asked: Sequence[str]) -> int:
    """Questions with more than one reply, whatever it says."""
    return sum(len(server.replies(GENERAL, ts)) > 1 for ts in asked)


def losses(server: SlackServer, asked: Sequence[str]) -> int:
    """Questions without an answer."""
    return sum(not answered(server, ts) for ts in asked)


def miscounted(server: SlackServer, asked: Sequence[str]) -> list[str]:
    """What there should be none of."""
    found = {"answered twice": duplicates(server, asked), "never answered": losses(server, asked)}
    return [f"{number} {name}" for name, number in found.items() if number]


def faults_of(server: SlackServer) -> list[str]:
    """What was sent that Slack does not take."""
    return [f"Slack does not take: {each}" for each in server.slack.violations[:3]]


def measure_memory(
    work: Path, questions: Sequence[str], scale: Scale, console: Console
) -> list[str]:
    """What the bot adds: inside the service, and as a process beside it."""
    asked = [questions[n % len(questions)] for n in range(scale.asked_at_rest)]
    folder = work / "served"
    with service(folder) as (served, url):
        _ask_over_http(url, asked)
        alone = resident(served.process)
        with workspace() as server:
            beside_bot = bot(server, url, folder)
            _ask_all(server, asked)
            beside, own = resident(beside_bot.process), unshared(beside_bot.process)
            beside_bot.stop()
            wrong = miscounted(server, [])
    with workspace() as server:
        env = slack_environment(server) | {
            "QUOTH_SLACK_SIGNING_SECRET": server.slack.signing_secret
        }
        with service(folder, env) as (served, url):
            server.deliver_to(f"{url}/slack/events")
            _ask_all(server, asked)
            inside = resident(served.process)
    added = inside - alone
    console.print(
        f"memory after {len(asked)} questions: the service {alone:.0f} MB, with the bot inside "
        f"{inside:.0f} MB: {added:+.0f} MB; the bot as a process beside it {beside:.0f} MB, "
        f"{own:.0f} MB of it its own"
    )
    if scale is FULL and max(added, own) > MOST_ADDED:
        wrong.append(f"the bot adds {max(added, own):.0f} MB")
    return wrong


def _ask_over_http(url: str, asked: Sequence[str]) -> None:
    """As many at once as the bot asks: each thread of the engine holds memory of its own."""
    with httpx.Client(base_url=url, timeout=60) as client, ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda asked: client.post("/v1/ask", json={"question": asked}), asked))


def _ask_all(server: SlackServer, asked: Sequence[str]) -> None:
    timestamps = []
    for question in asked:
        timestamps.append(server.mention(question))
        time.sleep(0.05)
    wait_for_answers(server, timestamps, seconds=60)


def resident(process: int) -> float:
    """Megabytes that the process holds, files that others use too among them."""
    return _kilobytes(process, "Rss") / 1000


def unshared(process: int) -> float:
    """Megabytes that would be free if it ended: what the process adds."""
    return (_kilobytes(process, "Private_Clean") + _kilobytes(process, "Private_Dirty")) / 1000


def _kilobytes(process: int, name: str) -> int:
    text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name}:"))


def measure(scale: Scale, parts: Sequence[str], work: Path, console: Console) -> list[str]:
    """Measure these parts, and tell; what went wrong."""
    questions = [gold.question for gold in load_gold(SEEDS / "gold.jsonl")]
    folder = work / "served"
    with service(folder):
        pass  # the first start exports the model and takes the seeds in
    wrong: list[str] = []
    with service(folder) as (_, url):
        if "acknowledged" in parts:
            wrong += measure_acknowledgements(url, folder, questions, scale, console)
        if "once" in parts:
            wrong += measure_once(url, folder, questions, scale, console)
    if "memory" in parts:
        wrong += measure_memory(work, questions, scale, console)
    return wrong


def main() -> None:
    """Measure, print, and judge what can be judged on any machine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="only see that it works")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    scale = SHORT if arguments.short else FULL
    with tempfile.TemporaryDirectory(prefix="quoth-slack-") as folder:
        wrong = measure(scale, arguments.only, Path(folder), Console(soft_wrap=True))
    sys.exit("; ".join(wrong) or None)


if __name__ == "__main__":
    main()
