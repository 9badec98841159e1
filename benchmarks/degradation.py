"""Measures how often a steady version raises an alarm, and how soon a fall does.

    python benchmarks/degradation.py [--seeds N] [--format table|json]

Histories are made up: 37 days at a rate of 0.6, then 60 days at 0.6, 0.48 or 0.36, with 3, 10 or 40 results a day.
False alarms are counted in the 60 days; the median day counts what was not found as later than all. A last part changes
the mix of easy and hard cases and nothing else, judged by the functions as they are shipped; all else by the same in
numpy (benchmarks/degradation_rules.py). `--seeds` is how many histories of each kind.

Ends with exit code 1 when ratchetry raises more than 0.08 false alarms per 60 days, or finds a fall by 40 percent at
ten results a day later than on the sixth day in half of the cases.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.degradation_rules import RULES, Array, ratchetry  # the repository is no package
from ratchetry.domain.versions import Promotion, Window
from ratchetry.learn.degradation import Watch, judge
from ratchetry.learn.promotion import Period
from ratchetry.learn.stream import StreamDay

BASE: Final = 0.6
BEFORE: Final = 37
DAYS: Final = 60
PER_DAY: Final = (3, 10, 40)
MOST_FALSE: Final = 0.08
LATEST: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How often a rule raised a false alarm in 60 days, and the median day on which it found falls."""

    rule: str
    per_day: int
    false: float
    day_20: float | None
    day_40: float | None


def main() -> int:
    """Return the exit code: 0 when the goals are met."""
    options = _options()
    rows = list(_rows(options.seeds))
    mixed = list(_mix_rows(max(40, options.seeds // 20)))
    if options.format == "json":
        print(json.dumps([asdict(row) for row in (*rows, *mixed)], indent=2))
    else:
        _print([*rows, *mixed])
    own = [row for row in rows if row.rule == "ratchetry"]
    late = next(row.day_40 for row in own if row.per_day == 10)
    return int(max(row.false for row in own) > MOST_FALSE or late is None or late > LATEST)


def _rows(seeds: int) -> Iterator[Row]:
    """Yield what each rule does at each number of results a day."""
    for n in PER_DAY:
        chance = np.random.default_rng(30 + n)
        histories = [_made(chance, seeds, n, fall) for fall in (0.0, 0.2, 0.4)]
        for name, rule in RULES.items():
            days = [_first(rule(history, n)[:, BEFORE:]) for history in histories]
            false = float(np.isfinite(days[0]).mean())
            yield Row(rule=name, per_day=n, false=false, day_20=_median(days[1]), day_40=_median(days[2]))


def _made(chance: np.random.Generator, seeds: int, n: int, fall: float) -> Array:
    """Return histories whose rate falls after 37 days."""
    rates = np.concatenate([np.full(BEFORE, BASE), np.full(DAYS, BASE * (1 - fall))])
    return chance.binomial(n, rates, (seeds, BEFORE + DAYS)).astype(np.float64)


def _first(hits: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    """Return the first day, from 1, on which there is an alarm."""
    found: Array = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1.0, np.inf)
    return found


def _median(days: Array) -> float | None:
    """Return the median day, None where less than half were found."""
    middle = float(np.median(days))
    return middle if np.isfinite(middle) else None


def _mix_rows(seeds: int) -> Iterator[Row]:
    """Yield how often another mix of contexts, and nothing else, is called a fall: told apart, and thrown together."""
    chance = np.random.default_rng(33)
    told, mixed = 0, np.zeros((seeds, BEFORE + DAYS))
    for seed in range(seeds):
        days = [_mix_day(chance, day, easy=16 if day < BEFORE else 4) for day in range(BEFORE + DAYS)]
        mixed[seed] = [sum(window.total for window in day.of(["v"]).values()) for day in days]
        told += bool(judge(_watch(days))[0])
    for name, count in (
        ("ratchetry, easy and hard told apart, only their mix changes", told / seeds),
        ("ratchetry, the same thrown together", float(ratchetry(mixed, 20)[:, BEFORE:].any(axis=1).mean())),
    ):
        yield Row(rule=name, per_day=20, false=count, day_20=None, day_40=None)


def _mix_day(chance: np.random.Generator, day: int, easy: int) -> StreamDay:
    """Return a day with 20 results, of which some are easy (0.85) and the others hard (0.3)."""
    found = {
        "easy": Window(total=float(chance.binomial(easy, 0.85)), n=easy),
        "hard": Window(total=float(chance.binomial(20 - easy, 0.3)), n=20 - easy),
    }
    return StreamDay(day=day, results={"v": found}, newest=(float(day), "2026-01-01T00:00:00Z"))


def _watch(days: Sequence[StreamDay]) -> Watch:
    """Return the watch over one version that was active all the time."""
    period = Period(promotion=Promotion(slot="s", version="v", since=""), start=float("-inf"))
    return Watch(slot="s", periods=(period,), days=tuple(days), raised={})


def _print(rows: Sequence[Row]) -> None:
    """Print rows as a Markdown table."""
    print("| rule | results a day | false alarms in 60 days | -20 %: median day | -40 %: median day |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        mix = "only their mix" in row.rule or "thrown together" in row.rule
        days = ["" if mix else "never" if day is None else f"{day:.0f}" for day in (row.day_20, row.day_40)]
        print(f"| {row.rule} | {row.per_day} | {row.false:.3f} | {' | '.join(days)} |")


def _options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2000, help="histories of each kind")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
