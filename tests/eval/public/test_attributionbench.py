"""AttributionBench, on invented claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.public.attributionbench import evaluate, measure
from eval.public.base import OpenScratch, PublicOptions
from eval.public.support import WordContainment
from index.errors import GoldInvalid
from tests.eval.public.writing import write_lines

REFERENCES = ["Title: The ferry\n\nThe ferry to Osk carried 340 passengers."]
RIGHT = "The ferry carried 340 passengers."
WRONG = "The ferry carried 912 passengers."


def claim(name: str, words: str, attributable: bool, source: str) -> dict[str, Any]:
    return {
        "question": "How many passengers?",
        "claim": words,
        "claim_raw_string": words,
        "response": words,
        "references": REFERENCES,
        "citation_links": [],
        "webpage_references": [],
        "attribution_label": "attributable" if attributable else "not attributable",
        "src_dataset": source,
        "id": name,
    }


CLAIMS = [
    claim("1", RIGHT, True, "LFQA"),
    claim("2", WRONG, False, "LFQA"),
    claim("3", RIGHT, True, "hagrid_a"),
    claim("4", RIGHT, False, "hagrid_b"),
    claim("5", WRONG, False, "hagrid_b"),
]


def test_macro_f1_is_taken_per_source_and_averaged(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "dev.jsonl.gz", CLAIMS)
    result = measure(path, PublicOptions(), [WordContainment()])
    rows = {row.label.partition(", ")[2]: row for row in result.rows}
    assert list(rows) == ["all", "average over 2 sources", "LFQA", "hagrid"]
    hagrid = (2 / 3 + 2 / 3) / 2  # TP 1, FP 1 and TN 1
    assert rows["LFQA"].values["macro-F1"] == 1.0
    assert rows["hagrid"].values["macro-F1"] == pytest.approx(hagrid)
    assert rows["average over 2 sources"].values["macro-F1"] == pytest.approx((1 + hagrid) / 2)
    assert rows["all"].values["macro-F1"] == pytest.approx((4 / 5 + 4 / 5) / 2)
    assert rows["all"].values["accuracy"] == pytest.approx(4 / 5)
    assert [rows[name].n for name in rows] == [5, 5, 2, 3]


def test_a_source_of_one_class_has_no_macro_f1(tmp_path: Path, by_words: OpenScratch) -> None:
    path = write_lines(tmp_path / "dev.jsonl", [CLAIMS[0], CLAIMS[1], CLAIMS[2]])
    rows = evaluate(path, PublicOptions(), by_words).rows
    assert rows[len(rows) // 2].label == "facts, words and similarity, all"
    rows = rows[: len(rows) // 2]
    assert [row.values["macro-F1"] for row in rows] == [1.0, None, 1.0, None]


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([CLAIMS[0], CLAIMS[0]], r"dev\.jsonl:2: it has the id"),
        ([CLAIMS[0] | {"attribution_label": "yes"}], ":1: 'attribution_label'"),
        ([CLAIMS[0] | {"references": []}], ":1: 'references'"),
        ([CLAIMS[0] | {"references": "one"}], ":1: 'references'"),
        ([{"id": "1"}], "'claim' is missing"),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, by_words: OpenScratch, records: list[Any], complaint: str
) -> None:
    path = write_lines(tmp_path / "dev.jsonl", records)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(path, PublicOptions(), by_words)
