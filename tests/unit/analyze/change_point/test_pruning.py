"""The tests that changes have to pass, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from ratchetry.analyze.change_point.pruning import (
    PRIOR,
    YOUNG,
    alternation,
    changes_of,
    evidence_of,
)
from ratchetry.analyze.change_point.sums import median_of, sums_of


def test_evidence_is_welchs_with_variances_drawn_together() -> None:
    """Step, standard error and degrees of freedom are those of Welch's test on variances drawn to the pooled one."""
    generator = np.random.default_rng(1)
    values = np.concatenate([generator.normal(0, 1, 60), generator.normal(3, 2, YOUNG + 20)])
    (evidence,) = evidence_of(values, [60])
    left, right = values[:60], values[60:]
    squares = [((side - side.mean()) ** 2).sum() for side in (left, right)]
    pooled = sum(squares) / (len(values) - 2)
    freedoms = [len(side) - 1 + PRIOR for side in (left, right)]
    parts = [
        (square + PRIOR * pooled) / freedom / len(side)
        for square, freedom, side in zip(squares, freedoms, (left, right), strict=True)
    ]
    assert evidence.step == pytest.approx(right.mean() - left.mean())
    assert evidence.error == pytest.approx(np.sqrt(sum(parts)))
    welch = sum(parts) ** 2 / sum(part**2 / freedom for part, freedom in zip(parts, freedoms, strict=True))
    assert evidence.freedom == pytest.approx(welch)
    plain = pytest.importorskip("scipy.stats").ttest_ind(right, left, equal_var=False).statistic
    assert evidence.step / evidence.error == pytest.approx(plain, rel=0.1)


def test_line_squares_are_those_of_a_regression() -> None:
    """The squares around the straight line through a stretch follow from running sums."""
    values = np.random.default_rng(2).normal(5, 1, 50).cumsum() - 120
    places = np.arange(10, 37)
    slope, intercept = np.polyfit(places, values[10:37], 1)
    left = values[10:37] - intercept - slope * places
    assert sums_of(values).line_squares(10, 37) == pytest.approx(float(left @ left))


@pytest.mark.parametrize("n", [1, 2, 7, 80, 81, 200])
def test_medians_are_medians(n: int) -> None:
    """However many values there are, the median is numpy's."""
    values = np.random.default_rng(n).normal(size=n)
    assert median_of(values) == pytest.approx(float(np.median(values)))


def test_alternation_tells_noise_from_wandering() -> None:
    """White noise alternates, a random walk does not, and steps hardly matter."""
    noise = np.random.default_rng(3).normal(size=2_000)
    assert alternation(noise) == pytest.approx(-0.5, abs=0.05)
    assert alternation(noise + 5 * (np.arange(2_000) > 900)) == pytest.approx(-0.5, abs=0.05)
    assert alternation(noise.cumsum()) == pytest.approx(0, abs=0.07)


def test_a_step_beside_spikes_is_found() -> None:
    """Spikes neither hide a step nor become one."""
    generator = np.random.default_rng(4)
    values = generator.normal(0, 1, 160) + 4 * (np.arange(160) >= 100)
    values[[10, 33, 34, 71, 105, 140]] += 40
    assert changes_of(values) == [100]


def test_what_wanders_has_to_step_far() -> None:
    """In a random walk of 300 points there is hardly more than one change."""
    walks = (np.random.default_rng(seed).normal(size=300).cumsum() for seed in range(30))
    assert sum(len(changes_of(walk - np.median(walk))) for walk in walks) <= 40
