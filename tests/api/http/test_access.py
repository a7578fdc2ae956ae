"""Keys, scopes, limits and other origins, over a real socket with keys in a real catalogue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.http.access.rules import AccessRules
from api.http.access.scopes import required_scope
from api.http.app import create_app
from api.service import Service
from index.catalogue.keys import KeyTable, KeyWanted, Scope
from index.keys import open_keys
from index.settings import IndexSettings
from tests.api.http.in_memory import MemoryArchive
from tests.api.http.serving import serving
from tests.api.http.test_questions import problem

SEARCH = {"question": "When does the ferry run?"}
PAGE = "https://news.example"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyTable]:
    with open_keys(IndexSettings(data_dir=tmp_path / "archive")) as table:
        yield table


@pytest.fixture
def rules(keys: KeyTable) -> AccessRules:
    return AccessRules(keys=keys)


def key_for(
    keys: KeyTable, *scopes: Scope, rate: str | None = None, quota: int | None = None
) -> str:
    wanted = KeyWanted(name="test", scopes=scopes, rate_limit=rate, daily_quota=quota)
    return keys.create(wanted)[1]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def search(url: str, text: str | None = None, **headers: str) -> httpx.Response:
    headers |= bearer(text) if text else {}
    return httpx.post(f"{url}/v1/search", json=SEARCH, headers=headers, timeout=30)


def test_pages_and_probes_are_open_and_the_rest_asks_for_a_key(
    service: Service, rules: AccessRules
) -> None:
    with serving(service, rules) as url:
        for path in ("/", "/docs", "/openapi.json", "/healthz", "/readyz", "/assets/app.js"):
            assert httpx.get(f"{url}{path}").status_code == 200, path
        for method, path in (
            ("POST", "/v1/search"),
            ("GET", "/v1/articles"),
            ("DELETE", "/v1/articles/art-ferry"),
            ("GET", "/v1/status"),
            ("GET", "/metrics"),
            ("GET", "/v1/nothing"),
            ("POST", "/mcp"),
        ):
            refused = httpx.request(method, f"{url}{path}")
            document = problem(refused, 401, "key_missing")
            assert "quoth key create" in document["hint"]
            assert refused.headers["www-authenticate"] == 'Bearer realm="quoth"'
        for given in ("Basic abc", "Bearer", "quoth_x"):
            refused = httpx.get(f"{url}/v1/articles", headers={"Authorization": given})
            problem(refused, 401, "key_missing")


def test_a_key_is_let_in_until_it_is_revoked_or_expires(
    service: Service, keys: KeyTable, rules: AccessRules
) -> None:
    key, text = keys.create(KeyWanted(name="test", scopes=(Scope.ASK,)))
    late = KeyWanted(name="late", scopes=(Scope.ASK,), expires_at=datetime.now(UTC))
    _, expired = keys.create(late)
    soon = replace(late, expires_at=datetime.now(UTC) + timedelta(hours=1))
    _, not_yet = keys.create(soon)
    with serving(service, rules) as url:
        assert search(url, text).status_code == 200
        assert search(url, not_yet).status_code == 200
        assert search(url, Authorization=f"bearer  {text}").status_code == 200
        document = problem(search(url, expired), 401, "key_expired")
        assert expired.split("_")[2] not in str(document)
        refused = search(url, text[:-1] + "!")
        problem(refused, 401, "key_unknown")
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
        keys.revoke(key.key_id)
        problem(search(url, text), 401, "key_revoked")


def test_scopes(
    service: Service, archive: MemoryArchive, keys: KeyTable, rules: AccessRules
) -> None:
    article = {"title": "New", "text": "Something happened."}
    wanted = [
        ("GET", "/v1/articles", Scope.ASK),
        ("GET", "/v1/articles/art-ferry", Scope.ASK),
        ("POST", "/v1/search", Scope.ASK),
        ("POST", "/v1/articles", Scope.INGEST),
        ("DELETE", "/v1/articles/art-bridge", Scope.INGEST),
        ("GET", "/metrics", Scope.ADMIN),
    ]
    texts = {scope: key_for(keys, scope) for scope in Scope}
    with serving(service, rules) as url:
        for method, path, needed in wanted:
            for scope in (Scope.ASK, Scope.INGEST, Scope.ADMIN):
                body = article if path == "/v1/articles" else SEARCH
                sent = None if method in {"GET", "DELETE"} else body
                answer = httpx.request(
                    method, f"{url}{path}", json=sent, headers=bearer(texts[scope])
                )
                if scope in {needed, Scope.ADMIN}:
                    assert answer.status_code in {200, 204, 404}, (method, path, scope)
                    continue
                document = problem(answer, 403, "scope_missing")
                assert f"this needs {needed}" in document["detail"]
                assert f'scope="{needed}"' in answer.headers["www-authenticate"]
    assert len(archive.received) == 2, "one with ingest, one with admin"


def test_a_body_is_not_read_before_the_key_is(service: Service, rules: AccessRules) -> None:
    with serving(service, rules) as url:
        refused = httpx.post(f"{url}/v1/ask", content=b"x" * 19_000)
    problem(refused, 401, "key_missing")


def test_every_route_has_a_scope_of_its_own_and_says_so(service: Service) -> None:
    document = create_app(service).openapi()
    open_to_all = {"/healthz", "/readyz"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            scope = required_scope(method.upper(), path)
            if path in open_to_all:
                assert (scope, "security" in operation) == (None, False)
                continue
            assert scope is not None
            assert (scope is Scope.ADMIN) == (path in {"/metrics", "/v1/ingests"}), path
            assert operation["security"] == [{"key": [scope]}, {}]
            assert {"401", "403", "429"} <= set(operation["responses"])
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


@pytest.mark.parametrize(
    "path", ["/V1/ask", "//v1/ask", "/v1/ask2", "/v1", "/assets", "/metrics", "/admin"]
)
def test_paths_that_nobody_thought_of_are_the_keepers(path: str) -> None:
    assert required_scope("GET", path) is Scope.ADMIN


def test_a_key_sent_where_none_is_needed_does_not_matter(service: Service) -> None:
    with serving(service) as url:
        assert search(url, "whatever").status_code == 200
        assert "ratelimit" not in search(url).headers


def test_a_rate_limit_is_told_and_kept_for_each_key(
    service: Service, keys: KeyTable, rules: AccessRules
) -> None:
    first, second = key_for(keys, Scope.ASK), key_for(keys, Scope.ASK)
    own = key_for(keys, Scope.ASK, rate="7/hour")
    with serving(service, replace(rules, rate_limit="2/hour")) as url:
        headers = search(url, first).headers
        assert headers["ratelimit-policy"] == '"rate";q=2;w=3600'
        assert headers["ratelimit"].startswith('"rate";r=1;t=')
        assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("2", "1")
        assert 3590 <= int(headers["ratelimit-reset"]) <= 3600
        assert search(url, first).headers["ratelimit-remaining"] == "0"
        refused = search(url, first)
        document = problem(refused, 429, "rate_limited")
        assert (document["retryable"], "2 in 1 hour" in document["detail"]) == (True, True)
        assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
        assert 3590 <= int(refused.headers["retry-after"]) <= 3600
        assert search(url, second).status_code == 200
        assert search(url, own).headers["ratelimit-remaining"] == "6"
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_a_rate_limit_ends(service: Service) -> None:
    with serving(service, AccessRules(rate_limit="1/second")) as url:
        while (refused := search(url)).status_code == 200:
            pass
        time.sleep(int(refused.headers["retry-after"]) + 0.1)
        assert search(url).status_code == 200


def test_without_keys_callers_are_told_apart_by_address(service: Service) -> None:
    rules = AccessRules(rate_limit="1/hour")
    one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    with serving(service, rules, trusted_proxies=["127.0.0.0/8"]) as url:
        assert search(url, **one).status_code == 200
        assert search(url, **other).status_code == 200
        problem(search(url, **one), 429, "rate_limited")
    with serving(service, rules) as url:
        assert search(url, **one).status_code == 200
        problem(search(url, **other), 429, "rate_limited")


def test_tries_without_a_key_that_works_are_limited_and_harm_nobody_else(
    service: Service, keys: KeyTable, rules: AccessRules
) -> None:
    text = key_for(keys, Scope.ASK)
    with serving(service, replace(rules, rate_limit="2/hour")) as url:
        assert [search(url, "nobodys").status_code for _ in range(4)] == [401, 401, 429, 429]
        assert search(url, text).status_code == 200


def test_a_quota_outlives_the_service(service: Service, keys: KeyTable, rules: AccessRules) -> None:
    text = key_for(keys, Scope.ASK)
    own = key_for(keys, Scope.ASK, quota=9)
    limited = replace(rules, daily_quota=3, rate_limit="100/hour")
    with serving(service, limited) as url:
        headers = search(url, text).headers
        assert headers["ratelimit-policy"] == '"rate";q=100;w=3600, "day";q=3;w=86400'
        assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("3", "2")
        assert int(headers["ratelimit-reset"]) <= 86_400
        assert search(url, text).headers["ratelimit-remaining"] == "1"
        assert search(url, own).headers["ratelimit-remaining"] == "8"
    today = datetime.now(UTC).date()
    assert [key.used_on(today) for key in keys.each()] == [2, 1]
    with serving(service, limited) as url:
        assert search(url, text).headers["ratelimit-remaining"] == "0"
        document = problem(search(url, text), 429, "quota_exceeded")
        assert "3 in 1 day" in document["detail"]
        assert search(url, own).status_code == 200


def test_a_quota_without_keys_is_by_address(service: Service) -> None:
    with serving(service, AccessRules(daily_quota=1)) as url:
        assert search(url).headers["ratelimit"].startswith('"day";r=0;t=')
        problem(search(url), 429, "quota_exceeded")


def test_pages_of_allowed_origins_may_call_and_others_may_not(
    service: Service, keys: KeyTable, rules: AccessRules
) -> None:
    text = key_for(keys, Scope.ASK)
    asks = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, x-stainless-os",
    }
    with serving(service, replace(rules, cors_origins=(PAGE,))) as url:
        allowed = httpx.options(f"{url}/v1/search", headers=asks)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == PAGE
        assert allowed.headers["access-control-allow-headers"] == "authorization, x-stainless-os"
        answer = search(url, text, Origin=PAGE)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
        assert "RateLimit" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        refused = search(url, Origin=PAGE)
        problem(refused, 401, "key_missing")
        assert refused.headers["access-control-allow-origin"] == PAGE
        other = {"Origin": "https://evil.example"}
        assert httpx.options(f"{url}/v1/search", headers=asks | other).status_code == 400
        problem(search(url, text, **other), 403, "cross_origin")
    with serving(service, rules) as url:
        problem(search(url, text, Origin=PAGE), 403, "cross_origin")
        assert "access-control-allow-origin" not in httpx.get(f"{url}/", headers=asks).headers


def test_security_headers_and_hsts_behind_tls_only(service: Service) -> None:
    tls = {"X-Forwarded-Proto": "https"}
    with serving(service, trusted_proxies=["127.0.0.1"]) as url:
        plain = httpx.get(f"{url}/")
        assert plain.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
        assert plain.headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in plain.headers
        assert "max-age=" in httpx.get(f"{url}/", headers=tls).headers["strict-transport-security"]
    with serving(service) as url:
        assert "strict-transport-security" not in httpx.get(f"{url}/", headers=tls).headers
