"""Who sent a request."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Scope as AsgiScope

from api.http.problems import ProblemError
from index.catalogue.keys import ApiKey, Scope

REALM = 'Bearer realm="quoth"'
SCHEME = "bearer"
IPV6_CUSTOMER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The sender of a request: a key where one is needed, and an address."""

    address: str
    """Of the client, or of the proxy in front that is not trusted to say whose it is. IPv6 has the
    network instead (`2001:db8::/64`): it is what one customer is given."""
    key: ApiKey | None = None

    @property
    def key_id(self) -> str | None:
        """Id of the key; None where no key is needed."""
        return None if self.key is None else self.key.key_id

    @property
    def identity(self) -> str:
        """What requests are counted by."""
        return self.address if self.key is None else self.key.key_id


def address_of(scope: AsgiScope) -> str:
    """The client's address as `Caller` has it; empty over a Unix socket."""
    client = scope.get("client")
    text = str(client[0]) if client else ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, IPV6_CUSTOMER), strict=False))


def bearer_token(authorization: str | None) -> str:
    """What follows `Bearer`.

    Raises:
        ProblemError: there is no such header, or it is of another scheme.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != SCHEME or not token.strip():
        raise ProblemError(
            401,
            "key_missing",
            "This service asks for an API key",
            hint="Send the header Authorization: Bearer <key>; `quoth key create` makes one",
            headers={"WWW-Authenticate": REALM},
        )
    return token.strip()


def admitted(key: ApiKey | None, now: datetime) -> ApiKey:
    """The key, where it opens anything.

    Raises:
        ProblemError: it is nobody's, revoked or expired.
    """
    if key is None:
        raise _refused("key_unknown", "The API key is not one of this service's")
    if key.revoked_at is not None:
        raise _refused("key_revoked", f"The API key {key.key_id} was revoked")
    if key.is_expired(now):
        raise _refused("key_expired", f"The API key {key.key_id} has expired")
    return key


def check_scope(key: ApiKey, needed: Scope) -> None:
    """Raises: ProblemError where the key does not open this."""
    if not key.allows(needed):
        raise ProblemError(
            403,
            "scope_missing",
            f"The API key {key.key_id} has the {_list(key.scopes)}; this needs {needed}",
            hint=f"Use a key made with: quoth key create NAME --scope {needed}",
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{needed}"'},
        )


def _refused(code: str, detail: str) -> ProblemError:
    return ProblemError(
        401,
        code,
        detail,
        hint="`quoth key create` makes a new one",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
    )


def _list(scopes: Iterable[Scope]) -> str:
    names = sorted(scopes)
    return f"scope{'s' if len(names) > 1 else ''} {', '.join(names)}"


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CallerDep = Annotated[Caller, Depends(_caller)]
