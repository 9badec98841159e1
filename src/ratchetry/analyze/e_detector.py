"""When a rate has fallen: a detector whose false alarms are rare by construction, whatever day the fall begins.

Each day opens a bet that the rate has been lower ever since; the detector is the sum of all these bets, a mixture of
Shiryaev and Roberts's statistics (J. Shin, A. Ramdas and A. Rinaldo, "E-detectors: a nonparametric framework for
sequential change detection", New England Journal of Statistics in Data Science 2 (2023),
https://arxiv.org/abs/2203.03532).  If no day is worse than its reference, the detector minus the number of days does
not grow on average, so that a false alarm at 1,000 comes after 1,000 days on average, or later.

The reference of a bet is what the 30 days before it came to, taken one standard error lower because it is an estimate;
where it lies above the truth even so, false alarms come earlier.  Every context has a reference of its own, so that
another mix of contexts is no fall.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.analyze.e_process import log_likelihood_ratio, log_sum
from ratchetry.domain.versions import Window

RUN_LENGTH: Final = 1000.0
"""Days that an alarm without a fall takes on average, at least."""
REFERENCE_DAYS: Final = 30
DROPS: Final = (0.2, 0.4, 0.6)
"""Falls that are bet on, as shares of the reference, with the same capital each."""
OPEN_DAYS: Final = 60
"""Days for which a bet stays open: falls that began earlier are no news."""
LEAST_REFERENCE: Final = 30
"""Results that a reference needs."""
LEAST_STRATUM: Final = 5
"""Results that a context needs in it."""
_EDGE: Final = 0.01

Day = Mapping[str, Window]
"""The results of one day, by context."""


@dataclass(slots=True)
class _Bet:
    """A bet that was opened on some day: the references, and the logarithm of the capital on each fall."""

    references: Mapping[str, float]
    capital: list[float]


def detector(days: Sequence[Day], references: Sequence[Day], first: int) -> tuple[float, ...]:
    """Return the detector after each day from `first` on, at most e^700.

    `references` are the results of each day that may serve as a reference; usually those are the same.
    """
    bets: list[_Bet] = []
    path: list[float] = []
    for today in range(first, len(days)):
        bets = bets[-(OPEN_DAYS - 1) :]
        bets.append(_opened(references[max(0, today - REFERENCE_DAYS) : today]))
        for bet in bets:
            _settle(bet, days[today])
        path.append(math.exp(min(700.0, log_sum([log_sum(bet.capital) for bet in bets if bet.references] or [-700.0]))))
    return tuple(path)


def _opened(before: Sequence[Day]) -> _Bet:
    """Return a bet against the results of the days before it; without enough of them it has no references."""
    sums: dict[str, list[float]] = {}
    for day in before:
        for stratum, window in day.items():
            row = sums.setdefault(stratum, [0.0, 0.0])
            row[0] += window.total
            row[1] += window.n
    total = sum(n for _, n in sums.values())
    enough = {stratum: row for stratum, row in sums.items() if row[1] >= LEAST_STRATUM}
    references = {
        stratum: reference_rate(amount / n, n, total)
        for stratum, (amount, n) in enough.items()
        if total >= LEAST_REFERENCE
    }
    return _Bet(references=references, capital=[-math.log(len(DROPS))] * len(DROPS))


def reference_rate(mean: float, n: float, total: float) -> float:
    """Return the reference that a context's mean of n results gives.

    It is a standard error lower, that of the results of all contexts: the errors of several contexts balance.
    """
    smooth = (mean * n + 1.0) / (n + 2.0)
    return min(1.0 - _EDGE, max(_EDGE, smooth - math.sqrt(smooth * (1.0 - smooth) / (total + 2.0))))


def _settle(bet: _Bet, day: Day) -> None:
    """Multiply the capital of a bet by what a day brings."""
    for stratum, window in day.items():
        reference = bet.references.get(stratum)
        if reference is not None and window.n:
            for place, drop in enumerate(DROPS):
                share = reference * (1.0 - drop)
                bet.capital[place] += log_likelihood_ratio(window.total, window.n, share, reference)
