"""Rules that raise an alarm when a rate falls, for thousands of made-up histories at once: ratchetry's own, and others.

A test holds the first to the functions that are shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ratchetry.analyze.e_detector import DROPS, LEAST_REFERENCE, OPEN_DAYS, REFERENCE_DAYS, RUN_LENGTH
from ratchetry.learn.degradation import LEAST_DROP, LEAST_RESULTS, RECENT_DAYS

Array = NDArray[np.float64]
Hits = NDArray[np.bool_]
Rule = Callable[[Array, int], Hits]
"""Tells on which days an alarm is raised in rows of days with n results each."""


def detectors(successes: Array, n: int) -> Array:
    """Return what analyze.e_detector.detector returns for rows of days with n results each, from the first day on."""
    rows, days = successes.shape
    sums = np.concatenate([np.zeros((rows, 1)), np.cumsum(successes, axis=1)], axis=1)
    bets: list[tuple[Array, Array]] = []
    path = np.zeros((rows, days))
    for day in range(days):
        bets = bets[-(OPEN_DAYS - 1) :]
        count = min(day, REFERENCE_DAYS) * n
        if count >= LEAST_REFERENCE:
            smooth = (sums[:, day] - sums[:, max(0, day - REFERENCE_DAYS)] + 1) / (count + 2)
            reference = np.clip(smooth - np.sqrt(smooth * (1 - smooth) / (count + 2)), 0.01, 0.99)
            bets.append((reference, np.full((len(DROPS), rows), -np.log(len(DROPS)))))
        for reference, capital in bets:
            for place, drop in enumerate(DROPS):
                low = reference * (1 - drop)
                lost = (n - successes[:, day]) * np.log((1 - low) / (1 - reference))
                capital[place] += successes[:, day] * np.log(low / reference) + lost
            path[:, day] += np.exp(capital).sum(axis=0)
    return path


def windows(successes: Array, n: int) -> tuple[Array, Array, int, Array]:
    """Return the rates of the last seven days and of the thirty before, and how many results both rest on."""
    rows, days = successes.shape
    sums = np.concatenate([np.zeros((rows, 1)), np.cumsum(successes, axis=1)], axis=1)
    recent, before, size = np.full((rows, days), np.nan), np.full((rows, days), np.nan), np.zeros(days)
    for day in range(RECENT_DAYS, days):
        begin = day - RECENT_DAYS + 1
        first = max(0, begin - REFERENCE_DAYS)
        recent[:, day] = (sums[:, day + 1] - sums[:, begin]) / (RECENT_DAYS * n)
        before[:, day] = (sums[:, begin] - sums[:, first]) / ((begin - first) * n)
        size[day] = (begin - first) * n
    return recent, before, RECENT_DAYS * n, size


def has_dropped(successes: Array, n: int) -> Hits:
    """Tell where the last seven days fall short of the thirty before by a fifth."""
    recent, before, after_n, before_n = windows(successes, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        drop = 1 - recent / before
    enough = (before_n >= LEAST_RESULTS) & (after_n >= LEAST_RESULTS)
    dropped: Hits = (drop >= LEAST_DROP) & enough[None, :]
    return dropped


def ratchetry(successes: Array, n: int) -> Hits:
    """Tell where ratchetry raises an alarm."""
    hits: Hits = (detectors(successes, n) >= RUN_LENGTH) & has_dropped(successes, n)
    return hits


def detector_alone(successes: Array, n: int) -> Hits:
    """Tell where the detector alone would."""
    hits: Hits = detectors(successes, n) >= RUN_LENGTH
    return hits


def proportions(level: float) -> Rule:
    """Return the rule of a two-proportion z-test, one-sided, of the last seven days against the thirty before."""

    def rule(successes: Array, n: int) -> Hits:
        recent, before, after_n, before_n = windows(successes, n)
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = (recent * after_n + before * before_n) / (after_n + before_n)
            z = (before - recent) / np.sqrt(pooled * (1 - pooled) * (1 / after_n + 1 / before_n))
        hits: Hits = z >= float(import_module("scipy.stats").norm.isf(level / 2))
        return hits

    return rule


def cusum(bound: float) -> Rule:
    """Return the rule of a CUSUM of logarithms of likelihood ratios for a fall by 30 percent (E. S. Page, 1954).

    Its reference is the mean of the thirty days before the last seven.
    """

    def rule(successes: Array, n: int) -> Hits:
        before = np.clip(windows(successes, n)[1], 0.02, 0.98)
        low = before * 0.7
        score = successes * np.log(low / before) + (n - successes) * np.log((1 - low) / (1 - before))
        level = np.zeros(successes.shape[0])
        hits = np.zeros(successes.shape, dtype=bool)
        for day in range(successes.shape[1]):
            level = np.maximum(0.0, level + np.nan_to_num(score[:, day]))
            hits[:, day] = level >= bound
        return hits

    return rule


RULES: Final[Mapping[str, Rule]] = {
    "ratchetry": ratchetry,
    "detector alone": detector_alone,
    "a fall by a fifth alone": has_dropped,
    "two proportions, z, p < 0.05": proportions(0.05),
    "two proportions, z, p < 0.001": proportions(0.001),
    "CUSUM, bound 5": cusum(5.0),
}
