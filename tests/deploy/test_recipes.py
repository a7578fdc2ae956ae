"""What `deploy/` says is what the settings, the command line and the constraints have."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.bootstrap import SETTINGS
from api.service import Limits
from api.settings import ApiSettings
from index.configuration import CONFIG_VARIABLE, PREFIX

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PORT = str(ApiSettings.model_fields["port"].default)
GRACE = "timeout_graceful_shutdown=10,"
"""Seconds that running requests have to end, in `api/http/server.py`."""


def recipes() -> list[Path]:
    return sorted(path for path in DEPLOY.iterdir() if path.suffix != ".json")


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return document


@pytest.mark.parametrize("recipe", recipes(), ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(recipe: Path) -> None:
    known = {PREFIX + name.upper() for kind in SETTINGS for name in kind.model_fields}
    named = set(re.findall(r"\bQUOTH_[A-Z_]+", recipe.read_text(encoding="utf-8")))
    assert named - known - {CONFIG_VARIABLE} == set()


@pytest.mark.parametrize("name", ["Dockerfile", "quoth.service"])
def test_the_values_given_are_usable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = re.findall(
        r"(?:Environment=|^ +)(QUOTH_\w+)=(\S+?)(?: \\)?$", text_of(name), re.MULTILINE
    )
    assert len(given) >= 4
    for variable, value in given:
        monkeypatch.setenv(variable, value)
    for kind in SETTINGS:
        kind()
    assert str(ApiSettings().port) == PORT


def test_everybody_speaks_of_the_same_port(compose: dict[str, Any]) -> None:
    assert f"EXPOSE {PORT}\n" in text_of("Dockerfile")
    assert f"http://127.0.0.1:{PORT}/readyz" in text_of("Dockerfile")
    assert compose["services"]["quoth"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert compose["services"]["caddy"]["environment"]["UPSTREAM"] == f"quoth:{PORT}"
    assert f":127.0.0.1:{PORT}}}" in text_of("Caddyfile")
    assert f"server 127.0.0.1:{PORT};" in text_of("nginx.conf")


@pytest.mark.parametrize(("name", "megabyte"), [("Caddyfile", 10**6), ("nginx.conf", 2**20)])
def test_proxies_take_what_quoth_takes_and_wait_long_enough(name: str, megabyte: int) -> None:
    allowed = re.search(r"(?:max_size|client_max_body_size) (\d+)m", text_of(name), re.IGNORECASE)
    assert allowed is not None
    assert int(allowed[1]) * megabyte > ApiSettings().max_upload_mb * 2**20
    waits = re.findall(r"read_timeout (\d+)m", text_of(name))
    assert waits
    longest = max(ApiSettings().api_deadline_seconds, Limits().heartbeat_seconds)
    assert all(int(each) * 60 > longest for each in waits)


def test_those_who_stop_it_wait_until_it_has_ended(compose: dict[str, Any]) -> None:
    assert GRACE in (ROOT / "api/http/server.py").read_text(encoding="utf-8")
    stop = re.search(r"^TimeoutStopSec=(\d+)$", text_of("quoth.service"), re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > 10
    assert int(compose["services"]["quoth"]["stop_grace_period"].removesuffix("s")) > 10


def test_the_container_is_not_root_and_writes_to_its_volume_only(compose: dict[str, Any]) -> None:
    service = compose["services"]["quoth"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["archive:/data"]
    dockerfile = text_of("Dockerfile")
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", dockerfile, re.MULTILINE), (
        "by number: seen not to be 0"
    )
    assert "VOLUME /data\n" in dockerfile
    assert "QUOTH_DATA_DIR=/data " in dockerfile


SHELL = shutil.which("bash")


@pytest.mark.skipif(SHELL is None, reason="there is no bash")
def test_what_stands_for_quoth_beside_systemd_is_one_command() -> None:
    (function,) = re.findall(
        r"^# (quoth\(\) \{.*?\})$", text_of("README.md"), re.DOTALL | re.MULTILINE
    )
    stand_in = "systemd-run() { printf '%s\\n' \"$@\"; }"
    script = "\n".join([stand_in, function, 'quoth key create "a name"'])
    done = subprocess.run(
        [str(SHELL), "-c", script], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-4:] == ["/opt/quoth/bin/quoth", "key", "create", "a name"]


def test_the_chroma_server_is_of_the_version_of_the_client(compose: dict[str, Any]) -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^chromadb==(\S+)$", constraints, re.MULTILINE)
    assert pinned is not None
    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"


def test_the_builder_is_sent_what_the_dockerfile_copies() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", text_of("Dockerfile"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    ignoring = text_of("Dockerfile.dockerignore").splitlines()
    assert names == {line[1:] for line in ignoring if line.startswith("!")}
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []
