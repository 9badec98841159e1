"""The detector: the same as slow products, quiet without a fall, quick with one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ratchetry.analyze.e_detector import DROPS, OPEN_DAYS, RUN_LENGTH, Day, detector, reference_rate
from ratchetry.domain.versions import Window


def made(chance: np.random.Generator, rates: list[float], n: int, strata: tuple[str, ...] = ("",)) -> list[Day]:
    """Return days with n results in each context."""
    return [{name: Window(total=float(chance.binomial(n, rate)), n=n) for name in strata} for rate in rates]


def slow(rows: list[Day], first: int, today: int) -> float:
    """Return the detector on one day, from each result of each context since each day."""
    total = 0.0
    for start in range(max(first, today - OPEN_DAYS + 1), today + 1):
        before = rows[max(0, start - 30) : start]
        count = sum(day[name].n for day in before for name in day)
        for drop in DROPS:
            capital = 1 / len(DROPS)
            for day in rows[start : today + 1]:
                for name, window in day.items():
                    n = sum(row[name].n for row in before)
                    mean = sum(row[name].total for row in before) / n
                    good = reference_rate(mean, n, count)
                    for result in range(window.n):
                        success = result < window.total
                        low = good * (1 - drop)
                        capital *= low / good if success else (1 - low) / (1 - good)
            total += capital
    return total


def test_it_is_the_sum_of_all_bets() -> None:
    """The fast sum over days, falls and contexts equals a product over single results, also when bets have closed."""
    rows = made(np.random.default_rng(1), [0.6] * 40 + [0.3] * 40, 2, ("py", "js"))
    path = detector(rows, rows, 10)
    for today in (10, 11, 30, 55, 79):
        assert path[today - 10] == pytest.approx(slow(rows, 10, today), rel=1e-9)


def test_every_day_adds_at_most_one_on_average() -> None:
    """At the reference itself a day adds exactly 1 on average over all its results, at better rates less."""
    before: list[Day] = [{"": Window(total=6.0, n=10)}] * 3
    reference = reference_rate(0.6, 30, 30)
    known: list[Day] = [*before, {"": Window(total=1.0, n=2)}]
    start = detector(known, before, 3)[0]

    def mean(rate: float) -> float:
        results = ([*known, {"": Window(total=float(k), n=3)}] for k in range(4))
        chances = (math.comb(3, k) * rate**k * (1 - rate) ** (3 - k) for k in range(4))
        return sum(chance * detector(rows, [*before, {}], 3)[1] for chance, rows in zip(chances, results, strict=True))

    assert mean(reference) == pytest.approx(start + 1)
    assert mean(0.6) < mean(0.55) < start + 1


def test_without_results_there_is_no_evidence() -> None:
    """No reference, empty days and contexts that are new bring nothing."""
    assert detector([], [], 0) == ()
    assert max(detector([{}] * 3, [{}] * 3, 0)) < 1e-9
    known: list[Day] = [{"py": Window(total=6.0, n=10)}] * 5
    fresh: list[Day] = [*known, {"js": Window(total=0.0, n=50)}]
    assert detector(fresh, fresh, 5)[0] == pytest.approx(1.0)


def test_a_fall_is_found_soon_and_a_steady_rate_is_not() -> None:
    """A fall by 40 percent at ten results a day passes 1,000 within two weeks; of 40 steady histories few ever do."""
    chance = np.random.default_rng(2)
    fallen = made(chance, [0.6] * 35 + [0.36] * 14, 10)
    assert max(detector(fallen, fallen, 30)) >= RUN_LENGTH
    steady = [made(chance, [0.6] * 75, 10) for _ in range(40)]
    assert sum(max(detector(rows, rows, 30)) >= RUN_LENGTH for rows in steady) <= 6


def test_another_mix_of_contexts_is_no_fall() -> None:
    """When hard cases become the most of all, each context keeps its rate, and nothing is raised."""
    chance = np.random.default_rng(3)

    def day(easy: int, hard: int) -> Day:
        return {
            "easy": Window(total=float(chance.binomial(easy, 0.9)), n=easy),
            "hard": Window(total=float(chance.binomial(hard, 0.3)), n=hard),
        }

    rows = [day(16, 4) for _ in range(35)] + [day(4, 16) for _ in range(20)]
    mixed: list[Day] = [{"": Window(total=row["easy"].total + row["hard"].total, n=20)} for row in rows]
    assert max(detector(rows, rows, 30)) < RUN_LENGTH
    assert max(detector(mixed, mixed, 30)) > RUN_LENGTH
