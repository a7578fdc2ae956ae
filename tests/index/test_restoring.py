"""What is restored is what was backed up; anything else is refused, and changes nothing."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.backup import make_backup
from index.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveLocked,
    ArchiveTooNew,
    InputError,
)
from index.lock import DirectoryLock
from index.restoring import MANIFEST_BYTES
from tests.faults.test_versions import FIRST, made_by_first_version, revision_of
from tests.index.backing_up import (
    backup,
    data,
    refused,
    repacked,
    restored,
    settings_of,
    told,
)
from tests.index.building import (
    archive_in,
    assert_sound,
    bytes_of,
    ingest,
    only_id,
    record,
    text_of,
)

__all__ = ["backup", "data"]  # fixtures


class TestVersions:
    def test_an_older_archive_is_backed_up_as_it_is_and_upgraded_when_opened(
        self, tmp_path: Path
    ) -> None:
        made_by_first_version(tmp_path / "data")
        made = make_backup(settings_of(tmp_path / "data"), tmp_path / "backup.zip")
        assert made.holds.schema_revision == FIRST
        assert revision_of(tmp_path / "data" / "catalogue.sqlite") == FIRST
        restored(tmp_path / "backup.zip", tmp_path / "new")
        assert revision_of(tmp_path / "new" / "catalogue.sqlite") == FIRST
        with archive_in(tmp_path / "new") as archive:
            assert archive.status().articles == 2
            assert_sound(archive)

    def test_a_newer_archive_is_refused(self, data: Path, tmp_path: Path) -> None:
        content = (data / "catalogue.sqlite").read_bytes()
        (tmp_path / "catalogue.sqlite").write_bytes(content)
        with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(ArchiveTooNew, match="9999"):
            make_backup(settings_of(tmp_path), tmp_path / "backup.zip")
        assert not (tmp_path / "backup.zip").exists()

    def test_a_backup_of_a_newer_archive_is_refused(self, backup: Path, tmp_path: Path) -> None:
        def newer(content: bytes) -> bytes:
            path = tmp_path / "newer.sqlite"
            path.write_bytes(content)
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
            return path.read_bytes()

        with zipfile.ZipFile(backup) as zipped:
            content = newer(zipped.read("catalogue.sqlite"))
        path = repacked(
            backup,
            tmp_path / "newer.zip",
            catalogue=newer,
            catalogue_bytes=len(content),
            catalogue_sha256=hashlib.sha256(content).hexdigest(),
        )
        assert "9999" in refused(ArchiveTooNew, path, tmp_path / "new")

    def test_a_newer_form_of_backup_is_refused(self, backup: Path, tmp_path: Path) -> None:
        path = repacked(backup, tmp_path / "x.zip", format_version=2, holds=None, quoth="9.1")
        assert "(9.1)" in refused(ArchiveTooNew, path, tmp_path / "new")

    def test_words_of_a_later_version_are_passed_over(self, backup: Path, tmp_path: Path) -> None:
        path = repacked(backup, tmp_path / "x.zip", signed_by="someone")
        assert restored(path, tmp_path / "new").holds.articles == 4


class TestPlace:
    def test_an_archive_is_never_replaced(self, backup: Path, tmp_path: Path) -> None:
        with archive_in(tmp_path):
            pass
        before = bytes_of(tmp_path)
        for _ in range(2):
            with pytest.raises(InputError, match=r"there is an archive in .*--data-dir"):
                restored(backup, tmp_path)
        assert bytes_of(tmp_path) == before

    def test_a_directory_that_is_held(self, backup: Path, tmp_path: Path) -> None:
        with DirectoryLock(tmp_path):
            refused(ArchiveLocked, backup, tmp_path)

    def test_a_directory_that_is_a_file(self, backup: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("Mine.")
        with pytest.raises(ArchiveError, match="cannot be written"):
            restored(backup, tmp_path / "file")
        assert (tmp_path / "file").read_text() == "Mine."

    def test_what_another_catalogue_left_there_does_not_come_back(self, tmp_path: Path) -> None:
        """Indexes at the same change of another history, and a log that was never applied."""
        folder = tmp_path / "data"
        with archive_in(folder) as archive:
            kept = only_id(ingest(archive, record("kept", text_of("kept"))))
            make_backup(settings_of(folder), tmp_path / "backup.zip")
            first = told(archive)
        with archive_in(folder) as archive:
            archive.delete([kept])
            ingest(archive, record("later", text_of("later")))
            log = (folder / "catalogue.sqlite-wal").read_bytes()
            assert len(log) > 0
        (folder / "catalogue.sqlite").unlink()
        (folder / "catalogue.sqlite-wal").write_bytes(log)
        restored(tmp_path / "backup.zip", folder)
        with archive_in(folder) as archive:
            assert told(archive) == first
            assert_sound(archive)

    def test_it_does_not_fit(self, backup: Path, tmp_path: Path) -> None:
        path = repacked(backup, tmp_path / "x.zip", catalogue_bytes=10**17)
        assert "MB are needed" in refused(ArchiveError, path, tmp_path / "new")


class TestDamage:
    def test_a_flipped_bit_is_found_or_changes_nothing(self, backup: Path, tmp_path: Path) -> None:
        whole = backup.read_bytes()
        with zipfile.ZipFile(backup) as zipped:
            catalogue = zipped.read("catalogue.sqlite")
            edges = [info.header_offset for info in zipped.infolist()] + [zipped.start_dir]
        chance = random.Random(20261120)
        places = {offset + i for offset in edges for i in range(40)} & set(range(len(whole)))
        places |= {len(whole) - i for i in range(1, 100)}
        places |= {chance.randrange(len(whole)) for _ in range(100)}
        path, found = tmp_path / "flipped.zip", 0
        for number, place in enumerate(sorted(places)):
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            folder = tmp_path / f"new{number}"
            complaint = None
            try:
                restored(path, folder)
            except ArchiveDamaged as error:
                complaint = str(error)
            if complaint is None:
                assert (folder / "catalogue.sqlite").read_bytes() == catalogue
                continue
            found += 1
            assert str(path) in complaint
            assert "\n" not in complaint
            assert not (folder / "catalogue.sqlite").exists()
        assert found > len(places) / 2

    def test_a_file_that_was_cut_short(self, backup: Path, tmp_path: Path) -> None:
        whole = backup.read_bytes()
        path = tmp_path / "short.zip"
        for length in (4, 30, 1000, len(whole) // 2, len(whole) - 30, len(whole) - 1):
            path.write_bytes(whole[:length])
            assert "is damaged" in refused(ArchiveDamaged, path, tmp_path / "new")

    @pytest.mark.parametrize(
        ("catalogue", "reason"),
        [
            (lambda content: content + b"more", "longer than it should be"),
            (lambda content: content + b"\0" * 30_000_000, "longer than it should be"),
            (lambda content: content[:-1], "not the one that was written"),
            (lambda content: content[:-1] + b"!", "not the one that was written"),
        ],
    )
    def test_a_catalogue_that_is_not_the_one_of_the_manifest(
        self, backup: Path, tmp_path: Path, catalogue: Callable[[bytes], bytes], reason: str
    ) -> None:
        path = repacked(backup, tmp_path / "x.zip", catalogue=catalogue)
        assert reason in refused(ArchiveDamaged, path, tmp_path / "new")

    @pytest.mark.parametrize(
        ("manifest", "reason"),
        [
            ({"catalogue_sha256": "short"}, "catalogue_sha256"),
            ({"catalogue_bytes": -1}, "catalogue_bytes"),
            ({"holds": None}, "holds"),
            ({"made_at": "yesterday"}, "made_at"),
            ({"remark": "x" * MANIFEST_BYTES}, "longer than it should be"),
        ],
    )
    def test_a_manifest_that_makes_no_sense(
        self, backup: Path, tmp_path: Path, manifest: dict[str, Any], reason: str
    ) -> None:
        path = repacked(backup, tmp_path / "x.zip", **manifest)
        assert reason in refused(ArchiveDamaged, path, tmp_path / "new")

    def test_a_manifest_that_counts_wrongly(self, backup: Path, tmp_path: Path) -> None:
        with zipfile.ZipFile(backup) as zipped:
            holds = json.loads(zipped.read("manifest.json"))["holds"]
        path = repacked(backup, tmp_path / "x.zip", holds=holds | {"passages": 5})
        assert "what the manifest says" in refused(ArchiveDamaged, path, tmp_path / "new")

    def test_another_packing_is_refused(self, backup: Path, tmp_path: Path) -> None:
        path = repacked(backup, tmp_path / "x.zip", compression=zipfile.ZIP_LZMA)
        assert "packed in another way" in refused(ArchiveDamaged, path, tmp_path / "new")

    def test_other_members_are_not_unpacked(self, backup: Path, tmp_path: Path) -> None:
        path = repacked(backup, tmp_path / "x.zip")
        with zipfile.ZipFile(path, "a") as zipped:
            for name in ("../evil", "/tmp/evil-by-a-backup", "quoth.toml", "chroma/evil"):
                zipped.writestr(name, "Gotcha.")
        restored(path, tmp_path / "new")
        assert {p.name for p in tmp_path.iterdir()} == {"x.zip", "new"}
        assert bytes_of(tmp_path / "new").keys() == {"catalogue.sqlite", "lock"}
        assert not Path("/tmp/evil-by-a-backup").exists()

    @pytest.mark.parametrize("name", ["text", "empty", "zip", "manifest", "format", "folder", "no"])
    def test_what_is_no_backup(self, backup: Path, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        if name in {"text", "empty"}:
            path.write_bytes(b"Dear diary" * 100 if name == "text" else b"")
        elif name in {"zip", "manifest"}:
            with zipfile.ZipFile(path, "w") as zipped:
                member = "manifest.json" if name == "manifest" else "a.txt"
                zipped.writestr(member, '{"manifest_version": 3, "name": "An extension"}')
        elif name == "format":
            repacked(backup, path, format="another-backup")
        elif name == "folder":
            path.mkdir()
        reason = "cannot be read" if name in {"folder", "no"} else "is no backup of Quoth"
        assert reason in refused(InputError, path, tmp_path / "new")
        assert not (tmp_path / "new").exists()
