"""Series as projects and statistics have them, each with the changes that five people might mark in it.

A change is seen the better, the larger it is against the noise and the longer it lasts.  The people differ in what they
take for a change, and by a point or two in where they see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ANNOTATORS: Final = 5

NILE: Final = (
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
)  # fmt: skip
"""Yearly flow of the Nile at Aswan, 1871 to 1970; the dam was begun in 1898 (Cobb, Biometrika 65, 1978)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """A series, and where each annotator sees changes."""

    voice: str
    values: tuple[float, ...]
    annotations: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Values, and the places where they change with how well that is seen, in standard deviations of the noise."""

    values: Floats
    seen: tuple[tuple[int, float], ...]


def annotated(voice: str, seed: int) -> Annotated:
    """Return a series of a voice."""
    generator = np.random.default_rng([sorted(VOICES).index(voice), seed])
    drawn = VOICES[voice](generator)
    annotations = tuple(_marks(generator, drawn) for _ in range(ANNOTATORS))
    return Annotated(voice=voice, values=tuple(drawn.values.tolist()), annotations=annotations)


def _marks(generator: np.random.Generator, drawn: _Drawn) -> tuple[int, ...]:
    """Return what one person marks in a series."""
    strictness = max(0.8, generator.normal(3.0, 1.7))
    marks = set()
    for place, clarity in drawn.seen:
        if clarity > strictness + generator.normal(0, 1.0):
            off = round(generator.normal(0, 2.0 if clarity < 5 else 0.8))
            marks.add(min(len(drawn.values) - 1, max(1, place + off)))
    return tuple(sorted(marks))


def _levels(
    generator: np.random.Generator, n: int, rate: float, size: Callable[[], float], undone: float
) -> tuple[list[int], list[float]]:
    """Return where levels begin and how high they are: some steps are soon undone."""
    steps: dict[int, float] = {}
    for cut in sorted({int(each) for each in generator.integers(max(4, n // 30), n - 4, size=generator.poisson(rate))}):
        height = size()
        steps[cut] = height
        back = cut + 4 + int(generator.exponential(15))
        if generator.random() < undone and back < n - 4:
            steps[back] = -height * (1 + generator.normal(0, 0.1))
    starts, heights = [0], [0.0]
    for cut, height in sorted(steps.items()):
        if cut - starts[-1] >= 3:
            starts.append(cut)
            heights.append(heights[-1] + height)
    return starts, heights


def _drawn(starts: list[int], heights: list[float], noise: Floats, sd: float) -> _Drawn:
    """Return levels with noise, and how well each step is seen."""
    bounds = [*starts, len(noise)]
    lengths = np.diff(bounds)
    seen = tuple(
        (
            starts[at],
            1.6 * abs(heights[at] - heights[at - 1]) / sd * min(1.0, math.sqrt(min(lengths[at - 1 : at + 1]) / 6)),
        )
        for at in range(1, len(starts))
    )
    return _Drawn(values=np.repeat(heights, lengths) + noise, seen=seen)


def _length(generator: np.random.Generator, least: int, most: int) -> int:
    """Return a length, short ones as likely as long ones."""
    return int(math.exp(generator.uniform(math.log(least), math.log(most))))


def _autoregressive(generator: np.random.Generator, n: int, share: float) -> Floats:
    """Return noise of variance 1 whose points depend on those before them."""
    values = generator.normal(size=n)
    for at in range(1, n):
        values[at] = share * values[at - 1] + math.sqrt(1 - share * share) * values[at]
    return values


def _exponential(drawn: _Drawn, scale: float) -> _Drawn:
    """Return a series whose logarithms were drawn."""
    return _Drawn(values=scale * np.exp(drawn.values), seen=drawn.seen)


def browser(generator: np.random.Generator) -> _Drawn:
    """Return times of a test suite on mixed hardware: heavy tails, spikes, now and then two machines."""
    n, cv = _length(generator, 60, 600), math.exp(generator.uniform(math.log(0.004), math.log(0.05)))
    noise = cv * generator.standard_t(5, size=n) / 1.29
    if generator.random() < 0.15:
        noise += generator.uniform(2, 6) * cv * (generator.random(n) < generator.uniform(0.15, 0.5))
    noise += (generator.random(n) < generator.uniform(0, 0.03)) * generator.exponential(8 * cv, size=n)

    def size() -> float:
        large = generator.random() < 0.3
        return float(
            generator.choice([-1, 1]) * (generator.uniform(0.15, 0.7) if large else abs(generator.normal(0.01, 0.06)))
        )

    return _exponential(_drawn(*_levels(generator, n, 0.9, size, 0.25), noise, float(noise.std())), 100)


def database(generator: np.random.Generator) -> _Drawn:
    """Return times of queries: skewed noise, bursts of a few slow runs, rounded now and then."""
    n, cv = _length(generator, 50, 1000), math.exp(generator.uniform(math.log(0.01), math.log(0.12)))
    noise = (
        np.log(generator.gamma(cv**-2, cv**2, size=n)) if generator.random() < 0.5 else cv * generator.normal(size=n)
    )
    for at in generator.integers(0, n, size=generator.poisson(n * 0.006)):
        noise[at : at + generator.integers(1, 4)] += generator.uniform(3, 12) * cv

    def size() -> float:
        large = generator.random() < 0.3
        return float(
            generator.choice([-1, 1]) * (generator.uniform(0.2, 1.2) if large else cv * generator.uniform(0.7, 6))
        )

    drawn = _exponential(_drawn(*_levels(generator, n, 1.0, size, 0.3), noise, 1.05 * cv), 1000)
    return _Drawn(values=np.round(drawn.values), seen=drawn.seen) if generator.random() < 0.4 else drawn


def throughput(generator: np.random.Generator) -> _Drawn:
    """Return operations per second: noise that lasts for some runs, and sudden lows."""
    n, cv = _length(generator, 80, 500), math.exp(generator.uniform(math.log(0.005), math.log(0.04)))
    share = generator.uniform(0, 0.5)
    noise = cv * _autoregressive(generator, n, share)
    noise -= (generator.random(n) < 0.015) * generator.exponential(6 * cv, size=n)

    def size() -> float:
        return float(generator.choice([-1, 1]) * (abs(generator.normal(0, 0.08)) + 0.01))

    return _exponential(_drawn(*_levels(generator, n, 1.1, size, 0.35), noise, cv * (1 + share)), 5000)


def wandering(generator: np.random.Generator) -> _Drawn:
    """Return a series whose level wanders, with steps that stand out of that."""
    n, cv = _length(generator, 80, 500), math.exp(generator.uniform(math.log(0.005), math.log(0.03)))
    noise = cv * (0.8 * _autoregressive(generator, n, generator.uniform(0.6, 0.95)) + 0.5 * generator.normal(size=n))

    def size() -> float:
        return float(generator.choice([-1, 1]) * generator.uniform(2, 12) * cv)

    return _exponential(_drawn(*_levels(generator, n, 0.8, size, 0.2), noise, 1.6 * cv), 100)


def silent(generator: np.random.Generator) -> _Drawn:
    """Return noise of five kinds in which nothing changes."""
    n = _length(generator, 30, 600)
    kinds = (
        generator.normal(size=n),
        generator.standard_t(3, size=n),
        generator.exponential(1, size=n),
        generator.normal(size=n) * np.where((np.arange(n) // 25) % 2, 3, 1),
        generator.normal(size=n) + 3 * (generator.random(n) < 0.3),
    )
    return _Drawn(values=100 * np.exp(generator.uniform(0.005, 0.05) * kinds[generator.integers(5)]), seen=())


def borehole(generator: np.random.Generator) -> _Drawn:
    """Return layers of rock: many levels, and bursts of outliers."""
    n = int(generator.integers(150, 700))
    noise = generator.normal(size=n)
    for at in generator.integers(0, n, size=generator.poisson(n * 0.015)):
        noise[at : at + generator.integers(1, 5)] -= generator.uniform(4, 20)

    def size() -> float:
        return float(generator.choice([-1, 1]) * generator.uniform(2, 8))

    drawn = _drawn(*_levels(generator, n, n / 70, size, 0.2), noise, 1.0)
    return _Drawn(values=1000 * (120 + 2 * drawn.values), seen=drawn.seen)


def economy(generator: np.random.Generator) -> _Drawn:
    """Return growth with crises: the slope changes, or the level drops."""
    n, slope, sd = (
        int(generator.integers(45, 330)),
        generator.normal(0.008, 0.006),
        abs(generator.normal(0.006, 0.004)) + 0.002,
    )
    steps = slope + sd * generator.normal(size=n)
    seen = []
    for at in sorted({int(each) for each in generator.integers(8, n - 6, size=generator.poisson(1.6))}):
        if generator.random() < 0.5:
            bend = generator.normal(-0.002, 0.012)
            steps[at:] += bend
            seen.append((at, abs(bend) / 0.003))
        else:
            drop = generator.normal(-0.06, 0.08)
            steps[at] += drop
            seen.append((at, abs(drop) / 0.017))
    return _Drawn(values=100 * np.exp(np.cumsum(steps)), seen=tuple(seen))


def seasons(generator: np.random.Generator) -> _Drawn:
    """Return a season on a trend, with few changes of level."""
    n, period = int(generator.integers(100, 480)), int(generator.choice([4, 7, 12, 12, 24]))
    season, sd = generator.uniform(0.02, 0.35), generator.uniform(0.1, 0.6)
    wave = math.sqrt(2) * np.sin(2 * np.pi * np.arange(n) / period)
    noise = season * (wave + sd * _autoregressive(generator, n, generator.uniform(0, 0.6)))

    def size() -> float:
        return float(generator.choice([-1, 1]) * generator.uniform(1, 3.5) * season)

    drawn = _drawn(*_levels(generator, n, 0.7, size, 0.1), noise, 0.7 * season * math.hypot(1, sd))
    return _exponential(_Drawn(values=drawn.values + generator.normal(0, 0.002) * np.arange(n), seen=drawn.seen), 1000)


VOICES: Final[Mapping[str, Callable[[np.random.Generator], _Drawn]]] = {
    each.__name__: each for each in (browser, database, throughput, wandering, silent, borehole, economy, seasons)
}
