"""Keys in the catalogue: made, found by their text only, revoked, counted; never stored."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from index.backup import make_backup
from index.catalogue.keys import ApiKey, KeyTable, KeyWanted, Scope
from index.errors import ArchiveLocked, InputError
from index.keys import has_usable_key, open_keys
from index.lock import DirectoryLock
from index.restoring import restore_catalogue
from index.settings import IndexSettings
from tests.index.building import archive_in

ASK = KeyWanted(name="Écho du Nord", scopes=(Scope.ASK,))


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    return IndexSettings(data_dir=tmp_path / "archive")


@pytest.fixture
def keys(settings: IndexSettings) -> Iterator[KeyTable]:
    with open_keys(settings) as table:
        yield table


def stored_bytes(folder: Path) -> bytes:
    """All that lies in a data directory."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def found(keys: KeyTable, text: str) -> ApiKey:
    key = keys.find(text)
    assert key is not None
    return key


def test_a_key_is_found_by_its_text_and_by_nothing_near_it(keys: KeyTable) -> None:
    key, text = keys.create(ASK)
    other, other_text = keys.create(ASK)
    assert re.fullmatch(r"quoth_[a-z0-9]{8}_[A-Za-z0-9]{43}", text)
    assert text.split("_")[1] == key.key_id
    assert found(keys, text) == key
    assert found(keys, other_text) == other
    swapped = text[:-1] + ("a" if text[-1] != "a" else "b")
    mixed = "_".join(["quoth", key.key_id, other_text.split("_")[2]])
    for wrong in (swapped, mixed, text[:-1], f"{text} ", text.upper(), key.key_id, "", "\ud800"):
        assert keys.find(wrong) is None, wrong


def test_the_catalogue_holds_the_hash_of_a_key_and_not_the_key(
    keys: KeyTable, settings: IndexSettings
) -> None:
    _, text = keys.create(ASK)
    written = stored_bytes(settings.data_dir)
    assert hashlib.sha256(text.encode()).hexdigest().encode() in written
    assert text.encode() not in written
    assert text.split("_")[2].encode() not in written


def test_keys_are_kept_with_what_they_were_made_for(settings: IndexSettings) -> None:
    before = datetime.now(UTC)
    expires_at = before + timedelta(days=30)
    with open_keys(settings) as keys:
        wanted = KeyWanted(
            name="Bot",
            scopes=(Scope.INGEST, Scope.ASK),
            expires_at=expires_at,
            rate_limit="600/minute",
            daily_quota=9,
        )
        key, _ = keys.create(wanted)
    with open_keys(settings) as keys:
        assert keys.each() == [key]
    assert (key.name, key.scopes) == ("Bot", (Scope.ASK, Scope.INGEST))
    assert (key.expires_at, key.rate_limit, key.daily_quota) == (expires_at, "600/minute", 9)
    assert before <= key.created_at <= datetime.now(UTC)
    assert (key.revoked_at, key.last_used_on, key.requests_that_day) == (None, None, 0)
    assert key.is_usable(expires_at - timedelta(seconds=1))
    assert not key.is_usable(expires_at)


@pytest.mark.parametrize(
    ("scopes", "opens"),
    [
        ((Scope.ASK,), {Scope.ASK}),
        ((Scope.INGEST,), {Scope.INGEST}),
        ((Scope.ASK, Scope.INGEST), {Scope.ASK, Scope.INGEST}),
        ((Scope.ADMIN,), set(Scope)),
    ],
)
def test_a_key_opens_its_scopes_and_admin_opens_all(
    keys: KeyTable, scopes: tuple[Scope, ...], opens: set[Scope]
) -> None:
    key, _ = keys.create(KeyWanted(name="x", scopes=scopes))
    assert {scope for scope in Scope if key.allows(scope)} == opens


def test_a_revoked_key_is_known_and_not_usable(keys: KeyTable) -> None:
    key, text = keys.create(ASK)
    revoked = keys.revoke(key.key_id)
    assert revoked.revoked_at is not None
    assert found(keys, text) == revoked == keys.revoke(key.key_id)
    assert not revoked.is_usable(datetime.now(UTC))
    with pytest.raises(InputError, match="no key has the id nobody"):
        keys.revoke("nobody")


def test_requests_are_added_up_for_the_latest_day(keys: KeyTable) -> None:
    key, text = keys.create(ASK)
    idle, _ = keys.create(ASK)
    first, second = date(2026, 3, 6), date(2026, 3, 7)
    keys.record_use(first, {key.key_id: 3})
    keys.record_use(first, {key.key_id: 4, "gone": 1})
    assert (found(keys, text).used_on(first), found(keys, text).used_on(second)) == (7, 0)
    keys.record_use(second, {key.key_id: 1})
    assert (found(keys, text).used_on(first), found(keys, text).used_on(second)) == (0, 1)
    assert keys.each()[1] == idle


def test_keys_are_made_and_revoked_while_the_archive_is_held(tmp_path: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path)
    with archive_in(tmp_path) as archive:
        served = KeyTable(archive.catalogue.engine)
        with open_keys(settings) as keys:
            key, text = keys.create(ASK)
        assert found(served, text) == key
        with open_keys(settings) as keys:
            keys.revoke(key.key_id)
        assert found(served, text).revoked_at is not None


def test_a_first_key_makes_the_archive_unless_somebody_else_does(settings: IndexSettings) -> None:
    assert not has_usable_key(settings)
    assert not settings.data_dir.exists()
    with DirectoryLock(settings.data_dir), pytest.raises(ArchiveLocked), open_keys(settings):
        pass
    with open_keys(settings) as keys:
        assert not has_usable_key(settings)
        key, _ = keys.create(ASK)
        assert has_usable_key(settings)
        keys.revoke(key.key_id)
        assert not has_usable_key(settings)


def test_a_backup_carries_no_keys(settings: IndexSettings, tmp_path: Path) -> None:
    with open_keys(settings) as keys:
        _, text = keys.create(ASK)
    make_backup(settings, tmp_path / "kept.zip")
    assert has_usable_key(settings)
    restored = IndexSettings(data_dir=tmp_path / "new")
    restore_catalogue(restored, tmp_path / "kept.zip")
    assert hashlib.sha256(text.encode()).hexdigest().encode() not in stored_bytes(restored.data_dir)
    with open_keys(restored) as keys:
        assert (keys.each(), keys.find(text)) == ([], None)


def test_an_archive_from_before_there_were_keys_is_backed_up(
    settings: IndexSettings, tmp_path: Path
) -> None:
    with open_keys(settings) as keys:
        keys.create(ASK)
    old = IndexSettings(data_dir=tmp_path / "old")
    shutil.copytree(settings.data_dir, old.data_dir)
    with sqlite3.connect(old.data_dir / "catalogue.sqlite") as connection:
        connection.execute("DROP TABLE api_keys")
        connection.execute("UPDATE alembic_version SET version_num = '0003'")
    connection.close()
    assert make_backup(old, tmp_path / "old.zip").holds.schema_revision == "0003"
