"""Documents point at what is there, no file speaks of one machine, and the wheel is whole."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "eval", "index", "rag")
NOT_OURS = frozenset({"var", "build", "dist", "node_modules", "__pycache__"})
LINK = re.compile(r"\[[^\]]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")
QUOTED = re.compile(r"`([^`\n]+)`")
MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|Users|work)/[\w.]|[A-Z]:\\Users\\|file:///\w"
    r"|pypi\.org|files\.pythonhosted|download\.pytorch|registry\.npmjs|deb\.debian"
)


@cache
def files() -> tuple[Path, ...]:
    """The files of the tree, without what git ignores."""
    found: list[Path] = []
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            ignored = path.name in NOT_OURS or path.suffix == ".egg-info"
            hidden = path.name.startswith(".") and path.name != ".ci"
            if path.is_dir() and not (ignored or hidden):
                folders.append(path)
            elif path.is_file() and path.suffix != ".pyc":
                found.append(path)
    return tuple(found)


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md" and "seeds" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sections(document: Path) -> list[tuple[list[str], str]]:
    """The text below each heading, and the folders that the heading names."""
    parts = re.split(r"^## (.*)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts: list[tuple[list[str], str]] = [([], parts[0])]
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        texts.append(([n for n in QUOTED.findall(heading) if n.endswith("/")], text))
    return texts


def exists(name: str, folders: list[str]) -> bool:
    """Whether the name is a path of the tree, or one below the folders of its section."""
    if (ROOT / name).exists():
        return True
    return any(any((ROOT / folder).rglob(name.rstrip("/"))) for folder in folders)


def test_there_are_documents() -> None:
    assert {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"} <= {named(d) for d in documents()}


@pytest.mark.parametrize("document", documents(), ids=named)
def test_links_point_at_files_that_exist(document: Path) -> None:
    targets = [t.partition("#")[0] for t in LINK.findall(document.read_text(encoding="utf-8"))]
    local = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_what_the_architecture_names_exists() -> None:
    checked = 0
    missing = []
    for folders, text in sections(ROOT / "ARCHITECTURE.md"):
        for folder in folders:
            assert (ROOT / folder).is_dir(), folder
        for name in QUOTED.findall(text):
            if re.fullmatch(r"[\w./-]+(?:\.py|\.md|/)", name):
                checked += 1
                missing += [] if exists(name, folders) else [f"{folders}: {name}"]
    assert missing == []
    assert checked > 20


def test_the_architecture_names_every_package_and_top_level_folder_of_code() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    code = {named(path).split("/")[0] for path in files() if path.suffix == ".py"}
    assert [folder for folder in sorted(code) if f"`{folder}/`" not in text] == []


def test_no_file_speaks_of_one_machine_or_of_where_packages_come_from() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if MACHINE.search(line):
                found.append(f"{named(path)}:{number}: {line.strip()[:80]}")
    assert found == []


class TestWheel:
    @pytest.fixture
    def content(self, tmp_path: Path) -> set[str]:
        """Names of the files in a wheel that is built here and now."""
        wheel = pytest.importorskip("hatchling.builders.wheel")
        (built,) = wheel.WheelBuilder(str(ROOT)).build(
            directory=str(tmp_path), versions=["standard"]
        )
        with zipfile.ZipFile(built) as archive:
            return set(archive.namelist())

    def test_it_holds_the_packages_and_nothing_else(self, content: set[str]) -> None:
        ours = {named(path) for path in files() if named(path).split("/")[0] in PACKAGES}
        assert ours - content == set()
        for kind in (".py", ".html", ".js", ".css", ".json"):
            assert any(name.endswith(kind) for name in ours), kind
        assert any(name.startswith("index/catalogue/migrations/versions/0001") for name in content)
        assert "api/web/index.html" in content
        folders = {name.split("/")[0] for name in content}
        assert {f for f in folders if not f.endswith(".dist-info")} == set(PACKAGES)

    def test_it_installs_the_command(self, content: set[str]) -> None:
        assert any(name.endswith(".dist-info/entry_points.txt") for name in content)
        assert any(name.endswith("licenses/LICENSE") for name in content)
