from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.public.trec import check_ids, read_run, strictly_decreasing, write_run
from eval.ranking import MEASURES, score_run, trec_order
from index.errors import InputError

RUN = {
    "q1": strictly_decreasing([("d2", 1.0), ("d1", 0.5), ("d3", 0.5), ("d0", 0.0)]),
    "q2": strictly_decreasing([("d1", 0.25)]),
}


def test_a_run_file_has_six_columns_and_scores_that_decrease(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    write_run(path, RUN)
    assert path.read_text(encoding="utf-8") == (
        "q1 Q0 d2 1 1.000000 quoth\n"
        "q1 Q0 d1 2 0.500000 quoth\n"
        "q1 Q0 d3 3 0.499999 quoth\n"
        "q1 Q0 d0 4 0.000000 quoth\n"
        "q2 Q0 d1 1 0.250000 quoth\n"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.txt"]


def test_what_is_written_is_read_again_by_us_and_by_ir_measures(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    write_run(path, RUN)
    assert read_run(path) == RUN
    rows = list(ir_measures.read_trec_run(str(path)))  # type: ignore[no-untyped-call]
    theirs: dict[str, dict[str, float]] = {}
    for row in rows:
        theirs.setdefault(row.query_id, {})[row.doc_id] = row.score
    assert theirs == RUN
    qrels = {"q1": {"d3": 2, "d0": 1}, "q2": {"d9": 1}}
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    figures = ir_measures.iter_calc(measures, qrels, rows)
    ours = score_run(qrels, RUN)
    assert ours["q1"]["RR@10"] == 1 / 3
    for found in figures:
        assert ours[found.query_id][str(found.measure)] == found.value


@given(st.lists(st.floats(0, 1), min_size=1, max_size=1000))
def test_no_program_sees_another_order(scores: list[float]) -> None:
    best_first = sorted(scores, reverse=True)
    ranking = [(f"d{rank:04}", score) for rank, score in enumerate(best_first)]
    made = strictly_decreasing(ranking)
    assert trec_order(made) == [name for name, _ in ranking]
    single = [struct.unpack("<f", struct.pack("<f", score))[0] for score in made.values()]
    assert all(left > right for left, right in pairwise(single))
    assert next(iter(made.values())) == pytest.approx(best_first[0], abs=1e-6)


@pytest.mark.parametrize("name", ["a b", "", " a", "a\n", "a\u00a0b"])
def test_an_id_that_no_column_can_hold_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="white space"):
        check_ids(["fine", name])
    with pytest.raises(InputError, match="white space"):
        write_run(tmp_path / "run.txt", {"q": {name: 1.0}})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"q1 Q0 d1 1 0.5 x\n\nq1 Q0 d2 2 0.4\n", r"run\.txt:3: 5 columns, not 6"),
        (b"q1 Q0 d1 1 high x\n", r"run\.txt:1: the score 'high' is not a number"),
        (b"q1 Q0 d1 1 nan x\n", r"run\.txt:1: the score 'nan' is not a number"),
        (b"q1 Q0 d1 1 2 x\nq1 Q0 d1 2 1 x\n", r"run\.txt:2: 'd1' was already listed for 'q1'"),
        (b"q1 Q0 d\xff 1 2 x\n", r"run\.txt:1: not UTF-8"),
        (b"\n", "is empty"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "run.txt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=complaint):
        read_run(path)


def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_run(tmp_path / "none.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        write_run(tmp_path / "none" / "run.txt", RUN)
