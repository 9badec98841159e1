"""Optimal partitioning against the plain dynamic program over all places."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from ratchetry.analyze.change_point.segmentation import (
    LEAST,
    candidates_of,
    optimal,
    partition,
    without_outliers,
)

Floats = NDArray[np.float64]


def _series(seed: int, n: int, levels: list[float], noise: float = 1.0) -> Floats:
    """Return levels of equal length with noise around them."""
    generator = np.random.default_rng(seed)
    return np.array([levels[place * len(levels) // n] + generator.normal(0, noise) for place in range(n)])


def _cost(values: Floats, found: list[int], penalty: float) -> float:
    """Return the squares around the levels, and the penalty of each change."""
    bounds = [0, *found, len(values)]
    parts = (values[start:end] for start, end in itertools.pairwise(bounds))
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts) + penalty * len(found)


def _exact(values: Floats, penalty: float) -> list[int]:
    """Return the cheapest split of all, by the definition."""
    n = len(values)
    best: list[tuple[float, list[int]]] = [(-penalty, [])]
    for end in range(1, n + 1):
        options = [
            (best[start][0] + _cost(values[start:end], [], 0.0) + penalty, [*best[start][1], start])
            for start in range(end - LEAST + 1)
            if math.isfinite(best[start][0])
        ]
        best.append(min(options, default=(math.inf, [])))
    return best[n][1][1:]


def _fast(values: Floats, penalty: float) -> list[int]:
    """Return the cheapest split at the places that are tried."""
    sums = np.concatenate([np.zeros(1), np.cumsum(values)])
    return optimal(sums, candidates_of(sums).places, penalty)


@pytest.mark.parametrize("seed", range(8))
def test_short_series_are_split_exactly(seed: int) -> None:
    """Up to forty points, every place is tried."""
    values = _series(seed, 36, [0.0, 2.0, 0.5])
    assert _fast(values, 6.0) == _exact(values, 6.0)


@pytest.mark.parametrize("seed", range(6))
def test_clear_steps_are_split_exactly(seed: int) -> None:
    """In a longer series, clear steps are where the exact split has them."""
    values = _series(seed, 120, [0.0, 8.0, 2.0, 10.0])
    penalty = 2 * math.log(120)
    assert _fast(values, penalty) == _exact(values, penalty)


@pytest.mark.parametrize("seed", range(6))
def test_unclear_splits_cost_hardly_more(seed: int) -> None:
    """Where steps drown in noise, the split costs within two percent of the cheapest."""
    values = _series(seed, 100, [0.0, 1.0, 0.4, 1.2])
    cheapest = _cost(values, _exact(values, 5.0), 5.0)
    assert cheapest <= _cost(values, _fast(values, 5.0), 5.0) * (1 + 1e-12) <= cheapest * 1.02


def test_every_stretch_has_the_least_length() -> None:
    """No stretch is shorter than three points, whatever stands out."""
    values = _series(1, 200, [0.0])
    values[50], values[120:122] = 90.0, 70.0
    bounds = [0, *partition(values), 200]
    assert min(end - start for start, end in itertools.pairwise(bounds)) >= LEAST


@pytest.mark.parametrize("n", [41, 97, 4_001])
def test_each_window_gives_its_best_split(n: int) -> None:
    """The places to choose from are those that save most in some window, half a window from the next, of any size."""
    values = _series(2, n, [0.0, 1.5, 0.2])
    best: dict[int, float] = {}
    length = float(n)
    while length >= 2 * LEAST:
        size = math.ceil(length)
        for start in {*range(0, n - size, max(1, size // 2)), n - size}:
            gain, at = _best_split(values[start : start + size])
            best[start + at] = max(best.get(start + at, 0.0), gain)
        length /= math.sqrt(2)
    found = candidates_of(np.concatenate([np.zeros(1), np.cumsum(values)]))
    assert found.places.tolist() == sorted(best)
    assert found.gains == pytest.approx([best[at] for at in sorted(best)], rel=1e-6)


def _best_split(values: Floats) -> tuple[float, int]:
    """Return what the best split of a window saves, and where it is."""
    cuts = np.arange(LEAST, len(values) - LEAST + 1)
    left = np.cumsum(values)[cuts - 1]
    right = values.sum() - left
    gains = left**2 / cuts + right**2 / (len(values) - cuts) - values.sum() ** 2 / len(values)
    return float(gains.max()), int(cuts[gains.argmax()])


def test_few_outliers_are_cut_and_steps_are_not() -> None:
    """A spike goes down to what is around it; a step stays as it is; many outliers are how the series goes."""
    values = _series(3, 120, [0.0, 6.0], 0.3)
    spiked = values.copy()
    spiked[[20, 70]] += 50
    cut = without_outliers(spiked)
    assert np.abs(cut - values).max() < 2.5
    assert np.flatnonzero(np.abs(cut - spiked) > 10).tolist() == [20, 70]
    spiked[::9] += 50
    assert without_outliers(spiked) is spiked


@pytest.mark.parametrize("n", range(7))
def test_too_short_series_are_left_whole(n: int) -> None:
    """Fewer than six points are not split."""
    assert partition(np.zeros(min(n, 5))) == []
