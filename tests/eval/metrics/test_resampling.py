"""Many weightings at once say what one after another says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.abstention import abstention_metrics
from eval.metrics.base import Statistic
from eval.metrics.latency import latency_metrics

STATISTICS = [m for m in (*abstention_metrics(), *latency_metrics()) if isinstance(m, Statistic)]
ROWS = st.lists(
    st.none() | st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 0.1, 0.25, 0.3, 1.0])),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("metric", STATISTICS, ids=str)
@given(rows=ROWS, seed=st.integers(0, 999))
def test_many_draws_are_each_draw(
    metric: Statistic, rows: list[tuple[float, float] | None], seed: int
) -> None:
    width = metric.width
    points = np.array([(np.nan,) * width if r is None else r[-width:] for r in rows], dtype=float)
    draws = np.random.default_rng(seed).integers(0, 4, size=(6, len(rows))).astype(float)
    draws[0] = 0
    assert metric.compute_many is not None
    one_by_one = [metric.weighted(points, weights) for weights in draws]
    found = metric.resampled(points, draws)
    assert [value is None for value in found] == [value is None for value in one_by_one]
    for value, alone in zip(found, one_by_one, strict=True):
        assert alone is None or value == pytest.approx(alone, abs=1e-12)
