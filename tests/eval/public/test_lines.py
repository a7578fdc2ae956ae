"""Reading files of public sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from eval.public.lines import Layout, NonBlank, check_unique, find_file, read_records
from index.errors import GoldInvalid
from tests.eval.public.writing import write_lines, write_list


class Mill(Layout):
    id: int
    name: NonBlank


MILLS = [{"id": 1, "name": "Osk", "more": True}, {"id": 2, "name": "Brae"}]


def refusal_of(path: Path) -> str:
    with pytest.raises(GoldInvalid) as raised:
        read_records(path, Mill)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("name", ["mills.jsonl", "mills.jsonl.gz"])
def test_lines_are_read_plain_and_gzipped(tmp_path: Path, name: str) -> None:
    path = write_lines(tmp_path / name, MILLS)
    assert [(placed.place, placed.record.name) for placed in read_records(path, Mill)] == [
        (f"{path}:1", "Osk"),
        (f"{path}:2", "Brae"),
    ]


def test_a_list_is_read_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = write_list(tmp_path / "mills.jsonl", MILLS)
    assert [(placed.place, placed.record.id) for placed in read_records(path, Mill)] == [
        (f"{path}: item 1", 1),
        (f"{path}: item 2", 2),
    ]


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "mills.jsonl"
    path.write_bytes(gzip.compress(b'\n\n{"id": 1, "name": "Osk"}\n'))
    assert [placed.place for placed in read_records(path, Mill)] == [f"{path}:3"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"id": 1, "name": "Osk"}\n{"id": 1}\n', "mills:2: 'name' is missing"),
        (b'{"id": 1, "name": "Osk"}\n\n{"id": 1, "name": " "}\n', "mills:3: 'name' is blank"),
        (b'{"id": "1", "name": "Osk"}', "mills:1: 'id'"),
        (b'{"id": 1, "name"', "mills:1: not JSON"),
        (b"7\n", "mills:1: it is not a JSON object"),
        (b'[{"id": 1, "name": "Osk"}, {"id": 2}]', "mills: item 2: 'name' is missing"),
        (b'[{"id": 1,\n "name" "Osk"}]', "mills:2: not JSON"),
        (b"[" * 100_000, "mills"),
        (b'{"id": 1, "name": "Osk"}\n{"id": 2, "name": "\xff"}\n', "mills:2: not UTF-8"),
        (gzip.compress(b'{"id": 1}' * 99)[:-9], "not a whole gzip file"),
        (b"", "holds no records: JSON objects are expected, one a line or all in one list"),
        (b" []\n", "holds no records: the list in it is empty"),
        (b" \n\n", "holds no records"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "mills"
    path.write_bytes(content)
    assert complaint in refusal_of(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal_of(tmp_path / "none.jsonl")
    assert "cannot be read" in refusal_of(tmp_path)


def test_the_second_of_two_equal_keys_is_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "mills.jsonl", [*MILLS, {"id": 1, "name": "Eld"}])
    records = read_records(path, Mill)
    with pytest.raises(GoldInvalid, match=r"mills\.jsonl:3: it has the id of .*mills\.jsonl:1"):
        check_unique(records, lambda mill: mill.id, called="id")
    check_unique(records, lambda mill: mill.name, called="name")


def test_a_file_of_a_folder_is_found_plain_before_gzipped(tmp_path: Path) -> None:
    packed = write_lines(tmp_path / "mills.jsonl.gz", MILLS)
    assert find_file(tmp_path, "mills.jsonl") == packed
    plain = write_lines(tmp_path / "mills.jsonl", MILLS)
    assert find_file(tmp_path, "mills.jsonl") == plain
    with pytest.raises(GoldInvalid, match=r"holds no bakers\.jsonl"):
        find_file(tmp_path, "bakers.jsonl")
    with pytest.raises(GoldInvalid, match="is no folder"):
        find_file(plain, "mills.jsonl")
