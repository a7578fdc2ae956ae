"""WiCE, on invented claims in its three layouts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval.public.base import OpenScratch, PublicOptions
from eval.public.support import Support
from eval.public.wice import entailment_figures, evaluate, measure, token_figures
from eval.statistics.estimates import Estimate
from index.errors import GoldInvalid
from tests.eval.public.figures import values_of
from tests.eval.public.writing import write_lines

EVIDENCE = ["(meta data) TITLE: The ferry", "The ferry to Osk carried 340 passengers."]


def claim(name: str, words: str, label: str, **meta: Any) -> dict[str, Any]:
    return {
        "label": label,
        "supporting_sentences": [[1]],
        "claim": words,
        "evidence": EVIDENCE,
        "meta": {"id": name, "claim_title": "t", "claim_section": "s", "claim_context": "", **meta},
    }


CLAIMS = [
    claim("a", "The ferry carried 340 passengers.", "supported"),
    claim("b", "The ferry carried 912 passengers.", "partially_supported"),
    claim("c", "Una Brae mended the roof.", "not_supported"),
    claim("d", "Passengers came to Osk in their hundreds.", "supported"),
]
TOKENS = {
    "non_supported_spans": [False, True, True, False, False],
    "claim_tokens": ["The", "rusty", "old", "ferry", "."],
    "label": "partially_supported",
    "supporting_sentences": [[1]],
    "claim": "The rusty old ferry.",
    "evidence": EVIDENCE,
    "meta": {"id": "a-0"},
}


class Fixed:
    """Says what it is told to."""

    name = "fixed"

    def __init__(self, scores: dict[str, float]) -> None:
        self._scores = scores

    def check(self, claim: str, evidence: Sequence[str]) -> Support:
        assert claim
        score = self._scores[evidence[0]]
        return Support(score=score, supported=score > 0.5)

    def unsupported(self, tokens: Sequence[str], evidence: Sequence[str]) -> tuple[bool, ...]:
        assert evidence
        return tuple(token == "rusty" for token in tokens)


def test_only_fully_supported_counts_as_supported(tmp_path: Path, by_words: OpenScratch) -> None:
    path = write_lines(tmp_path / "dev.jsonl", CLAIMS)
    row, ours = evaluate(path, PublicOptions(), by_words).rows
    assert ours.label == "facts, words and similarity, whole evidence"
    assert (row.label, row.n) == ("word containment (baseline), whole evidence", 4)
    assert row.values == {
        "F1": pytest.approx(2 / 3),  # a found, d missed
        "precision": 1.0,
        "recall": 0.5,
        "accuracy": 0.75,
        "AUROC": 1.0,
    }


def test_figures_by_hand() -> None:
    figures = entailment_figures(
        [True, True, False, False], [0.9, 0.2, 0.6, 0.1], [True, False, True, False]
    )
    assert values_of(figures) == {
        "F1": 0.5, "precision": 0.5, "recall": 0.5, "accuracy": 0.5, "AUROC": 0.75,
    }  # fmt: skip


def test_of_several_chunks_the_best_counts(tmp_path: Path) -> None:
    chunks = [
        claim("a", "x", "supported", chunk_idx=[1], oracle_idx=[1]) | {"evidence": ["low"]},
        claim("a", "x", "supported", chunk_idx=[2], oracle_idx=[2]) | {"evidence": ["high"]},
        claim("a", "x", "supported", chunk_idx=[2], oracle_idx=[2]) | {"evidence": ["high"]},
        claim("b", "y", "not_supported", chunk_idx=[1], oracle_idx=[]) | {"evidence": ["mid"]},
    ]
    path = write_lines(tmp_path / "dev.jsonl.gz", chunks)
    checker = Fixed({"low": 0.1, "high": 0.8, "mid": 0.4})
    (row,) = measure(path, PublicOptions(), [checker]).rows
    assert (row.label, row.n) == ("fixed, oracle chunks", 2)
    assert row.values["F1"] == row.values["AUROC"] == 1.0


def test_tokens_without_support_are_scored_over_all_claims(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "dev.jsonl", [TOKENS])
    result = measure(path, PublicOptions(), [Fixed({})])
    (row,) = result.rows
    assert (row.label, row.n) == ("fixed, tokens", 1)
    assert row.values == {
        "F1 of not-supported tokens": pytest.approx(2 / 3),
        "precision": 1.0,
        "recall": 0.5,
    }
    assert result.published == ()


def test_claims_are_drawn_anew_and_not_tokens() -> None:
    right, wrong = ([True] * 9, [True] * 9), ([True], [False])
    figures = token_figures([right, wrong])
    assert figures["recall"] == Estimate(value=0.9, low=0.0, high=1.0)
    assert figures["precision"] == Estimate(value=1.0, low=1.0, high=1.0)


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ([CLAIMS[0], CLAIMS[0]], r"dev\.jsonl:2: it has the id"),
        ([CLAIMS[0] | {"label": "maybe"}], ":1: 'label'"),
        ([CLAIMS[0] | {"evidence": []}], ":1: 'evidence'"),
        ([{k: v for k, v in CLAIMS[0].items() if k != "label"}], "'label' is missing"),
        ([TOKENS | {"claim_tokens": ["The"]}], "differ in length"),
        ([CLAIMS[0], TOKENS], "mixes tokens and whole evidence"),
        (
            [
                claim("a", "x", "supported", chunk_idx=[1]),
                claim("a", "x", "not_supported", chunk_idx=[2]),
            ],
            "had another label",
        ),
    ],
)
def test_wrong_files_are_refused(
    tmp_path: Path, by_words: OpenScratch, records: list[Any], complaint: str
) -> None:
    path = write_lines(tmp_path / "dev.jsonl", records)
    with pytest.raises(GoldInvalid, match=complaint):
        evaluate(path, PublicOptions(), by_words)
