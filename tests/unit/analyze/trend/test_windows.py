"""The newest week against the weeks before it."""

from __future__ import annotations

import numpy as np

from ratchetry.analyze.trend.preparation import dated
from ratchetry.analyze.trend.windows import compared_windows, settled_windows
from tests.unit.analyze.trend.made import START, first_order, series


def test_a_week_that_differs() -> None:
    """What changed in the last seven days is found against the 23 before; what is older does not count."""
    values = np.concatenate([np.full(20, 50.0), np.full(46, 80.0), np.full(14, 78.0)])
    values += np.random.default_rng(1).normal(scale=0.3, size=80)
    given = series(values)
    found = compared_windows(given, dated(given), START + 79 * 0.5, 1.0)
    assert found is not None
    assert (found.verdict, found.n_base, found.n_head) == ("regressed", 46, 14)
    assert found.interval[0] < -2.0 < found.interval[1] < 0


def test_windows_without_values() -> None:
    """A metric that was not measured lately, or not before, has no comparison."""
    given = series(np.arange(10.0))
    assert compared_windows(given, dated(given), START + 60, 1.0) is None
    assert compared_windows(given, dated(given), START + 4.5, 1.0) is None


def test_neighbors_that_are_alike_count_as_one() -> None:
    """Medians of as many values as the variance is inflated stand for them, and the reason says so."""
    given = series(80 + first_order(np.random.default_rng(2), 60, 0.7))
    found = compared_windows(given, dated(given), START + 59 * 0.5, 3.4)
    assert found is not None
    assert (found.n_base, found.n_head) == (11, 3)
    assert "medians of 4 values each" in found.reason
    few = series([1.0, 2.0] + [3.0] * 20, every=2.0)
    at_end = compared_windows(few, dated(few), START + 42, 30.0)
    assert at_end is not None
    assert (at_end.n_base, at_end.n_head) == (1, 1)


def test_false_alarms_of_weeks_that_are_alike() -> None:
    """Of noise whose neighbors are alike, hardly a week is said to differ."""
    chance = np.random.default_rng(3)
    verdicts = []
    for _ in range(60):
        given = series(80 + first_order(chance, 60, 0.7))
        found = compared_windows(given, dated(given), START + 59 * 0.5, 5.0)
        assert found is not None
        verdicts.append(found.verdict)
    assert sum(verdict in {"regressed", "improved"} for verdict in verdicts) <= 2


def test_many_weeks_at_once() -> None:
    """The p-values are adjusted for all series; those without windows stay without."""
    chance = np.random.default_rng(4)
    given = [series(80 + chance.normal(size=60)) for _ in range(10)]
    settled = settled_windows([None, *(compared_windows(each, dated(each), START + 29.5, 1.0) for each in given)])
    assert settled[0] is None
    for each in settled[1:]:
        assert each is not None
        assert each.q_value is not None
        assert each.p_value is not None
        assert each.q_value >= each.p_value
