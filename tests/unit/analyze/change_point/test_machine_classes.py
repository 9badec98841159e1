"""Machines told from how a series goes."""

from __future__ import annotations

import numpy as np

from ratchetry.analyze.change_point.fit import fitted
from ratchetry.analyze.change_point.machine_classes import Classes, consistent_classes, told_classes


def _to_and_fro(
    seed: int, n: int = 160, gap: float = 0.15
) -> tuple[list[int], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return which machine each point is of, and the values."""
    generator = np.random.default_rng(seed)
    states, state = [], 0
    for _ in range(n):
        state = int(generator.random() < (0.8 if state else 0.15))
        states.append(state)
    return states, gap * np.array(states) + generator.normal(0, 0.01, n)


def test_two_machines_are_told_beside_spikes() -> None:
    """A few spikes of several times the difference change nothing about who was measured where."""
    states, values = _to_and_fro(1)
    spiked = values.copy()
    spiked[[12, 60, 61, 99]] += 0.7
    for each in (values, spiked):
        classes = told_classes(each, ())
        assert classes is not None
        wrong = [
            at for at, (one, other) in enumerate(zip(states, classes.states.tolist(), strict=True)) if one != other
        ]
        assert set(wrong) <= {12, 60, 61, 99}
        assert abs(classes.gap - 0.15) < 0.02


def test_renaming_machines_is_no_change() -> None:
    """Where the level falls by the difference and all later points become the slower machine's, nothing has changed."""
    states = np.array([0, 1, 0, 0, 1, 0] * 10)
    renamed = np.concatenate([states[:30], states[30:] + 1])
    levelled = np.concatenate([np.zeros(30), np.full(30, -1.0)])
    same = consistent_classes(levelled, [30], Classes(states=renamed, gap=1.0))
    assert (same.states == states).all()
    real = Classes(states=states, gap=1.0)
    assert consistent_classes(levelled, [30], real) is real


def test_the_longest_stay_leaves_the_last_out() -> None:
    """How long the series is where it is now says nothing yet."""
    assert Classes(states=np.array([0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]), gap=1.0).longest_stay == 3
    assert Classes(states=np.array([0, 0]), gap=1.0).longest_stay == 0


def test_noise_has_no_machines() -> None:
    """In noise, with spikes or of changing size, no machines are told."""
    generator = np.random.default_rng(5)
    for _ in range(20):
        noise = generator.normal(size=150) * np.where((np.arange(150) // 25) % 2, 3, 1)
        assert fitted(noise).gap == 0
        assert fitted(noise + 20 * (generator.random(150) < 0.02)).gap == 0
