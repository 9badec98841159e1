"""How suggestions are put together: the severity and cost of each kind, goals, and commands that are safe to paste."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from typing import Final

from ratchetry.domain.record import Better, RunInfo
from ratchetry.domain.suggestion import CodeType, Goal, SuggestionKind, Worth
from ratchetry.domain.thresholds import side_of

SEVERITY: Final[Mapping[SuggestionKind, float]] = {
    "broken-tests": 1.0,
    "vulnerable-dependency": 1.0,
    "metric-failing": 0.9,
    "flaky-test": 0.6,
    "change-point": 0.6,
    "slow-benchmark": 0.6,
    "metric-worsening": 0.5,
    "quarantine-expiring": 0.5,
    "type-errors": 0.4,
    "uncovered-module": 0.4,
    "threshold-target": 0.3,
    "lint-rule": 0.3,
    "complexity": 0.2,
}
COST: Final[Mapping[SuggestionKind, float]] = {
    "threshold-target": 1.0,
    "lint-rule": 1.0,
    "quarantine-expiring": 1.0,
    "vulnerable-dependency": 1.0,
    "broken-tests": 1.5,
    "metric-failing": 1.5,
    "flaky-test": 2.0,
    "type-errors": 2.0,
    "change-point": 2.0,
    "slow-benchmark": 2.0,
    "metric-worsening": 3.0,
    "uncovered-module": 3.0,
    "complexity": 4.0,
}
"""Hours that people would guess; only their ratios matter."""
RECOVERED: Final = 0.75
"""The share of a worsening that has to be undone."""


def worth(kind: SuggestionKind, *, evidence: float, gain: float, severity: float = 1.0) -> Worth:
    """Return what the rank of a suggestion rests on; `severity` is a share of that of its kind."""
    return Worth(
        severity=_share(SEVERITY[kind] * severity), evidence=_share(evidence), gain=_share(gain), cost=COST[kind]
    )


def regained(metric: str, better: Better, before: float, now: float) -> Goal:
    """Return the goal that most of a worsening is undone."""
    return Goal(measure="metric", metric=metric, kind=side_of(better), bound=now + RECOVERED * (before - now))


def no_findings(metric: str, *, tool: str, rule: str = "", path: str = "") -> Goal:
    """Return the goal that a tool finds nothing more of a rule or in a file."""
    return Goal(measure="findings", metric=metric, kind="maximum", bound=0.0, tool=tool, rule=rule, path=path)


def no_failures(tests: tuple[str, ...], runs: int = 2) -> Goal:
    """Return the goal that tests fail in none of some runs in a row."""
    return Goal(measure="tests", metric="tests.failed", kind="maximum", bound=0.0, runs=runs, tests=tests)


def command(*words: str) -> str:
    """Return a command line that a shell reads as these words, whatever they hold."""
    return " ".join(word if word.startswith("<") else shlex.quote(word) for word in words)


def code_type(path: str) -> CodeType:
    """Return what kind of file a path names."""
    names = path.split("/")
    if any(name in {"test", "tests", "testing"} for name in names[:-1]) or names[-1].startswith("test_"):
        return "tests"
    if names[-1].endswith((".lock", ".toml")) or names[-1].startswith("requirements"):
        return "dependencies"
    return "source"


def run_name(run: RunInfo) -> str:
    """Return the name of a run attempt, as evidence cites it."""
    return f"{run.run_id}-{run.attempt}"


def saturating(amount: float, half: float) -> float:
    """Return a share from 0 to 1 that grows with an amount and is one half at `half`."""
    if not math.isfinite(amount):
        return 1.0
    return amount / (amount + half) if amount > 0 else 0.0


def _share(value: float) -> float:
    """Return a number held between 0 and 1; what is none is 0."""
    return min(1.0, max(0.0, value)) if not math.isnan(value) else 0.0
