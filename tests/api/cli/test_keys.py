"""`quoth key`, alone and beside a service that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.api.cli.conftest import Cli
from tests.api.cli.running import QUESTION
from tests.api.cli.test_serving import served


def test_a_key_is_shown_once_and_listed_without_its_secret(cli: Cli) -> None:
    made = cli("key", "create", "Newsroom  bot", "--scope", "ingest", "--scope", "ASK")
    assert made.code == 0
    (text,) = made.out.splitlines()
    prefix, key_id, secret = text.split("_")
    assert (prefix, f"key {key_id} of var for Newsroom  bot" in made.err) == ("quoth", True)
    assert "not shown again" in made.err
    listed = cli("key", "list")
    assert (listed.code, listed.err) == (0, "")
    assert " ".join(listed.out.split()) == f"{key_id} usable ask,ingest never used Newsroom bot"
    assert secret not in listed.out + cli("key", "list", "--json").out
    revoked = cli("key", "revoke", key_id)
    assert (revoked.code, revoked.out) == (0, f"{key_id} (Newsroom  bot) is revoked\n")
    assert "revoked" in cli("key", "list").out


def test_as_json(cli: Cli) -> None:
    options = ("--expires-in-days", "30", "--rate-limit", "600/minute", "--daily-quota", "9")
    made = cli("key", "create", "Bot", *options, "--json").json()
    assert made.pop("key").startswith(f"quoth_{made['id']}_")
    assert (made["name"], made["scopes"], made["state"]) == ("Bot", ["ask"], "usable")
    assert (made["rate_limit"], made["daily_quota"]) == ("600/minute", 9)
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)
    assert cli("key", "list", "--json").json() == [made]
    revoked = cli("key", "revoke", made["id"], "--json").json()
    assert (revoked["state"], revoked["revoked_at"] is not None) == ("revoked", True)


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("create", "x", "--scope", "root"), "there is no scope 'root': give ask, ingest, admin"),
        (("create", " "), "the key's name cannot be used"),
        (("create", "x" * 101), "the key's name cannot be used"),
        (("create", "x", "--rate-limit", "often"), "'often' is no rate limit"),
        (("create", "x", "--rate-limit", "0/minute"), "'0/minute' is no rate limit"),
        (("create", "x", "--daily-quota", "0"), "daily-quota"),
        (("revoke", "abcd1234"), "there is no archive in"),
        (("list",), "there is no archive in"),
    ],
)
def test_bad_input_is_told_in_one_line(
    cli: Cli, tmp_path: Path, args: tuple[str, ...], reason: str
) -> None:
    done = cli("key", *args)
    assert (done.code, reason in done.complaint) == (2, True), done.complaint
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_not_there_cannot_be_revoked(cli: Cli) -> None:
    cli("key", "create", "Bot")
    done = cli("key", "revoke", "abcd1234")
    assert (done.code, "no key has the id abcd1234: see: quoth key list" in done.complaint) == (
        2,
        True,
    )


def test_keys_open_a_service_that_runs_and_close_it_at_once(
    cli: Cli, archive_dir: Path, model_cache: Path
) -> None:
    data_dir = ("--data-dir", archive_dir)
    first = cli("key", "create", "Keeper", "--scope", "admin", *data_dir).out.strip()
    settings = {"QUOTH_API_RATE_LIMIT": "1000/minute", "QUOTH_API_DAILY_QUOTA": "1000"}
    with (
        served(archive_dir, model_cache, "--host", "0.0.0.0", **settings) as (url, process),
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
    ):
        assert client.get("/healthz").status_code == 200
        assert client.post("/v1/ask", json={"question": QUESTION}).status_code == 401
        keeper = {"Authorization": f"Bearer {first}"}
        answer = client.post("/v1/ask", json={"question": QUESTION}, headers=keeper)
        assert answer.json()["citations"]
        assert answer.headers["ratelimit-policy"] == '"rate";q=1000;w=60, "day";q=1000;w=86400'

        made = cli("key", "create", "Late", "--json", *data_dir).json()
        late = {"Authorization": f"Bearer {made['key']}"}
        assert client.get("/v1/articles", headers=late).status_code == 200
        refused = client.post("/v1/articles", json={"text": "x"}, headers=late)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        cli("key", "revoke", made["id"], *data_dir)
        refused = client.get("/v1/articles", headers=late)
        assert (refused.status_code, refused.json()["code"]) == (401, "key_revoked")
        process.terminate()
        assert process.wait(timeout=30) == 0
    keeper_now, late_now = cli("key", "list", "--json", *data_dir).json()
    today = datetime.now(UTC).date().isoformat()
    assert (keeper_now["last_used_on"], keeper_now["requests_that_day"]) == (today, 1)
    assert (late_now["requests_that_day"], late_now["state"]) == (2, "revoked")
    log = archive_dir.with_suffix(".log").read_text("utf-8")
    assert first not in log
    assert made["key"] not in log
    assert cli("verify", *data_dir).code == 0
