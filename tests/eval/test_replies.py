"""Quoth's own answers as replies, and what tokens cost."""

from __future__ import annotations

from dataclasses import replace

from eval.replies import Prices, Usage, reply_of
from rag.records import Usage as AnswerUsage
from tests.eval.fakes import answered, citation

PRICES = Prices(prompt=2.0, completion=10.0)


def test_the_tokens_of_a_worded_answer_are_counted() -> None:
    quoted = answered(citation(1, "a1", "It burned down in 1901."))
    assert reply_of(quoted, None).usage is None
    worded = replace(quoted, usage=AnswerUsage(prompt_tokens=120, completion_tokens=8))
    assert reply_of(worded, None).usage == Usage(prompt_tokens=120, completion_tokens=8)


def test_a_cost_that_is_known_stays_and_one_that_cannot_be_told_is_none() -> None:
    assert PRICES.priced(None) is None
    assert PRICES.priced(Usage(prompt_tokens=7)) == Usage(prompt_tokens=7)
    known = Usage(prompt_tokens=7, completion_tokens=7, cost=0.5)
    assert PRICES.priced(known) == known
    priced = PRICES.priced(Usage(prompt_tokens=120, completion_tokens=8))
    assert priced is not None
    assert priced.cost == (240 + 80) / 1e6
