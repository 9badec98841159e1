"""Runs that say nothing of their tests: much failed at once, alike in unrelated places, or far more than usual."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from ratchetry.analyze.flaky.bounds import Bounds
from ratchetry.analyze.flaky.results import RunResults, file_of
from ratchetry.domain.flaky import Outage

_AROUND: Final = 10
"""Runs before and after that say how many failures are usual."""
_UNUSUAL: Final = 1e-3
"""Chance of so many failures below which a large share of the suite is more than usual."""
_USUAL: Final = 0.5
"""Independent failures that are to be expected of any run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What does not count: whole runs, by their index, and in other runs single tests, by their positions."""

    runs: Mapping[int, str] = field(default_factory=dict)
    """Why, by the index of the run."""
    tests: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def counts(self, run: int, position: int) -> bool:
        """Tell whether the result of a test in a run counts."""
        return run not in self.runs and position not in self.tests.get(run, ())

    def joined(self, runs: Mapping[int, str]) -> Missing:
        """Return this and more runs that do not count."""
        return Missing(runs={**runs, **self.runs}, tests=self.tests)


def first_look(runs: Sequence[RunResults], bounds: Bounds) -> Missing:
    """Return the runs in which a large share of the tests failed, and failures alike in unrelated tests."""
    whole: dict[int, str] = {}
    single: dict[int, frozenset[int]] = {}
    shared = _shared(runs, bounds)
    counts = [len(run.bad()) for run in runs]
    for index, run in enumerate(runs):
        if counts[index] < min(bounds.outage_least, bounds.common_tests):
            continue
        share = counts[index] / run.decided()
        if _is_outage(counts, index, share, bounds):
            whole[index] = f"{100 * share:.0f}% of the tests failed at once"
        elif common := frozenset(_common(run, shared, bounds)):
            single[index] = common
    return Missing(runs=whole, tests=single)


def unusual(failures: Sequence[int], bounds: Bounds) -> dict[int, str]:
    """Return the runs with far more failures than those around them, given those that commits do not explain.

    Failures of flaky tests are independent, so that their number varies less than a Poisson variable of its mean.
    """
    found: dict[int, str] = {}
    for index, count in enumerate(failures):
        if count < bounds.outage_least:
            continue
        usual = _usual(failures, index)
        if _at_least(count, usual) < bounds.outage_chance:
            found[index] = f"{count} unrelated failures at once, where {usual:g} are usual"
    return found


def _is_outage(counts: Sequence[int], index: int, share: float, bounds: Bounds) -> bool:
    """Tell whether so many tests failed in a run that nothing can be said of any: half of them, or more than usual."""
    if counts[index] < bounds.outage_least or share < bounds.outage_share:
        return False
    return share >= bounds.outage_certain or _at_least(counts[index], _usual(counts, index)) < _UNUSUAL


def _usual(counts: Sequence[int], index: int) -> float:
    """Return how many failures the runs around one have."""
    near = [*counts[max(0, index - _AROUND) : index], *counts[index + 1 : index + 1 + _AROUND]]
    return max(median(near), _USUAL) if near else _USUAL


def told(runs: Sequence[RunResults], missing: Missing) -> tuple[Outage, ...]:
    """Return what does not count, for people."""
    single = {index: f"{len(places)} tests of unrelated files failed alike" for index, places in missing.tests.items()}
    return tuple(
        Outage(
            run=runs[index].name,
            time=runs[index].started,
            failed=len(runs[index].bad()),
            decided=runs[index].decided(),
            reason=reason,
        )
        for index, reason in sorted({**single, **missing.runs}.items())
    )


def _shared(runs: Sequence[RunResults], bounds: Bounds) -> frozenset[str]:
    """Return the ways of failing that many unrelated tests have at once, most of the times that any has them.

    One that tests mostly have alone says nothing of an outage, and neither does one that many tests have all the time,
    such as that of a report without tracebacks.
    """
    together: Counter[str] = Counter()
    appearances: Counter[str] = Counter()
    for run in runs:
        for signature, positions in _alike(run).items():
            appearances[signature] += 1
            together[signature] += _unrelated(run, positions, bounds)
    most = max(bounds.common_least, bounds.common_runs * len(runs))
    return frozenset(
        signature for signature, count in together.items() if 2 * count > appearances[signature] and count <= most
    )


def _common(run: RunResults, shared: frozenset[str], bounds: Bounds) -> Iterator[int]:
    """Yield the positions of tests that failed like many others in unrelated files."""
    for signature, positions in _alike(run).items():
        if signature in shared and _unrelated(run, positions, bounds):
            yield from positions


def _alike(run: RunResults) -> Mapping[str, list[int]]:
    """Return the positions of the tests that failed, by the way in which they did."""
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for position, signature in run.signatures.items():
        alike[signature].append(position)
    return alike


def _unrelated(run: RunResults, positions: Sequence[int], bounds: Bounds) -> bool:
    """Tell whether some tests are many, and of many files."""
    enough = len(positions) >= bounds.common_tests
    return enough and len({file_of(run.tests[position]) for position in positions}) >= bounds.common_files


def _at_least(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of some mean is at least a count, by its series from there."""
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    total = 0.0
    for step in range(1, 1000):
        total += term
        term *= mean / (count + step)
        if term < 1e-12 * total:
            break
    return min(total, 1.0)
