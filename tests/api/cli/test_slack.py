"""`quoth slack`, `quoth slack check` and `quoth slack stats`, with a local Slack."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.slack.blocks.actions import ACTION_RATE_UP
from index.bootstrap import open_archive
from index.settings import IndexSettings
from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION, QUOTH, environment, run_quoth
from tests.slack_server.server import SlackServer
from tests.slack_server.slack import SCOPES, Slack
from tests.slack_server.workspace import GENERAL, Message

SAID = "15-year"


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with SlackServer(Slack()) as server:
        server.courier.retried_after = (0.2, 1.0, 5.0)
        yield server
        server.check()


def variables(server: SlackServer, **more: str) -> dict[str, str]:
    return {
        "QUOTH_SLACK_BOT_TOKEN": server.slack.bot_token,
        "QUOTH_SLACK_APP_TOKEN": server.slack.app_token,
        "QUOTH_SLACK_API_URL": server.api_url,
        **more,
    }


@contextmanager
def running(*arguments: str | Path, env: Mapping[str, str], ready: str) -> Iterator[str]:
    """A command at work, and the line in which it said that it is; ended by a signal."""
    with subprocess.Popen(
        [str(QUOTH), *map(str, arguments)],
        env=dict(env),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        assert process.stderr is not None
        said = []
        try:
            for line in process.stderr:
                said.append(line)
                if ready in line:
                    break
            assert said, "it ended without a word"
            assert ready in said[-1], said
            yield said[-1].strip()
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


def reply(server: SlackServer, ts: str) -> Message:
    """The whole answer: its buttons come last."""

    def found() -> Message | None:
        said = [m for m in server.replies(GENERAL, ts) if ACTION_RATE_UP in str(m.blocks)]
        return said[0] if said else None

    message = server.wait_for(found)
    assert message is not None
    return message


class TestRunning:
    def test_with_an_archive_of_its_own(
        self, server: SlackServer, archive_dir: Path, model_cache: Path
    ) -> None:
        env = environment(model_cache, **variables(server))
        with running("slack", "--data-dir", archive_dir, env=env, ready="Quoth answers in") as said:
            assert said == "Quoth answers in Harbour"
            ts = server.mention(QUESTION)
            assert SAID in str(reply(server, ts).blocks)
        assert len(server.replies(GENERAL, ts)) == 1
        assert not (archive_dir / "holder").exists(), "the archive was closed"

    def test_beside_a_service_whose_ratings_become_gold(
        self, server: SlackServer, archive_dir: Path, model_cache: Path, tmp_path: Path
    ) -> None:
        env = environment(model_cache, **variables(server))
        serve = ("serve", "--port", "0", "--data-dir", archive_dir)
        plain = environment(model_cache)
        with running(*serve, env=plain, ready="Quoth is at") as line:
            url = line.removeprefix("Quoth is at ")
            slack = ("slack", "--url", url, "--data-dir", archive_dir)
            with running(*slack, env=env, ready="Quoth answers in"):
                message = reply(server, server.mention(QUESTION))
                assert SAID in str(message.blocks)
                server.press(message, ACTION_RATE_UP)
                server.wait_for(lambda: "Rated good" in str(message.blocks))
                held = run_quoth("slack", "--data-dir", archive_dir, env=env, cwd=tmp_path)
        assert "quoth slack --url http://127.0.0.1:8000" in held.complaint
        gold = run_quoth(
            "eval", "gold", "from-feedback", "--data-dir", archive_dir, env=plain, cwd=tmp_path
        )
        assert [json.loads(each)["question"] for each in gold.out.splitlines()] == [QUESTION]
        stats = run_quoth(
            "slack", "stats", "--json", "--data-dir", archive_dir, env=plain, cwd=tmp_path
        ).json()
        assert (stats["asked"], stats["answered"], stats["rated_up"]) == (1, 1, 1)
        assert stats["answered_share"] == 1.0

    def test_inside_the_service(
        self, server: SlackServer, archive_dir: Path, model_cache: Path, tmp_path: Path
    ) -> None:
        secret = {"QUOTH_SLACK_SIGNING_SECRET": server.slack.signing_secret}
        env = environment(model_cache, **variables(server, **secret))
        serve = ("serve", "--port", "0", "--data-dir", archive_dir)
        with running(*serve, env=env, ready="Quoth is at") as line:
            server.deliver_to(f"{line.removeprefix('Quoth is at ')}slack/events")
            ts = server.mention(QUESTION)
            assert SAID in str(reply(server, ts).blocks)
            server.mention("Who won the regatta at Harrowmouth?")
            server.wait_for(lambda: len(server.calls("chat.update")) == 2)
        said = run_quoth("slack", "stats", "--data-dir", archive_dir, env=env, cwd=tmp_path).out
        assert "asked in the last 30 days: 2" in said
        assert "what the archive lacks, latest first:" in said
        assert "Who won the regatta at Harrowmouth?" in said


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("arguments", "given", "said"),
        [
            (("slack",), {}, "QUOTH_SLACK_BOT_TOKEN is not set"),
            (("slack",), {"QUOTH_SLACK_BOT_TOKEN": "xoxb-1"}, "QUOTH_SLACK_APP_TOKEN is not set"),
            (("serve",), {"QUOTH_SLACK_BOT_TOKEN": "xoxb-1"}, "SIGNING_SECRET is not set"),
            (("serve",), {"QUOTH_SLACK_SIGNING_SECRET": "s"}, "BOT_TOKEN is not set"),
        ],
    )
    def test_is_one_line_that_says_where_it_is_found(
        self,
        cli: Cli,
        monkeypatch: pytest.MonkeyPatch,
        archive_dir: Path,
        arguments: tuple[str, ...],
        given: dict[str, str],
        said: str,
    ) -> None:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        done = cli(*arguments, "--data-dir", archive_dir)
        assert done.code == 2
        line = done.err.splitlines()[-1]
        assert said in line
        assert "https://api.slack.com/apps" in line

    def test_tokens_that_slack_does_not_take(
        self,
        cli: Cli,
        monkeypatch: pytest.MonkeyPatch,
        server: SlackServer,
        archive_dir: Path,
    ) -> None:
        for name, value in variables(server, QUOTH_SLACK_BOT_TOKEN="xoxb-wrong").items():
            monkeypatch.setenv(name, value)
        done = cli("slack", "--url", "http://127.0.0.1:9", "--data-dir", archive_dir)
        assert done.code == 2
        assert "Slack does not take QUOTH_SLACK_BOT_TOKEN (invalid_auth)" in done.complaint
        assert "xoxb-wrong" not in done.err


class TestChecking:
    @pytest.fixture(autouse=True)
    def given(self, server: SlackServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in variables(server).items():
            monkeypatch.setenv(name, value)

    def test_all_is_well(self, cli: Cli) -> None:
        done = cli("slack", "check")
        assert (done.code, done.err) == (0, "")
        assert [line.split()[0] for line in done.out.splitlines()] == ["ok"] * 3
        assert "in Harbour" in done.out

    def test_a_missing_scope_is_named_with_what_it_is_for(
        self, cli: Cli, server: SlackServer
    ) -> None:
        server.slack.scopes = SCOPES - {"groups:history"}
        done = cli("slack", "check", "--json")
        (wrong,) = [each for each in done.json() if not each["ok"]]
        assert done.code == 1
        assert "groups:history is missing: it reads threads in private channels" in wrong["said"]
        assert "OAuth & Permissions" in wrong["todo"]

    def test_a_wrong_bot_token_and_where_to_copy_it(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("QUOTH_SLACK_BOT_TOKEN", "xoxb-wrong")
        done = cli("slack", "check")
        assert done.code == 1
        assert "Slack says invalid_auth: copy it anew from OAuth & Permissions" in done.out
        assert "xoxb-wrong" not in done.out

    def test_an_app_token_without_its_scope(self, cli: Cli, server: SlackServer) -> None:
        server.slack.app_scopes = ()
        done = cli("slack", "check")
        assert done.code == 1
        assert "MISSING  app token: Slack says missing_scope" in done.out
        assert "Basic Information → App-Level Tokens" in done.out

    def test_without_a_token_or_a_transport(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("QUOTH_SLACK_APP_TOKEN")
        assert "neither QUOTH_SLACK_APP_TOKEN nor" in cli("slack", "check").out
        monkeypatch.delenv("QUOTH_SLACK_BOT_TOKEN")
        done = cli("slack", "check")
        assert (done.code, "QUOTH_SLACK_BOT_TOKEN is not set" in done.out) == (1, True)

    def test_no_way_to_slack(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUOTH_SLACK_API_URL", "http://127.0.0.1:9/api/")
        done = cli("slack", "check")
        assert done.code == 1
        assert "Slack could not be reached" in done.out


def test_statistics_of_an_archive_that_nobody_asked(cli: Cli, archive_dir: Path) -> None:
    assert cli("slack", "stats", "--data-dir", archive_dir).out.splitlines() == [
        "asked in the last 30 days: 0"
    ]
    assert cli("slack", "stats", "--data-dir", archive_dir / "none").code == 2


def test_statistics_beside_a_process_that_holds_the_archive(
    cli: Cli, archive_dir: Path, model_cache: Path
) -> None:
    with open_archive(IndexSettings(data_dir=archive_dir, model_cache=model_cache)):
        assert cli("slack", "stats", "--json", "--data-dir", archive_dir).json()["asked"] == 0
