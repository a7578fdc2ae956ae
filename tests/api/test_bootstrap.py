"""What the HTTP app is given, and whom it lets in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from api.bootstrap import SETTINGS, build_access, build_service, require_key
from api.service import LOOPBACK_HOSTS
from api.settings import ApiSettings
from index.configuration import Configuration, read_configuration
from index.errors import ConfigurationError
from tests.api.http.in_memory import MemoryArchive, MemoryEngine
from tests.index.building import archive_in


def test_what_a_killed_server_left_of_uploads_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "uploads" / "quoth-upload-x1" / "00000"
    left.mkdir(parents=True)
    (left / "ferry.txt").write_text("Half of it", encoding="utf-8")
    (tmp_path / "catalogue").touch()
    archive = MemoryArchive()
    engine = MemoryEngine(archive=archive, quotes={})
    configuration = read_configuration(SETTINGS, {"data_dir": str(tmp_path)})
    service = build_service(configuration, cast("Any", archive), cast("Any", engine))
    assert service.scratch == tmp_path / "uploads"
    assert list(service.scratch.iterdir()) == []
    assert (tmp_path / "catalogue").exists()


def configured(folder: Path, **overrides: object) -> Configuration:
    return read_configuration(SETTINGS, {"data_dir": str(folder), **overrides})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_nobody_is_asked_for_a_key(tmp_path: Path, host: str) -> None:
    assert not require_key(configured(tmp_path, host=host))


def test_elsewhere_everybody_is_unless_somebody_insists(tmp_path: Path) -> None:
    exposed = configured(tmp_path, host="0.0.0.0")
    with pytest.raises(ConfigurationError, match=r"quoth key create.*--insecure"):
        require_key(exposed)
    assert not require_key(exposed, insecure=True)
    with pytest.raises(ConfigurationError, match="QUOTH_API_AUTH=off"):
        require_key(configured(tmp_path, host="0.0.0.0", api_auth="off"))
    with pytest.raises(ConfigurationError, match="contradict"):
        require_key(configured(tmp_path, host="0.0.0.0", api_auth="on"), insecure=True)


def test_a_service_that_asks_for_keys_has_any_host_name(tmp_path: Path) -> None:
    archive = MemoryArchive()
    engine = MemoryEngine(archive=archive, quotes={})
    parts = configured(tmp_path), cast("Any", archive), cast("Any", engine)
    assert build_service(*parts).allowed_hosts == LOOPBACK_HOSTS
    assert build_service(*parts, keyed=True).allowed_hosts is None


def test_access_is_as_the_settings_say(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        api_rate_limit="60/minute",
        api_daily_quota=1000,
        api_deadline_seconds=12.5,
        api_cors_origins="https://a.example, http://B.example:8080",
    )
    with archive_in(tmp_path) as archive:
        rules = build_access(settings, archive, keyed=True)
        assert rules.keys is not None
        assert build_access(settings, archive, keyed=False).keys is None
        everywhere = configured(tmp_path, api_cors_origins="*")
        assert build_access(everywhere, archive, keyed=True).cors_origins == ("*",)
        with pytest.raises(ConfigurationError, match="every web page"):
            build_access(everywhere, archive, keyed=False)
    assert (rules.rate_limit, rules.daily_quota, rules.deadline_seconds) == (
        "60/minute",
        1000,
        12.5,
    )
    assert rules.cors_origins == ("https://a.example", "http://b.example:8080")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_rate_limit", "often"),
        ("api_rate_limit", "0/minute"),
        ("api_daily_quota", "0"),
        ("api_deadline_seconds", "0"),
        ("api_deadline_seconds", "inf"),
        ("api_cors_origins", "news.example"),
        ("api_cors_origins", "https://news.example/path"),
        ("api_trusted_proxies", "proxy.internal"),
        ("api_trusted_proxies", "*"),
        ("api_auth", "maybe"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"QUOTH_{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=f"QUOTH_{name.upper()} is not usable"):
        configured(tmp_path).build(ApiSettings)


def test_lists_have_commas_in_the_environment_and_are_arrays_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quoth.toml").write_text('api_cors_origins = ["https://a.example"]\n', "utf-8")
    monkeypatch.setenv("QUOTH_API_TRUSTED_PROXIES", "10.0.0.7, 172.16.0.0/12,")
    settings = configured(tmp_path).build(ApiSettings)
    assert settings.api_cors_origins == ("https://a.example",)
    assert settings.api_trusted_proxies == ("10.0.0.7", "172.16.0.0/12")
