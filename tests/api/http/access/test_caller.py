"""Who sent a request: its address and its token."""

from __future__ import annotations

import pytest

from api.http.access.caller import address_of, bearer_token
from api.http.problems import ProblemError


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.7", 4711), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 4711), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9", 4711), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 4711), "192.0.2.7"),
        (("::1", 4711), "::/64"),
        (("proxy.example", 0), "proxy.example"),
        (None, ""),
    ],
)
def test_addresses(client: tuple[str, int] | None, address: str) -> None:
    assert address_of({"type": "http", "client": client}) == address


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_token_is_what_follows_the_scheme(header: str) -> None:
    assert bearer_token(header) == "abc"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc"])
def test_anything_else_is_no_key(header: str | None) -> None:
    with pytest.raises(ProblemError, match="asks for an API key") as refused:
        bearer_token(header)
    assert (refused.value.status, refused.value.code) == (401, "key_missing")
