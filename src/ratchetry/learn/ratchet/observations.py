"""The runs that a bound rests on: those of the default branch in which its metric was honestly measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.thresholds import split_path

EXACT_STAGES: Final = frozenset({"validate", "quality", "security"})
EXACT_UNITS: Final = frozenset({"count", "lines", "paths"})
_TESTED: Final = frozenset({"test", "score", "benchmark", "run"})
_RESULTS: Final = "tests."


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run of the default branch: its metrics, and what speaks against learning from them."""

    run: str
    time: str
    commit: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    reused: frozenset[str] = frozenset()
    """Stages whose results are those of an earlier run."""
    outage: str = ""
    """Why the run says nothing, empty where it does."""
    flaky: bool = False
    """Whether tests failed that are flaky, or passed only when run again."""
    failing: bool = False
    """Whether tests failed: then what they would have covered, and how long they would have taken, is not known."""


def in_order(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return observations by the time of their runs, each run once."""
    once = {row.run: row for row in sorted(observations, key=lambda row: (row.time, row.run))}
    return tuple(once.values())


def taint(row: Observation, metric: str) -> str:
    """Return why a run is no evidence for a metric, empty where it is."""
    name, _ = split_path(metric)
    entry = definition(name)
    stage = entry.stage if entry else ""
    if metric not in row.values:
        return "not measured"
    if row.outage:
        return "infrastructure"
    if stage in row.reused:
        return "reused"
    if stage in _TESTED and row.flaky:
        return "flaky"
    if stage in _TESTED and row.failing and not name.startswith(_RESULTS):
        return "failing tests"
    return ""


def honest(observations: Iterable[Observation], metric: str) -> tuple[Observation, ...]:
    """Return the runs, in their order, that are evidence for a metric."""
    return tuple(row for row in observations if not taint(row, metric))


def repeats(runs: Iterable[Observation], metric: str) -> bool:
    """Tell whether all runs of one commit agree on a metric."""
    first: dict[str, float] = {}
    return all(not run.commit or first.setdefault(run.commit, run.values[metric]) == run.values[metric] for run in runs)


def counts_code(metric: str) -> bool:
    """Tell whether a metric should depend on nothing but the code: a count of a tool that reads it."""
    entry = definition(split_path(metric)[0])
    return entry is not None and entry.stage in EXACT_STAGES and entry.unit in EXACT_UNITS
