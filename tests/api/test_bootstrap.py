"""What the HTTP app is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from api.bootstrap import SETTINGS, build_service
from index.configuration import read_configuration
from tests.api.http.in_memory import MemoryArchive, MemoryEngine


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
