"""The adjustment for many tests at once, against its own definition."""

from __future__ import annotations

import pytest

from ratchetry.analyze.multiplicity import false_discovery_rate


def test_adjusted_p_values() -> None:
    """Benjamini and Hochberg's own procedure: the largest k with p(k) <= k q / m, and everything below it."""
    p_values = [0.01, 0.04, 0.03, 0.005, 0.8]
    adjusted = false_discovery_rate(p_values)
    assert adjusted == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.8])
    for q in (0.02, 0.03, 0.05, 0.2):
        ordered = sorted(p_values)
        most = max((p for rank, p in enumerate(ordered, start=1) if p <= rank * q / len(ordered)), default=0.0)
        assert [value <= q + 1e-12 for value in adjusted] == [p <= most for p in p_values]


def test_no_p_values_need_no_adjustment() -> None:
    """Nothing tested, nothing adjusted."""
    assert false_discovery_rate([]) == []
