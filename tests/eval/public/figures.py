"""Figures without their intervals."""

from __future__ import annotations

from collections.abc import Mapping

from eval.statistics.estimates import Estimate


def values_of(figures: Mapping[str, Estimate]) -> dict[str, float | None]:
    return {name: figure.value for name, figure in figures.items()}
