"""How often a ratchet blocks honest runs, how far its floor is from the truth, and how fast it follows.

Histories are made of which the truth is known: a level, stationary or rising in steps, and the noise of measuring it.
Each is replayed run by run: the run is held to the floor that the runs before it have earned, then the ratchet learns.
Beside ratchetry stand the rules that tools and scripts use: the last value, the best and the worst of the last ten
runs, and a fixed bound.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ratchetry.domain.thresholds import Threshold, Thresholds
from ratchetry.learn.ratchet.observations import Observation
from ratchetry.learn.ratchet.policy import DEFAULT
from ratchetry.learn.ratchet.replay import replay

METRIC: Final = "coverage.line"
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
PER_DAY: Final = 10
RUNS: Final = 300
INCREMENT: Final = 0.1
STEP: Final = 4.0
STEPS: Final = (120, 170, 220)
REACH: Final = 40
Noise = Callable[[random.Random], float]
Rule = Callable[[Sequence[float]], list[float]]


def two_levels(share: float, depth: float) -> Noise:
    """Return jitter between two levels: a share of the runs dips."""
    return lambda chance: -depth if chance.random() < share else 0.0


def spiky(chance: random.Random) -> float:
    """Return a runner's noise: small, with a deep dip in one run of twenty."""
    return -abs(chance.gauss(0, 0.05)) - (chance.uniform(0.5, 2.0) if chance.random() < 0.05 else 0.0)


def heavy(chance: random.Random) -> float:
    """Return noise of Student's t distribution with three degrees of freedom."""
    scale = math.sqrt(sum(chance.gauss(0, 1) ** 2 for _ in range(3)) / 3)
    return 0.1 * chance.gauss(0, 1) / max(scale, 1e-9)


NOISES: Final[dict[str, Noise]] = {
    "none": lambda _: 0.0,
    "normal": lambda chance: chance.gauss(0, 0.2),
    "quantized to 0.1": lambda chance: round(chance.gauss(0, 0.15), 1),
    "jitter: 1% of runs dip": two_levels(0.01, 1.0),
    "jitter: 3% of runs dip": two_levels(0.03, 0.3),
    "jitter: 20% of runs dip": two_levels(0.2, 0.3),
    "skewed (lognormal)": lambda chance: -0.3 * (chance.lognormvariate(0, 0.5) - 1),
    "heavy tails (t, 3)": heavy,
    "runner: 5% deep dips": spiky,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one rule did with the histories of one kind of noise."""

    noise: str
    rule: str
    blocked: float
    """Share of the honest runs of stationary histories that were blocked."""
    above: int
    """Stationary histories in which the floor ended above the true level."""
    lag: float
    """Runs from a rise of the level to the floor having risen as far: the worst of all rises, `REACH` if it did not."""
    median_lag: float
    gap: float
    """Distance of the floor from the level at the end, in points: what a regression may still take away."""


def last_value(values: Sequence[float]) -> list[float]:
    """Return the floor that each run is held to when the best value so far is the floor."""
    return _climbing(values, lambda window: window[-1])


def median_of_ten(values: Sequence[float]) -> list[float]:
    """Return the floors when the median of the last ten runs is one."""
    return _climbing(values, lambda window: sorted(window)[len(window) // 2] if len(window) == 10 else -math.inf)


def worst_of_ten(values: Sequence[float]) -> list[float]:
    """Return the floors when the worst of the last ten runs is one."""
    return _climbing(values, lambda window: min(window) if len(window) == 10 else -math.inf)


def fixed(values: Sequence[float]) -> list[float]:
    """Return the floor one point below the first run, which never moves."""
    return [values[0] - 1.0] * (len(values) + 1)


def ratchetry(values: Sequence[float]) -> list[float]:
    """Return the floors that ratchetry's default policy gives."""
    runs = tuple(
        Observation(
            run=f"{at}-1",
            time=f"{START + timedelta(days=at / PER_DAY):%Y-%m-%dT%H:%M:%SZ}",
            values={METRIC: value},
        )
        for at, value in enumerate(values)
    )
    row = Threshold(metric=METRIC, kind="minimum", bound=50.0, increment=INCREMENT)
    (done,) = replay(Thresholds(bounds=(row,)), runs, DEFAULT)
    floors = [-math.inf if bound is None else bound for bound in done.bounds]
    return [*floors, done.final.bound if done.final else -math.inf]


RULES: Final[dict[str, Rule]] = {
    "ratchetry": ratchetry,
    "last value": last_value,
    "median of last 10": median_of_ten,
    "worst of last 10": worst_of_ten,
    "fixed bound": fixed,
}


def _climbing(values: Sequence[float], candidate: Callable[[Sequence[float]], float]) -> list[float]:
    """Return the floors of a rule that looks at the last ten runs, and never goes down."""
    floors = [-math.inf]
    for at in range(len(values)):
        floors.append(max(floors[-1], candidate(values[max(0, at - 9) : at + 1])))
    return floors


def measured(noise: str, rule: str, seeds: int) -> Result:
    """Return what a rule does with the histories of a kind of noise."""
    blocked, above, gaps = 0, 0, []
    lags: list[int] = []
    for seed in range(seeds):
        chance = random.Random(f"{noise} {seed}")  # noqa: S311 - made-up data
        level = round(chance.uniform(70, 90), 1)
        values = [level + NOISES[noise](chance) for _ in range(RUNS)]
        floors = RULES[rule](values)
        blocked += sum(value < floor - 1e-9 for value, floor in zip(values, floors, strict=False))
        above += floors[-1] > level + 1e-6 + (0.05 if noise.startswith("quantized") else 0.0)
        gaps.append(level - floors[-1])
        rising = [level + NOISES[noise](chance) + STEP * sum(at >= step for step in STEPS) for at in range(RUNS)]
        lags += _lags(RULES[rule](rising))
    lags.sort()
    return Result(
        noise=noise,
        rule=rule,
        blocked=blocked / (seeds * RUNS),
        above=above,
        lag=lags[round(0.99 * (len(lags) - 1))],
        median_lag=lags[len(lags) // 2],
        gap=sum(gaps) / len(gaps),
    )


def _lags(floors: Sequence[float]) -> Iterator[int]:
    """Yield, for each rise of the level, the runs until the floor has made up for three quarters of it."""
    for step in STEPS:
        wanted = floors[step] + 0.75 * STEP
        yield next((after for after in range(REACH) if floors[step + after] >= wanted), REACH)


def table(results: Sequence[Result]) -> str:
    """Return results as a Markdown table."""
    head = "| noise | rule | honest runs blocked | floor above the level | runs to follow, median / 99% | room left |"
    rows = [
        f"| {row.noise} | {row.rule} | {100 * row.blocked:.2f}% | {row.above} | "
        f"{row.median_lag:.0f} / {row.lag if row.lag < REACH else f'over {REACH}'} | {row.gap:.2f} |"
        for row in results
    ]
    return "\n".join([head, "| --- | --- | --- | --- | --- | --- |", *rows])


def main() -> int:
    """Print the results; the exit code tells whether the goals are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=50, help="histories of each kind")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    results = [measured(noise, rule, options.seeds) for noise in NOISES for rule in RULES]
    print(table(results) if options.format == "table" else json.dumps([asdict(row) for row in results], indent=2))
    ours = [row for row in results if row.rule == "ratchetry"]
    missed = [row.noise for row in ours if row.blocked > 0.01 or row.above or row.median_lag > DEFAULT.runs]
    for noise in missed:
        print(f"goal missed: {noise}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
