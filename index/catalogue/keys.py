"""Keys to the HTTP service: made at random, stored as hashes, checked on every request.

A key is `quoth_<id>_<secret>`. The id finds its row and may be shown; the secret has 256 random
bits. So SHA-256 is enough: a slow hash such as Argon2 protects what people think up, which can be
guessed, while nobody can try 2^256 secrets at any speed, and a slow hash would cost each request
tens of milliseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, case, insert, select, update

from index.catalogue.rows import in_utc
from index.catalogue.schema import API_KEYS
from index.errors import InputError

PREFIX = "quoth"
_ID_ALPHABET = string.ascii_lowercase + string.digits
_SECRET_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 8
_SECRET_LENGTH = 43  # 62^43 > 2^256
_KEY = re.compile(rf"{PREFIX}_([a-z0-9]{{{_ID_LENGTH}}})_[A-Za-z0-9]{{{_SECRET_LENGTH}}}")
_NOBODYS = "0" * 64
"""Stands in for the hash where there is no such id, so that both cases do the same work."""


class Scope(StrEnum):
    """What a key opens."""

    ASK = "ask"
    """Asking, searching, reading articles, rating answers."""
    INGEST = "ingest"
    """Adding and deleting articles."""
    ADMIN = "admin"
    """Everything, and what only the keeper of the service should see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, less its secret."""

    key_id: str
    name: str
    scopes: tuple[Scope, ...]
    rate_limit: str | None
    """Its own limit, such as `600/minute`; None: that of the settings."""
    daily_quota: int | None
    """Its own quota of requests; None: that of the settings."""
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: date | None
    """A day in UTC, up to a minute late."""
    requests_that_day: int

    def allows(self, scope: Scope) -> bool:
        """Whether it opens what needs this scope."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def is_expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    def is_usable(self, now: datetime) -> bool:
        """Whether it opens anything at all."""
        return self.revoked_at is None and not self.is_expired(now)

    def used_on(self, day: date) -> int:
        """How many requests are written down for this day."""
        return self.requests_that_day if self.last_used_on == day else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWanted:
    """What a new key is to be."""

    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None = None
    rate_limit: str | None = None
    daily_quota: int | None = None


class KeyTable:
    """The keys of an archive. Each change is one transaction, seen at once by every process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, wanted: KeyWanted) -> tuple[ApiKey, str]:
        """A new key, and its text, which is stored nowhere."""
        key_id = _random(_ID_ALPHABET, _ID_LENGTH)
        text = f"{PREFIX}_{key_id}_{_random(_SECRET_ALPHABET, _SECRET_LENGTH)}"
        values = {
            "key_id": key_id,
            "name": wanted.name,
            "scopes": sorted(scope.value for scope in wanted.scopes),
            "sha256": _sha256(text),
            "rate_limit": wanted.rate_limit,
            "daily_quota": wanted.daily_quota,
            "created_at": datetime.now(UTC),
            "expires_at": wanted.expires_at,
            "requests_that_day": 0,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(API_KEYS).values(values))
            return _key(connection.execute(_by_id(key_id)).one()), text

    def find(self, text: str) -> ApiKey | None:
        """The key that this is the text of, usable or not; None where it is nobody's."""
        match = _KEY.fullmatch(text)
        row = None
        if match is not None:
            with self._engine.connect() as connection:
                row = connection.execute(_by_id(match[1])).one_or_none()
        known = _NOBODYS if row is None else row.sha256
        same = hmac.compare_digest(_sha256(text), known)
        return _key(row) if same and row is not None else None

    def each(self) -> list[ApiKey]:
        """All keys, oldest first."""
        query = select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.key_id)
        with self._engine.connect() as connection:
            return [_key(row) for row in connection.execute(query)]

    def revoke(self, key_id: str) -> ApiKey:
        """Close a key for good; its row stays. Revoking it again changes nothing.

        Raises:
            InputError: no key has this id.
        """
        still = (API_KEYS.c.key_id == key_id) & API_KEYS.c.revoked_at.is_(None)
        with self._engine.begin() as connection:
            connection.execute(update(API_KEYS).where(still).values(revoked_at=datetime.now(UTC)))
            row = connection.execute(_by_id(key_id)).one_or_none()
        if row is None:
            raise InputError(f"no key has the id {key_id}", hint="see: quoth key list")
        return _key(row)

    def record_use(self, day: date, requests: Mapping[str, int]) -> None:
        """Add to what each of these keys was used for on this day."""
        before = case((API_KEYS.c.last_used_on == day, API_KEYS.c.requests_that_day), else_=0)
        with self._engine.begin() as connection:
            for key_id, count in sorted(requests.items()):
                connection.execute(
                    update(API_KEYS)
                    .where(API_KEYS.c.key_id == key_id)
                    .values(last_used_on=day, requests_that_day=before + count)
                )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _by_id(key_id: str) -> Any:
    return select(API_KEYS).where(API_KEYS.c.key_id == key_id)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    moments = {
        name: None if moment is None else in_utc(moment)
        for name, moment in (("expires_at", row.expires_at), ("revoked_at", row.revoked_at))
    }
    return ApiKey(
        key_id=row.key_id,
        name=row.name,
        scopes=tuple(Scope(name) for name in row.scopes),
        rate_limit=row.rate_limit,
        daily_quota=row.daily_quota,
        created_at=in_utc(row.created_at),
        last_used_on=row.last_used_on,
        requests_that_day=row.requests_that_day,
        **moments,
    )
