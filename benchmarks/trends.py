"""Compares tests for a trend: how often noise, steps and walks are called one, and how often lines are.

Series of three lengths are made of noise whose neighbors are more or less alike (first order processes), of random
walks, of one step, and of straight lines.  Each test decides at 5 percent: Mann and Kendall's; the same with Hamed and
Rao's correction as they published it (significant autocorrelations of the ranks, at all lags); and ratchetry's estimate
of one series, before other series are taken into account.

    python benchmarks/trends.py [--seeds N] [--format table|json] [--draw DIRECTORY]

With --draw, the drawings of docs/trends.md are made, and nothing else.
Ends with exit code 1 when ratchetry calls more than a tenth of the noise of one kind a trend, finds less than nine in
ten of the lines that rise by four standard deviations over 100 points, or takes more than half a second for 5,000.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.trend_drawings import drawings  # the repository is no package
from benchmarks.trend_series import KINDS, made, series_of
from ratchetry.analyze.change_point.detection import detect
from ratchetry.analyze.trend.estimate import estimated
from ratchetry.analyze.trend.kendall import kendall_s, kendall_variance, p_value
from ratchetry.analyze.trend.theil_sen import Stratum, median_slope

if TYPE_CHECKING:
    from benchmarks.trend_series import Floats

LENGTHS: Final = (20, 40, 100)
LEVEL: Final = 0.05
MOST_FALSE: Final = 0.1
LEAST_FOUND: Final = 0.9
MOST_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The share of series of one kind and length that a test calls a trend."""

    kind: str
    n: int
    test: str
    called: float


def mann_kendall(values: Floats) -> bool:
    """Tell whether the plain test finds a trend."""
    return p_value(kendall_s([values]), kendall_variance([values])) <= LEVEL


def hamed_rao(values: Floats) -> bool:
    """Tell whether the test finds a trend with the autocorrelations that are significant, at all lags."""
    n = len(values)
    times = np.arange(n, dtype=float)
    slope = median_slope([Stratum(times=times, values=values)])
    ranks = np.argsort(np.argsort(values - slope * times)).astype(float)
    ranks -= ranks.mean()
    lags = np.arange(1, n - 2)
    alike = np.array([float(ranks[:-lag] @ ranks[lag:]) for lag in lags]) / float(ranks @ ranks)
    alike[np.abs(alike) <= 1.96 / math.sqrt(n)] = 0.0
    weights = (n - lags) * (n - lags - 1) * (n - lags - 2)
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * float(weights @ alike)
    return p_value(kendall_s([values]), kendall_variance([values]) * max(factor, 1e-3)) <= LEVEL


def ours(values: Floats) -> bool:
    """Tell whether ratchetry finds a trend since the last change of level."""
    series = series_of(values)
    found = estimated(series, detect(series).change_points)
    return not found.doubt and found.trend.p_value is not None and found.trend.p_value <= LEVEL


TESTS: Final[Mapping[str, Callable[[Floats], bool]]] = {
    "Mann-Kendall": mann_kendall,
    "Hamed-Rao": hamed_rao,
    "ratchetry": ours,
}


def scores(seeds: int) -> list[Score]:
    """Return how often each test calls series of each kind and length a trend."""
    found = []
    for kind in KINDS:
        for n in LENGTHS:
            series = [made(kind, n, seed) for seed in range(seeds)]
            found += [
                Score(kind=kind, n=n, test=name, called=sum(map(test, series)) / seeds) for name, test in TESTS.items()
            ]
    return found


def seconds_of(n: int) -> float:
    """Return the CPU time that the trend of so many points takes."""
    series = series_of(made("alike 0.6", n, 0))
    before = time.process_time()
    estimated(series)
    return time.process_time() - before


def failures(found: Sequence[Score], seconds: float) -> list[str]:
    """Return which goals are missed."""
    own = {(score.kind, score.n): score.called for score in found if score.test == "ratchetry"}
    missed = [
        f"{kind}, {n} points: {called:.0%} are called a trend"
        for (kind, n), called in own.items()
        if kind in {"independent", "alike 0.3", "alike 0.6"} and called > MOST_FALSE
    ]
    if own["line of 4", 100] < LEAST_FOUND:
        missed.append(f"only {own['line of 4', 100]:.0%} of the lines are found")
    return [*missed, *([f"5,000 points take {seconds:.2f} s"] if seconds > MOST_SECONDS else [])]


def table(found: Sequence[Score], seconds: float) -> str:
    """Return the scores as a table in Markdown: the lengths side by side."""
    lines = [f"| series | {' | '.join(TESTS)} |", "| --- | --- | --- | --- |"]
    for kind in KINDS:
        cells = [
            " / ".join(f"{score.called:.2f}" for score in found if (score.kind, score.test) == (kind, name))
            for name in TESTS
        ]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"5,000 points: {seconds:.2f} s of CPU"])


def main() -> int:
    """Score the tests, or draw; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=300, help="series of each kind and length")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("--draw", default="", metavar="DIRECTORY", help="draw what the documentation shows, instead")
    options = parser.parse_args()
    if options.draw:
        for name, svg in drawings().items():
            (Path(options.draw) / name).write_text(svg, encoding="utf-8")
        return 0
    found, seconds = scores(options.seeds), seconds_of(5000)
    document = {"seeds": options.seeds, "seconds": seconds, "scores": [asdict(score) for score in found]}
    print(json.dumps(document, indent=2) if options.format == "json" else table(found, seconds))
    missed = failures(found, seconds)
    print("\n".join(missed), file=sys.stderr, end="\n" if missed else "")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
