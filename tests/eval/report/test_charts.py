from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eval.report.charts import Chart, charts_of
from tests.eval.report.evaluations import again, varied


def chart(key: str) -> Chart:
    return next(chart for chart in charts_of(varied()) if chart.key == key)


def test_recall_is_by_the_rank_of_the_evidence() -> None:
    # of 6 answerable questions one has its evidence first, three second, and two nowhere
    any_, all_ = chart("recall-at-k").series
    assert any_.x == tuple(range(1, 11))
    assert any_.y == pytest.approx((1 / 6, *[4 / 6] * 9))
    assert all_.y == any_.y
    assert chart("recall-at-k").rows[1] == ("2", "0.667", "0.667")


def test_risk_and_calibration_are_of_the_answers_that_were_given() -> None:
    # right 1.0; wrong 0.8, 0.7, 0.6, 0.4
    (risk,) = chart("risk-coverage").series
    assert risk.x == pytest.approx((0.2, 0.4, 0.6, 0.8, 1.0))
    assert risk.y == pytest.approx((0, 1 / 2, 2 / 3, 3 / 4, 4 / 5))
    bars, _, dots = chart("calibration").series
    assert sum(bars.y) == pytest.approx(1)
    assert list(zip(dots.x, dots.y, strict=True)) == [
        (0.4, 0), (0.6, 0), (0.7, 0), (0.8, 0), (1, 1)
    ]  # fmt: skip
    assert len(chart("calibration").rows) == 10


def test_what_there_is_no_data_for_is_left_out() -> None:
    rows = [
        replace(row, milliseconds=None, retrieval=None, confidence=None)
        for row in varied().questions
    ]
    assert charts_of(again(varied(), rows)) == ()


@example(times=[9999999.999999998], warm=[])
@given(
    times=st.lists(st.floats(0, 1e7), min_size=1, max_size=30),
    warm=st.lists(st.floats(0, 1e7), max_size=5),
)
def test_every_time_is_in_one_bin(times: list[float], warm: list[float]) -> None:
    row = varied().questions[0]
    rows = [replace(row, id=f"q{n}", milliseconds=ms) for n, ms in enumerate(times)]
    rows[0] = replace(rows[0], warm_milliseconds=tuple(warm))
    found = replace(varied(), questions=tuple(rows))
    latency = next(chart for chart in charts_of(found) if chart.key == "latency")
    assert sum(latency.series[0].y) == len(times)
    assert len(latency.series) == (2 if warm else 1)
    assert len(latency.series) == 1 or sum(latency.series[1].y) == len(warm)
    edges = latency.series[0].x
    assert list(edges) == sorted(set(edges))
    assert edges[-1] > max(times)
