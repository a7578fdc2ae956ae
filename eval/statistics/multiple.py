"""Many tests at once: p-values that keep the chance of any false finding as small as was said."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values, in the order given.

    Sorted upwards, the i-th of m is the largest of (m - j + 1) p_j over j ≤ i, at most 1. Rejecting
    what is below a level keeps the chance of any false rejection below it, however the tests depend
    on each other (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
    Journal of Statistics 6(2), 1979).
    """
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    order = sorted(range(len(p_values)), key=lambda position: p_values[position])
    for rank, position in enumerate(order):
        largest = max(largest, (len(p_values) - rank) * p_values[position])
        adjusted[position] = min(1.0, largest)
    return adjusted
