"""Guards of rewards: a change that deletes tests, skips them or covers less has not won, however green it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from ratchetry.domain.run_evidence import RunEvidence, order

TESTS: Final = "tests.total"
SKIPPED: Final = "tests.skipped"
COVERAGE: Final = "coverage.line"

GuardVerdict = Literal["kept", "broken", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a guarded metric may be from the median of the runs before."""

    tests: float = 0.01
    """Share of the tests that may be gone, or be skipped in addition, rounded down to whole tests."""
    coverage: float = 0.5
    """Percentage points of line coverage that may be lost."""
    runs: int = 5
    """Runs before that the median is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Whether the guards held, and which did not or could not be checked."""

    verdict: GuardVerdict
    reason: str = ""


def before(run: RunEvidence, decision: str, runs: Iterable[RunEvidence], tolerance: Tolerance) -> list[RunEvidence]:
    """Return the newest passed runs of the branch before a run, those under the same decision left out."""
    earlier = (
        one
        for one in runs
        if one.ending == "passed"
        and one.pull_request is None
        and decision not in one.decisions
        and order(one) < order(run)
    )
    return sorted(earlier, key=order)[-tolerance.runs :]


def guarded(run: RunEvidence, base: Sequence[RunEvidence], tolerance: Tolerance) -> Guarded:
    """Return whether a run has as many tests, as few skipped ones and as much coverage as those before it.

    What was measured before and is not any more cannot be checked: that is no win either.
    """
    if not base:
        return Guarded(verdict="unknown", reason="no earlier run of the branch passed that it could be compared with")
    usual = {name: value for name in (TESTS, SKIPPED, COVERAGE) if (value := _usual(base, name)) is not None}
    gone = [name for name in usual if name not in run.metrics]
    if gone:
        return Guarded(verdict="unknown", reason=f"{gone[0]} was measured before, and was not measured here")
    problem = next(_problems(run.metrics, usual, tolerance), "")
    return Guarded(verdict="broken", reason=problem) if problem else Guarded(verdict="kept")


def _usual(base: Iterable[RunEvidence], name: str) -> float | None:
    """Return the median of a metric over some runs, None where none has it."""
    values = [run.metrics[name] for run in base if name in run.metrics]
    return median(values) if values else None


def _problems(found: Mapping[str, float], usual: Mapping[str, float], tolerance: Tolerance) -> Iterator[str]:
    """Yield the guards that do not hold."""
    allowed = math.floor(tolerance.tests * usual.get(TESTS, 0.0))
    if TESTS in usual and found[TESTS] < usual[TESTS] - allowed:
        yield f"{found[TESTS]:g} tests instead of {usual[TESTS]:g}"
    if SKIPPED in usual and found[SKIPPED] > usual[SKIPPED] + allowed:
        yield f"{found[SKIPPED]:g} skipped tests instead of {usual[SKIPPED]:g}"
    if COVERAGE in usual and found[COVERAGE] < usual[COVERAGE] - tolerance.coverage:
        yield f"coverage.line is {found[COVERAGE]:.2f} instead of {usual[COVERAGE]:.2f}"
