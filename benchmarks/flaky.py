"""Measures how well flaky tests are found in made-up histories of which the truth is known, beside naive rules.

    python benchmarks/flaky.py [--seeds N] [--json FILE]

The histories (benchmarks/flaky_histories.py) have 500 tests and 300 commits each, 40 flaky tests with rates from
0.5 to 30 percent, regressions, outages, and breaks from outside. The naive rules are "both outcomes on one commit", the
same without runs in which a fifth of the suite failed, and "any change of the outcome from one run to the next". A
resolved test counts as found: it was flaky.

Ends with exit code 1 when, over the scenarios without "stress" in their name, precision is below 0.98, recall for rates
of 2 percent and more is below 0.90, or a test that only failed in outages is called flaky.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.flaky_histories import Made, Scenario, made, scenarios  # the repository is no package
from ratchetry.analyze.flaky.detect import detect
from ratchetry.analyze.flaky.results import BAD, FAILED, RunResults

MIN_PRECISION: Final = 0.98
MIN_RECALL: Final = 0.90
FROM_RATE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well one rule did over the histories of one scenario, or of all."""

    scenario: str
    rule: str
    precision: float
    recall: float
    """Of the tests with rates of 2 percent and more."""
    recall_below: float
    """Of the others."""
    false: int
    outage_only: int
    """Tests called flaky that failed in outages alone."""
    seconds: float
    """CPU time for one history."""


def main() -> int:
    """Return the exit code: 0 when the bounds are kept."""
    options = _options()
    chosen = scenarios()
    found: list[Score] = []
    totals: dict[str, Counter[str]] = {rule: Counter() for rule in RULES}
    for scenario in chosen:
        counts = _counted(scenario, options.seeds)
        for rule, count in counts.items():
            found.append(_score(scenario.name, rule, count))
            if "stress" not in scenario.name:
                totals[rule].update(count)
    found += [_score("all but stress", rule, count) for rule, count in totals.items()]
    _print(found)
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(row) for row in found], indent=2) + "\n", encoding="utf-8")
    ours = next(row for row in found if row.scenario == "all but stress" and row.rule == "ratchetry")
    return int(ours.precision < MIN_PRECISION or ours.recall < MIN_RECALL or ours.outage_only > 0)


def ratchetry(runs: Sequence[RunResults]) -> frozenset[str]:
    """Return the tests that ratchetry calls flaky, or says to have been."""
    return frozenset(test.test for test in detect(runs).flaky if test.status != "suspected")


def both_outcomes(runs: Iterable[RunResults]) -> frozenset[str]:
    """Return the tests that passed and failed on one commit."""
    good: defaultdict[str, set[str]] = defaultdict(set)
    bad: defaultdict[str, set[str]] = defaultdict(set)
    found: set[str] = set()
    for run in runs:
        for test, letter in zip(run.tests, run.outcomes, strict=True):
            (bad if letter in FAILED else good)[run.commit].add(test)
            if letter == "R":
                found.add(test)
    return frozenset(found.union(*(good[commit] & bad[commit] for commit in bad)))


def without_outages(runs: Iterable[RunResults]) -> frozenset[str]:
    """Return the tests that passed and failed on one commit, runs left out in which a fifth of the suite failed."""
    return both_outcomes(run for run in runs if 5 * sum(map(run.outcomes.count, BAD)) < len(run.outcomes))


def any_flip(runs: Iterable[RunResults]) -> frozenset[str]:
    """Return the tests whose outcome ever changed from one run to the next."""
    last: dict[str, bool] = {}
    found: set[str] = set()
    for run in runs:
        for test, letter in zip(run.tests, run.outcomes, strict=True):
            failed = letter in BAD
            if last.setdefault(test, failed) != failed:
                found.add(test)
            last[test] = failed
    return frozenset(found)


RULES: Final[Mapping[str, Callable[[Sequence[RunResults]], frozenset[str]]]] = {
    "ratchetry": ratchetry,
    "both outcomes": both_outcomes,
    "both outcomes, no outages": without_outages,
    "any flip": any_flip,
}


def _counted(scenario: Scenario, seeds: int) -> dict[str, Counter[str]]:
    """Return what each rule found and missed, over the histories of a scenario."""
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in RULES}
    for seed in range(seeds):
        history = made(scenario, seed)
        for rule, find in RULES.items():
            before = time.process_time()
            found = find(history.runs)
            counts[rule]["microseconds"] += round(1e6 * (time.process_time() - before))
            counts[rule].update(_compared(history, found))
    return counts


def _compared(history: Made, found: frozenset[str]) -> Counter[str]:
    """Return how what was found compares with the truth."""
    flaky = frozenset(history.rates)
    large = frozenset(test for test, rate in history.rates.items() if rate >= FROM_RATE)
    return Counter(
        {
            "true": len(found & flaky),
            "false": len(found - flaky),
            "large": len(large),
            "large found": len(found & large),
            "small": len(flaky - large),
            "small found": len(found & (flaky - large)),
            "outage": len(found & history.hit),
            "histories": 1,
        }
    )


def _score(scenario: str, rule: str, count: Counter[str]) -> Score:
    """Return the score that counts make up."""
    named = count["true"] + count["false"]
    return Score(
        scenario=scenario,
        rule=rule,
        precision=round(count["true"] / named, 4) if named else 1.0,
        recall=round(count["large found"] / max(1, count["large"]), 4),
        recall_below=round(count["small found"] / max(1, count["small"]), 4),
        false=count["false"],
        outage_only=count["outage"],
        seconds=round(1e-6 * count["microseconds"] / count["histories"], 3),
    )


def _print(scores: Iterable[Score]) -> None:
    """Print a table in Markdown."""
    print("| scenario | rule | precision | recall from 2 % | below | false | outage only | CPU |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in scores:
        cells = (row.scenario, row.rule, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.recall_below:.2f}")
        print(f"| {' | '.join(cells)} | {row.false} | {row.outage_only} | {row.seconds:.2f} s |")


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=10, help="histories of each scenario")
    parser.add_argument("--json", default="", help="file for the scores")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
