"""What the page's script is handed: the questions, each passage written once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from eval.judging import CONTEXT
from eval.records import JudgedCitation, JudgedPassage, QuestionResult
from eval.report.marking import evidence_spans
from eval.report.wording import verdict
from eval.run import Evaluation

_FOR_SCRIPT = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
"""Nothing in the data can end the element that it stands in, or begin another."""
_OF_PASSAGES = ("article", "title", "publisher", "published_at", "text")


@dataclass(slots=True, kw_only=True)
class _Passages:
    """The passages of all questions; questions name them by number."""

    numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def number(self, passage: JudgedPassage) -> int:
        key = tuple(getattr(passage, name) for name in _OF_PASSAGES)
        return self.numbers.setdefault(key, len(self.numbers))

    def listed(self) -> list[dict[str, Any]]:
        return [dict(zip(_OF_PASSAGES, key, strict=True)) for key in self.numbers]


def page_data(evaluation: Evaluation) -> str:
    """Return JSON that can stand in a `<script>` element.

    `{"passages": […], "questions": […]}`: questions as in the JSON document, but for `retrieved`,
    which holds `passage` (a number into `passages`), `score`, `reading`, `covers` and `marks`
    (where the evidence is in the passage, in code points), and for `verdict`, which is added. The
    words around a quote begin and end with whole words.
    """
    passages = _Passages()
    questions = [_question(row, passages) for row in evaluation.questions]
    found = {"passages": passages.listed(), "questions": questions}
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _FOR_SCRIPT.items():
        text = text.replace(character, escape)
    return text


def _question(row: QuestionResult, passages: _Passages) -> Mapping[str, Any]:
    return asdict(replace(row, retrieved=None, citations=None)) | {
        "evidence_rank": row.evidence_rank,
        "verdict": verdict(row),
        "citations": None if row.citations is None else [_citation(c) for c in row.citations],
        "retrieved": None
        if row.retrieved is None
        else [
            {
                "passage": passages.number(passage),
                "score": passage.score,
                "reading": passage.reading,
                "covers": passage.covers,
                "marks": evidence_spans(
                    passage.text, [row.evidence[place].quote for place in passage.covers]
                ),
            }
            for passage in row.retrieved
        ],
    }


def _citation(citation: JudgedCitation) -> Mapping[str, Any]:
    before, after = citation.before, citation.after
    if len(before) >= CONTEXT and " " in before:  # the article does not begin there
        before = f"… {before.partition(' ')[2].lstrip()}"
    if len(after) >= CONTEXT and " " in after:
        after = f"{after.rpartition(' ')[0].rstrip()} …"
    return asdict(citation) | {"before": before.lstrip(), "after": after.rstrip()}
