"""Measures how often experiments without a difference get a winner, and how often a true one is found.

    python benchmarks/experiments.py [--seeds N] [--format table|json]

Experiments are made up: a base of 0.6, 60 days, looked at daily, 5 or 20 units a day in each arm, with one or three
treatments of which at most one is better. `--seeds` is how many of each kind. Sizes are log-normal latencies, judged by
the functions as they are shipped; all else by the same in numpy (benchmarks/experiment_rules.py).

Ends with exit code 1 when ratchetry calls more than 0.05 false winners with three treatments, or finds less than 0.60
of the true lifts of 10 percent with one treatment and 20 units a day.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.experiment_rules import ALPHA, RULES, Made, log_e_paths  # the repository is no package
from ratchetry.analyze.e_process import fixed_step, log_e_process, running_maximum
from ratchetry.analyze.predictable_split import Sizes, split_blocks
from ratchetry.learn.experiment.comparing import SIZE_STEP

BASE: Final = 0.6
DAYS: Final = 60
MOST_FALSE: Final = 0.05
LEAST_POWER: Final = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Experiments of one kind; the first treatment has the lift, the others none."""

    name: str
    treatments: int
    per_day: int
    lift: float


SCENARIOS: Final = (
    Scenario(name="no difference, 1 treatment, 5 a day", treatments=1, per_day=5, lift=0.0),
    Scenario(name="no difference, 1 treatment, 20 a day", treatments=1, per_day=20, lift=0.0),
    Scenario(name="no difference, 3 treatments, 5 a day", treatments=3, per_day=5, lift=0.0),
    Scenario(name="no difference, 3 treatments, 20 a day", treatments=3, per_day=20, lift=0.0),
    Scenario(name="+10 %, 1 treatment, 20 a day", treatments=1, per_day=20, lift=0.1),
    Scenario(name="+10 %, 1 of 3 treatments, 20 a day", treatments=3, per_day=20, lift=0.1),
    Scenario(name="+20 %, 1 treatment, 5 a day", treatments=1, per_day=5, lift=0.2),
    Scenario(name="+20 %, 1 treatment, 20 a day", treatments=1, per_day=20, lift=0.2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How often one rule called a false winner and the true one, and on which day it did in half of the cases."""

    scenario: str
    rule: str
    false: float
    found: float | None
    day: float | None


def main() -> int:
    """Return the exit code: 0 when the goals are met."""
    options = _options()
    rows = [*_rows(options.seeds), *_size_rows(max(50, options.seeds // 10)), *_bound_rows(options.seeds)]
    if options.format == "json":
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows)
    own = {row.scenario: row for row in rows if row.rule == "ratchetry"}
    worst = max(own[one.name].false for one in SCENARIOS if one.lift == 0)
    power = own["+10 %, 1 treatment, 20 a day"].found or 0.0
    return int(worst > MOST_FALSE or power < LEAST_POWER)


def made(scenario: Scenario, seeds: int) -> Made:
    """Return experiments of one kind."""
    chance = np.random.default_rng(20)
    shares = np.full(scenario.treatments + 1, BASE)
    shares[1] *= 1 + scenario.lift
    successes = chance.binomial(scenario.per_day, shares, (seeds, DAYS, len(shares)))
    return Made(successes=successes.astype(np.float64), n=scenario.per_day)


def _rows(seeds: int) -> Iterator[Row]:
    """Yield what each rule does in each scenario."""
    for scenario in SCENARIOS:
        experiments = made(scenario, seeds)
        for name, rule in RULES.items():
            days = rule(experiments)
            first = days.min(axis=1)
            called = np.isfinite(first)
            true = called & (days[:, 0] == first) & (scenario.lift > 0)
            found = float(true.mean()) if scenario.lift else None
            day = float(np.median(first[true])) if true.any() else None
            yield Row(scenario=scenario.name, rule=name, false=float((called & ~true).mean()), found=found, day=day)


def _size_rows(seeds: int) -> Iterator[Row]:
    """Yield how often a latency is called better, by the shipped functions: with and without a difference."""
    chance = np.random.default_rng(21)
    for fall in (0.0, 0.1, 0.2):
        days = [_size_day(chance, fall) for _ in range(seeds)]
        found = [day for day in days if math.isfinite(day)]
        share = len(found) / seeds
        yield Row(
            scenario=f"latency -{fall:.0%}, log-normal (sigma 0.5), 20 a day",
            rule="ratchetry: evidence alone",
            false=0.0 if fall else share,
            found=share if fall else None,
            day=float(np.median(found)) if fall and found else None,
        )


def _size_day(chance: np.random.Generator, fall: float) -> float:
    """Return the day on which the evidence for lower latencies is enough."""
    blocks: list[Sizes] = [
        (chance.lognormal(0, 0.5, 20).tolist(), ((1 - fall) * chance.lognormal(0, 0.5, 20)).tolist())
        for _ in range(DAYS)
    ]
    swapped = [block.swapped() for block in split_blocks(blocks)]
    path = running_maximum(log_e_process(swapped, fixed_step(SIZE_STEP)))
    return next((day for day, value in enumerate(path, start=1) if value >= -math.log(ALPHA)), math.inf)


def _bound_rows(seeds: int) -> Iterator[Row]:
    """Yield how often each end of the interval is ever, in 60 looks, on the wrong side of the true lift."""
    experiments = made(Scenario(name="", treatments=1, per_day=20, lift=0.1), seeds)
    control, treatment = experiments.successes[:, :, 0], experiments.successes[:, :, 1]
    low = log_e_paths(control, treatment, 20, 1.1).max(axis=1) >= -math.log(ALPHA)
    high = log_e_paths(treatment, control, 20, 1 / 1.1).max(axis=1) >= -math.log(ALPHA)
    for name, missed in (("lower", low), ("upper", high)):
        yield Row(
            scenario=f"{name} bound ever beyond the true +10 %",
            rule="ratchetry: interval",
            false=float(missed.mean()),
            found=None,
            day=None,
        )


def _print(rows: Sequence[Row]) -> None:
    """Print rows as a Markdown table."""
    print("| experiments | rule | false winners | found | median day |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        found = "" if row.found is None else f"{row.found:.3f}"
        day = "" if row.day is None else f"{row.day:.0f}"
        print(f"| {row.scenario} | {row.rule} | {row.false:.3f} | {found} | {day} |")


def _options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4000, help="experiments of each kind")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
