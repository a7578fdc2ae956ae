from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.aggregate import mean, percentile

values = st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=30)


def test_no_data_is_none() -> None:
    assert mean([]) is None
    assert percentile([], 50) is None


@given(values.flatmap(lambda listed: st.tuples(st.just(listed), st.permutations(listed))))
def test_order_does_not_matter(orders: tuple[list[float], list[float]]) -> None:
    listed, shuffled = orders
    assert mean(listed) == mean(shuffled)
    assert percentile(listed, 95) == percentile(shuffled, 95)


@given(values, st.floats(min_value=0, max_value=100))
def test_percentiles_are_numpys(numbers: list[float], percent: float) -> None:
    assert percentile(numbers, percent) == pytest.approx(float(np.percentile(numbers, percent)))
