from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics.multiple import holm

p_values = st.lists(st.floats(min_value=0, max_value=1, exclude_min=True), max_size=12)


def test_values_worked_out_by_hand() -> None:
    # sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, of which the last may not fall
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.4, 0.5]) == pytest.approx([0.8, 0.8])
    assert holm([0.7, 0.6, 0.9]) == [1.0, 1.0, 1.0]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


@given(p_values)
def test_adjusted_values_are_never_below_the_raw_ones_and_keep_their_order(
    raw: list[float],
) -> None:
    adjusted = holm(raw)
    assert all(before <= after <= 1 for before, after in zip(raw, adjusted, strict=True))
    paired = sorted(zip(raw, adjusted, strict=True))
    assert [after for _, after in paired] == sorted(adjusted)


@given(p_values, st.randoms())
def test_the_order_of_the_tests_changes_nothing(raw: list[float], random: object) -> None:
    order = list(range(len(raw)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = holm([raw[position] for position in order])
    assert shuffled == [holm(raw)[position] for position in order]


@given(p_values)
def test_the_least_value_is_adjusted_as_bonferroni_does(raw: list[float]) -> None:
    if raw:
        assert min(holm(raw)) == pytest.approx(min(1, min(raw) * len(raw)))
