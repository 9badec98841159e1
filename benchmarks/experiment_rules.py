"""Rules that call winners, for thousands of made-up experiments at once: ratchetry's own in numpy, and what others do.

A test holds the first to the functions that are shipped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ratchetry.analyze.e_process import BETS

Array = NDArray[np.float64]
Rule = Callable[["Made"], Array]
"""Gives the day on which each experiment gets a winner, counted from 1, infinity where it gets none; by arm."""

ALPHA: Final = 0.05
LIFT: Final = 0.1
MIN_DAYS, MIN_UNITS = 7, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Made-up experiments: successes by experiment, day and arm, the control first, of `n` units a day in each."""

    successes: Array
    n: int

    @property
    def treatments(self) -> int:
        """Return how many treatments there are."""
        return int(self.successes.shape[2]) - 1

    @property
    def days(self) -> Array:
        """Return the number of each day, from 1."""
        return np.arange(1, self.successes.shape[1] + 1, dtype=np.float64)[None, :, None]

    @property
    def rates(self) -> Array:
        """Return the share of successes up to each day."""
        summed: Array = np.cumsum(self.successes, axis=1) / (self.n * self.days)
        return summed

    @property
    def lifts(self) -> Array:
        """Return the lift of each treatment up to each day."""
        rates = self.rates
        lifts: Array = rates[:, :, 1:] / np.maximum(rates[:, :, :1], 1e-12) - 1.0
        return lifts


def log_e_paths(control: Array, treatment: Array, n: int, ratio: float = 1.0) -> Array:
    """Return what analyze.e_process.log_e_process returns for rows of days with n results in each group."""
    weights = np.log([share for _, share in BETS])[:, None]
    capital = np.repeat(weights, control.shape[0], axis=1)
    path = np.empty(control.shape)
    past = np.ones((2, control.shape[0]))
    for day in range(control.shape[1]):
        size = 2.0 + n * day
        low, high = nearest(past[0] / size, past[1] / size, ratio)
        step = np.clip(logit(np.minimum(high * (1 + LIFT), 0.99)) - logit(high), 0.05, 2.0)
        for number, (multiple, _) in enumerate(BETS):
            a, b = expit(logit(low) - step * multiple / 2), expit(logit(high) + step * multiple / 2)
            a0, b0 = nearest(a, b, ratio)
            for total, share, against in ((control[:, day], a, a0), (treatment[:, day], b, b0)):
                capital[number] += total * np.log(share / against) + (n - total) * np.log((1 - share) / (1 - against))
        past += np.stack([control[:, day], treatment[:, day]])
        path[:, day] = np.logaddexp.reduce(capital, axis=0)
    return path


def nearest(control: Array, treatment: Array, ratio: float) -> tuple[Array, Array]:
    """Return what analyze.e_process.nearest returns for groups of one size."""
    linear = 1.0 + ratio * control + ratio + treatment
    constant = control + treatment
    found = 2 * constant / (linear + np.sqrt(np.maximum(0.0, linear**2 - 8 * ratio * constant)))
    return inside(found), inside(ratio * found)


def logit(share: Array) -> Array:
    """Return the logarithm of the odds."""
    odds: Array = np.log(inside(share) / (1 - inside(share)))
    return odds


def expit(value: Array) -> Array:
    """Return the share with a logarithm of its odds."""
    return inside(1 / (1 + np.exp(-value)))


def inside(share: Array) -> Array:
    """Return shares, kept away from 0 and 1."""
    kept: Array = np.clip(share, 1e-9, 1 - 1e-9)
    return kept


def first_days(hits: Array | NDArray[np.bool_]) -> Array:
    """Return the first day, from 1, on which something holds, by experiment and treatment."""
    found: Array = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1.0, np.inf)
    return found


def gates(made: Made) -> NDArray[np.bool_]:
    """Tell where there are enough days and units."""
    enough: NDArray[np.bool_] = (made.days >= MIN_DAYS) & (made.days * made.n >= MIN_UNITS)
    return enough


def ratchetry(made: Made) -> Array:
    """Return the days on which ratchetry calls winners: before harm, or all treatments being futile, ends it."""
    bound = math.log(made.treatments / ALPHA)
    control = made.successes[:, :, 0]
    better, worse, short = (
        np.stack([np.maximum.accumulate(path, axis=1) for path in paths], axis=2)
        for paths in zip(
            *(_paths(control, made.successes[:, :, 1 + arm], made.n) for arm in range(made.treatments)), strict=True
        )
    )
    mature = gates(made)
    harmful = worse >= bound
    won = ~harmful & (better >= bound) & mature & (made.lifts >= LIFT)
    futile = harmful | ((short >= bound) & mature & ~won)
    ended = np.cumsum((harmful | futile).all(axis=2) | won.any(axis=2), axis=1)
    running = np.concatenate([np.zeros_like(ended[:, :1]), ended[:, :-1]], axis=1) == 0
    return first_days(won & running[:, :, None])


def _paths(control: Array, treatment: Array, n: int) -> tuple[Array, Array, Array]:
    """Return the evidence for better, for worse, and against the lift that is asked for."""
    return (
        log_e_paths(control, treatment, n),
        log_e_paths(treatment, control, n),
        log_e_paths(treatment, control, n, 1 / (1 + LIFT)),
    )


def welch_p(made: Made) -> Array:
    """Return the two-sided p-value of Welch's t-test of each treatment up to each day, 1 where it is worse."""
    n = made.n * made.days
    rates = made.rates
    variance = rates * (1 - rates) * n / np.maximum(n - 1, 1)
    error = (variance[:, :, :1] + variance[:, :, 1:]) / n
    t = (rates[:, :, 1:] - rates[:, :, :1]) / np.sqrt(np.maximum(error, 1e-12))
    squares = (variance[:, :, :1] / n) ** 2 + (variance[:, :, 1:] / n) ** 2
    freedom = np.maximum(1.0, error**2 * np.maximum(n - 1, 1) / np.maximum(squares, 1e-18))
    student = import_module("scipy.stats").t
    p: Array = np.where((t > 0) & (n > 1), 2 * student.sf(np.abs(t), freedom), 1.0)
    return p


def welch(made: Made) -> Array:
    """Return the days on which a daily t-test at 0.05 calls winners."""
    return first_days(welch_p(made) < ALPHA)


def gated_welch(made: Made) -> Array:
    """Return the days on which it does after seven days, 30 units and with a lift of a tenth."""
    return first_days((welch_p(made) < ALPHA) & gates(made) & (made.lifts >= LIFT))


def bonferroni_welch(made: Made) -> Array:
    """Return the days on which a daily t-test at 0.05 over the number of treatments does, with the same gates."""
    return first_days((welch_p(made) < ALPHA / made.treatments) & gates(made) & (made.lifts >= LIFT))


def looks_welch(made: Made) -> Array:
    """Return the days on which it does at 0.05 over the number of treatments and of days, with the same gates."""
    level = ALPHA / made.treatments / made.successes.shape[1]
    return first_days((welch_p(made) < level) & gates(made) & (made.lifts >= LIFT))


def fixed_gates(made: Made) -> Array:
    """Return the days on which a lift above a tenth after seven days and 30 units is called a winner."""
    return first_days(gates(made) & (made.lifts > LIFT))


def last_day_welch(made: Made) -> Array:
    """Return the last day where a single t-test at 0.05 over the number of treatments calls winners then."""
    last = made.successes.shape[1]
    return np.where(welch_p(made)[:, -1] < ALPHA / made.treatments, float(last), np.inf)


RULES: Final[Mapping[str, Rule]] = {
    "ratchetry": ratchetry,
    "t-test daily": welch,
    "t-test daily, gates": gated_welch,
    "t-test daily, gates, Bonferroni over treatments": bonferroni_welch,
    "t-test daily, gates, Bonferroni over treatments and days": looks_welch,
    "gates alone": fixed_gates,
    "t-test once, on the last day": last_day_welch,
}
