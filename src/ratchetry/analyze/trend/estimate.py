"""The trend of one series: its slope, how surely it has one, and what speaks against calling it one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final

from ratchetry.analyze.trend.kendall import inflation, kendall_s, kendall_variance, p_value, persistence
from ratchetry.analyze.trend.preparation import Dated, dated, since_change
from ratchetry.analyze.trend.theil_sen import Stratum, median_slope, slope_interval
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.moment import date_of, time_of
from ratchetry.domain.series import Series
from ratchetry.domain.trend import Trend

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST: Final = 8
"""Values that a trend takes: the test's normal approximation needs them."""
WANDERS: Final = 0.9
"""The autocorrelation of neighbors from which on a series wanders: it comes to be anywhere without going there."""
MONOTONE: Final = 0.9
"""Kendall's tau from which on even such a series has a trend."""
_STEP_PRICE: Final = 2.0
"""Logarithms of n that a step must save against a line, for where it is and how high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The trend of a series before it is judged, and why it may be none even if it is significant."""

    trend: Trend
    doubt: str = ""


def estimated(series: Series, changes: Sequence[ChangePoint] = ()) -> Estimate:
    """Return the trend of a series since the last of its changes, without a verdict."""
    data = since_change(dated(series), series, changes)
    n = len(data.days)
    plain = Trend(n=n, since=time_of(data.days[0]), days=data.days[-1] - data.days[0]) if n else Trend()
    if n < LEAST:
        since = f" since the level changed on {date_of(data.days[0])}" if changes and n else ""
        return Estimate(trend=replace(plain, reason=f"a trend takes {LEAST} dated values, and there are {n}{since}"))
    strata = _strata(data)
    if strata is None:
        return Estimate(trend=replace(plain, reason=f"no machine has measured {LEAST} of the {n} values"))
    return _of_strata(plain, data, strata)


def _of_strata(plain: Trend, data: Dated, strata: tuple[Stratum, ...]) -> Estimate:
    """Return the trend of values on machines that have measured enough of them."""
    import numpy as np

    scale = max(float(np.abs(stratum.values).max()) for stratum in strata) or 1.0
    scaled = [Stratum(times=stratum.times, values=stratum.values / scale) for stratum in strata]
    values = [stratum.values for stratum in scaled]
    variance = kendall_variance(values)
    slope = median_slope(scaled)
    residuals = _residuals(scaled, slope)
    alike = persistence(residuals)
    factor = inflation(len(residuals), alike)
    interval = slope_interval(scaled, variance * factor)
    s = kendall_s(values)
    trend = replace(
        plain,
        slope=slope * scale,
        interval=None if interval is None else (interval[0] * scale, interval[1] * scale),
        level=_level(data, slope * scale),
        p_value=p_value(s, variance * factor),
        inflation=factor,
    )
    wanders = alike >= WANDERS and abs(s) < MONOTONE * sum(stratum.pairs for stratum in scaled)
    return Estimate(trend=trend, doubt=_doubt(wanders=wanders, stepwise=_is_stepwise(strata)))


def _doubt(*, wanders: bool, stepwise: bool) -> str:
    """Return why a series may have no trend even if it is significant."""
    if stepwise:
        return "one step explains the values better than a line does, and none is proven yet"
    return "it wanders: neighbors are so alike that it can come to be anywhere without a trend" if wanders else ""


def _strata(data: Dated) -> tuple[Stratum, ...] | None:
    """Return the values of each machine that has two or more, None when no machine has enough for a trend.

    Times are counted from the first one.
    """
    import numpy as np

    machines = np.array(data.machines)
    days, values = np.array(data.days) - data.days[0], np.array(data.values)
    found = []
    for machine in sorted(set(data.machines)):
        own = machines == machine
        if own.sum() > 1:
            found.append(Stratum(times=days[own], values=values[own]))
    enough = any(len(stratum.times) >= LEAST for stratum in found)
    return tuple(found) if enough else None


def _residuals(strata: Sequence[Stratum], slope: float) -> Floats:
    """Return what is left of the values without the slope and their machine, in the order of their times."""
    import numpy as np

    times = np.concatenate([stratum.times for stratum in strata])
    left = [stratum.values - slope * stratum.times for stratum in strata]
    without = np.concatenate([values - np.median(values) for values in left])
    return np.asarray(without[np.argsort(times, kind="stable")], dtype=float)


def _level(data: Dated, slope: float) -> float:
    """Return where the trend line is at the last value, all machines together (Conover's intercept)."""
    last = data.days[-1]
    return median(value + slope * (last - days) for days, value in zip(data.days, data.values, strict=True))


def _is_stepwise(strata: Sequence[Stratum]) -> bool:
    """Tell whether one step explains the ranks of the largest stratum better than a straight line does."""
    import numpy as np

    largest = max(strata, key=lambda stratum: len(stratum.times))
    n = len(largest.times)
    order = np.argsort(np.argsort(largest.values, kind="stable"), kind="stable").astype(float)
    _, place = np.unique(largest.values, return_inverse=True)
    ranks = np.bincount(place, weights=order)[place] / np.bincount(place)[place]
    ranks -= ranks.mean()
    times = largest.times - largest.times.mean()
    total = float(ranks @ ranks)
    line = total - float(times @ ranks) ** 2 / float(times @ times)
    sums, counts = np.cumsum(ranks)[:-1], np.arange(1, n)
    step = total - float((sums**2 * n / (counts * (n - counts))).max())
    floor = 1e-9 * total
    return n * math.log((line + floor) / (step + floor)) > _STEP_PRICE * math.log(n) if total > 0 else False
