"""Measures how often a comparison by benchmarks is wrong where nothing changed, and finds what did, beside naive ways.

    python benchmarks/bench_compare.py [--equal N] [--slower N] [--python EXE] [--format json] [--json FILE]
    python benchmarks/bench_compare.py --pool FILE

The project (benchmarks/bench_suite.py) has eight benchmarks in pytest-benchmark, and commits at which each does 5 and
10 percent more work. The processes are those of `ratchetry bench compare`, checkouts and command lines included: a pool
of pairs of two equal sides, and one for each of the slower ones. Windows of 20 pairs that follow each other, from every
fourth pair on, stand for comparisons: they overlap, so the figures rest on less than as many comparisons would. Equal
sides are looked at twenty times, in all but the first with the sides of each two pairs exchanged or not by chance,
which is as good a measurement of equal sides. `--json` keeps all rounds, and `--pool` reads them again. Every way of
comparing sees the same processes:

- in turn: 20 pairs, the least (or median, or mean) round of each process, Wilcoxon's test of the pairs
- one after the other: the same test for unpaired samples (Mann and Whitney), with 20 processes of the base that ran
  before 20 of the head, as two jobs would run them
- one after the other, mean of all rounds over 10 % apart: the same time spent on one long run of each side
- one run each, mean over 10 % apart: what `--benchmark-compare-fail=mean:10%` of pytest-benchmark says
- one run each, Welch's t-test of all rounds: as if rounds of one process were independent

A false alarm is any change, of either direction, that is declared between equal sides. Ends with exit code 1 when those
of the first way exceed 2 percent of comparisons of a suite, or it finds less than 80 percent of the +10 %.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, median, variance
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.bench_pool import Conditions, Measured, Pool, Process, measured, read  # the repository is no package
from benchmarks.bench_suite import NAMES
from ratchetry.analyze.comparison.samples import compare_pairs, compare_rounds
from ratchetry.analyze.comparison.verdict import adjusted
from ratchetry.analyze.distributions import student_t_two_sided
from ratchetry.domain.comparison import Comparison
from ratchetry.pipeline.bench.compare import RATE

WINDOW: Final = 20
STRIDE: Final = 4
LOOKS: Final = 20
SLOWER: Final = (5, 10)
MOST_FALSE: Final = 0.02
LEAST_FOUND: Final = 0.80
ONE_RUN: Final = 0.10
ONE_TEST: Final = 0.05

Statistic = Callable[[Sequence[float]], float]
Way = Callable[[Pool, int], set[str]]
"""Names the benchmarks that a way of comparing declares slower ("+name") or quicker ("-name") from a pair on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one way of comparing did: shares of benchmarks and of suites with false alarms, and of changes it finds."""

    way: str
    false_benchmarks: float
    false_suites: float
    found_5: float
    found_10: float


def main() -> int:
    """Return the exit code: 0 when the bounds are kept."""
    options = _options()
    known = read(options.pool) if options.pool else _measured(options)
    scores = [_score(name, way, known.pools) for name, way in WAYS.items()]
    if options.format == "json":
        shown = {"conditions": asdict(known.conditions), "scores": [asdict(row) for row in scores]}
        print(json.dumps(shown, indent=2))
    else:
        _print(scores, known.conditions)
    if options.json:
        Path(options.json).write_text(json.dumps(asdict(known)) + "\n", encoding="utf-8")
    ours = scores[0]
    return int(ours.false_suites > MOST_FALSE or ours.found_10 < LEAST_FOUND)


def _measured(options: argparse.Namespace) -> Measured:
    """Return a new pool."""
    sizes = {0: options.equal, **dict.fromkeys(SLOWER, options.slower)}
    return measured(sizes, python=options.python, seed=options.seed, timer=options.timer)


def _in_turn(statistic: Statistic) -> Way:
    """Return the way of the command, with some number that stands for the rounds of a process."""

    def way(pool: Pool, start: int) -> set[str]:
        window = pool[start : start + WINDOW]
        each = (
            compare_pairs(
                [statistic(base[name]) for base, _ in window],
                [statistic(head[name]) for _, head in window],
                name=name,
                unit="seconds",
                better="lower",
                rate=RATE,
            )
            for name in window[0][0]
        )
        return _declared(adjusted(tuple(each), RATE))

    return way


def one_after_the_other(pool: Pool, start: int) -> set[str]:
    """Compare processes of the base with later ones of the head."""
    before, after = _stretches(pool, start)
    each = (
        compare_rounds(
            [min(base[name]) for base in before],
            [min(head[name]) for head in after],
            name=name,
            unit="seconds",
            better="lower",
            rate=RATE,
        )
        for name in before[0]
    )
    return _declared(adjusted(tuple(each), RATE))


def mean_of_long_runs(pool: Pool, start: int) -> set[str]:
    """Compare the means of all rounds of processes of the base and of later ones of the head, at 10 percent."""
    base, head = (
        {name: fmean(fmean(process[name]) for process in stretch) for name in stretch[0]}
        for stretch in _stretches(pool, start)
    )
    return _apart(base, head)


def mean_of_one_run(pool: Pool, start: int) -> set[str]:
    """Compare the means of one process each, at 10 percent."""
    base, head = ({name: fmean(rounds) for name, rounds in process.items()} for process in pool[start])
    return _apart(base, head)


def _stretches(pool: Pool, start: int) -> tuple[list[Process], list[Process]]:
    """Return processes of the base and as many of the head that ran after all of these."""
    start = min(start, len(pool) - 2 * WINDOW)
    before, after = pool[start : start + WINDOW], pool[start + WINDOW : start + 2 * WINDOW]
    return [base for base, _ in before], [head for _, head in after]


def _apart(base: Mapping[str, float], head: Mapping[str, float]) -> set[str]:
    """Return the benchmarks whose times are more than 10 percent apart, each with its direction."""
    ratios = {name: head[name] / base[name] for name in base}
    slower = {f"+{name}" for name, ratio in ratios.items() if ratio > 1 + ONE_RUN}
    return slower | {f"-{name}" for name, ratio in ratios.items() if ratio < 1 / (1 + ONE_RUN)}


def welch_of_one_run(pool: Pool, start: int) -> set[str]:
    """Compare all rounds of one process each by Welch's t-test, at 5 percent."""
    base, head = pool[start]
    found = set()
    for name in base:
        one, other = base[name], head[name]
        errors = variance(one) / len(one), variance(other) / len(other)
        t = (fmean(other) - fmean(one)) / math.sqrt(sum(errors))
        freedom = sum(errors) ** 2 / (errors[0] ** 2 / (len(one) - 1) + errors[1] ** 2 / (len(other) - 1))
        if student_t_two_sided(t, freedom) <= ONE_TEST:
            found.add(f"{'+' if t > 0 else '-'}{name}")
    return found


WAYS: Final[Mapping[str, Way]] = {
    "in turn, least round (ratchetry)": _in_turn(min),
    "in turn, median round": _in_turn(median),
    "in turn, mean round": _in_turn(fmean),
    "one after the other, least round": one_after_the_other,
    "one after the other, mean over 10 % apart": mean_of_long_runs,
    "one run each, mean over 10 % apart": mean_of_one_run,
    "one run each, Welch's t-test of rounds": welch_of_one_run,
}


def _declared(comparisons: Sequence[Comparison]) -> set[str]:
    """Return what was declared slower and quicker."""
    signs = {"regressed": "+", "improved": "-"}
    return {f"{signs[each.verdict]}{each.name}" for each in comparisons if each.verdict in signs}


def _score(name: str, way: Way, pools: Mapping[str, Pool]) -> Score:
    """Return how a way of comparing did over all windows."""
    looks = [_exchanged(pools["0"], look) for look in range(LOOKS)]
    alarms = [rows for pool in looks for rows in _windows(way, pool)]
    found = {share: _slower(_windows(way, pools[str(share)])) for share in SLOWER}
    return Score(
        way=name,
        false_benchmarks=round(fmean(map(len, alarms)) / len(NAMES), 4),
        false_suites=round(fmean(map(bool, alarms)), 4),
        found_5=round(found[5], 4),
        found_10=round(found[10], 4),
    )


def _exchanged(pool: Pool, look: int) -> Pool:
    """Return equal sides with those of each two pairs exchanged by chance, at the first look as they were measured."""
    turned = np.random.default_rng(look).random(len(pool)) < (0.5 if look else 0.0)
    return [pair[::-1] if turned[number // 2] else pair for number, pair in enumerate(pool)]


def _windows(way: Way, pool: Pool) -> list[set[str]]:
    """Return what a way declares in each window."""
    return [way(pool, start) for start in range(0, len(pool) - WINDOW + 1, STRIDE)]


def _slower(declared: Sequence[set[str]]) -> float:
    """Return the share of benchmarks that were declared slower."""
    return fmean(sum(row[0] == "+" for row in rows) for rows in declared) / len(NAMES)


def _print(scores: Sequence[Score], conditions: Conditions) -> None:
    """Print a table in Markdown, and the conditions."""
    print("| way | false, of benchmarks | false, of suites | +5 % found | +10 % found |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in scores:
        shares = (row.false_benchmarks, row.false_suites, row.found_5, row.found_10)
        print(f"| {row.way} | {' | '.join(f'{100 * share:.1f} %' for share in shares)} |")
    load = f"{conditions.load_mean:g} ({conditions.load_least:g} to {conditions.load_most:g})"
    spent = f"{conditions.seconds:g} s, {conditions.process:g} s a process"
    print(f"\n{spent}, load {load} on {os.cpu_count()} processors")


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--equal", type=int, default=80, help="pairs of equal sides in the pool, 40 or more")
    parser.add_argument("--slower", type=int, default=40, help="pairs of each slower side in the pool, 40 or more")
    parser.add_argument("--seed", type=int, default=1, help="seed of the order")
    parser.add_argument("--python", default=sys.executable, help="interpreter with pytest and pytest-benchmark")
    parser.add_argument("--timer", choices=["running", "wall"], default="running", help="what a time is")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("--json", default="", help="file for all rounds")
    parser.add_argument("--pool", default="", help="such a file to read instead of measuring")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
