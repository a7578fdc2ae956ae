"""Spans that could answer are found by their form."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.answer_types import find_spans
from rag.reading.question import AnswerType


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        (AnswerType.DURATION, "It runs for a 30-year term, or three months.",
         ["a 30-year term", "three months"]),
        (AnswerType.DURATION, "The wall should last half a century.", ["half a century"]),
        (AnswerType.COUNT, "Some 1,200 people from twenty-one towns.", ["1,200", "twenty-one"]),
        (AnswerType.COUNT, "In 2022, some 2,022 joined; 14, they say.", ["2,022", "14"]),
        (AnswerType.PERCENT, "They own 20%, 12 per cent or one fifth of it.",
         ["20%", "12 per cent", "one fifth"]),
        (AnswerType.MONEY, "It costs $3.5 million, €20bn or 300,000 crowns.",
         ["$3.5 million", "€20bn", "300,000 crowns"]),
        (AnswerType.AGE, "Brandt, 54, met a 12-year-old.", ["54", "12-year-old"]),
        (AnswerType.QUANTITY, "The wall is 9 metres high.", ["9 metres"]),
        (AnswerType.DATE, "On Tuesday, 6 January 2026, and again last year.",
         ["Tuesday", "6 January 2026", "last year"]),
        (AnswerType.PERSON, "On Monday Mayor Ilse Brandt met the Harbour Council in Norway.",
         ["Mayor Ilse Brandt"]),
        (AnswerType.PERSON, "The U.S. envoy spoke to Brandt also.", ["Brandt"]),
        (AnswerType.PLACE, "They met in Port Lune, Norway, near Saltmarsh.",
         ["Port Lune", "Norway", "Saltmarsh"]),
        (AnswerType.ORGANISATION, "He works for the Tidewater Company.", ["Tidewater Company"]),
        (AnswerType.REASON, "It closed because of ice.", ["because"]),
        (AnswerType.STATEMENT, "“We go on,” Lund said.", ["“We go on,”"]),
        (AnswerType.STATEMENT, "Lund warned them.", ["warned"]),
        (AnswerType.YES_NO, "It is open.", []),
    ],
)  # fmt: skip
def test_spans(kind: AnswerType, sentence: str, expected: list[str]) -> None:
    assert [sentence[start:end] for start, end in find_spans(sentence, kind)] == expected


@given(
    st.text(alphabet=st.sampled_from("abA B1 %.,$-’“”é0"), max_size=60), st.sampled_from(AnswerType)
)
def test_spans_lie_in_the_text_ascending_and_apart(text: str, kind: AnswerType) -> None:
    spans = find_spans(text, kind)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
