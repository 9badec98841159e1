"""The overview: what of all that was gathered comes with the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from ratchetry.domain.dashboard import (
    MOST_BENCHMARKS,
    MOST_MARKS,
    MOST_METRICS,
    MOST_RECENT,
    BenchmarkRow,
    FailureRow,
    FlakyCounts,
    GateRow,
    LearningCounts,
    MetricRow,
    Overview,
)
from ratchetry.domain.ratchet_report import BoundMove
from ratchetry.report.dashboard.gathered import Absent, Gathered
from ratchetry.report.dashboard.learned import is_open, issues_document, marks_of
from ratchetry.report.dashboard.rows import BENCHMARK, Known, Seconds, benchmark_row, known_of, metric_row
from ratchetry.report.dashboard.runs import run_row
from ratchetry.report.dashboard.shorten import maybe

_MOST_FAILURES: Final = 20
_MOST_BRANCHES: Final = 200
_MOST_COMPARED: Final = 100
_MOST_LETTERS: Final = 150_000
"""Characters of the names of all metrics on the overview, and of all benchmarks."""
_ORDER: Final = {"worsening": 0, "unknown": 1, "improving": 1, "steady": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All metrics and benchmarks that have a trend: those on the overview, and those beyond it."""

    known: Mapping[str, Known]
    metrics: tuple[MetricRow, ...]
    benchmarks: tuple[BenchmarkRow, ...]
    more_metrics: tuple[MetricRow, ...] = ()
    more_benchmarks: tuple[BenchmarkRow, ...] = ()


def ranked(found: Gathered, seconds: Seconds) -> Ranked:
    """Return the metrics by name and the benchmarks, those that worsen first."""
    known = known_of(found.report.series, found.series, found.thresholds, _moves(found))
    metrics = [metric_row(one, seconds) for name, one in sorted(known.items()) if not name.startswith(BENCHMARK)]
    timed = [benchmark_row(one, seconds) for name, one in sorted(known.items()) if name.startswith(BENCHMARK)]
    timed.sort(key=lambda row: (_ORDER[row.verdict], row.q if row.q is not None else 1.0))
    first = _room([row.name for row in metrics], MOST_METRICS)
    last = _room([row.name for row in timed], MOST_BENCHMARKS)
    return Ranked(
        known=known,
        metrics=tuple(metrics[:first]),
        benchmarks=tuple(timed[:last]),
        more_metrics=tuple(metrics[first:]),
        more_benchmarks=tuple(timed[last:]),
    )


def overview(
    found: Gathered,
    rows: Ranked,
    seconds: Seconds,
    *,
    packages: Mapping[str, int],
    absent: Mapping[str, str],
    files: Mapping[str, str],
) -> Overview:
    """Return the document that comes with the page."""
    report = found.report
    marks = marks_of(found.events, seconds)
    return Overview(
        ratchetry=found.ratchetry,
        repository=report.repository,
        branch=report.branch,
        since=report.since,
        as_of=report.as_of,
        run=run_row(found.newest, seconds),
        verdict=found.newest.verdict,
        score=maybe(found.newest.score),
        gates=_gates(found),
        counts=_counts(found, rows),
        branches=tuple(sorted({line.run.branch for line in found.read.runs})[:_MOST_BRANCHES]),
        packages=tuple(packages),
        metrics=rows.metrics,
        benchmarks=rows.benchmarks,
        marks=marks[-MOST_MARKS:],
        recent=tuple(run_row(line, seconds) for line in reversed(found.read.runs[-MOST_RECENT:])),
        regressions=tuple(each for each in report.regressions if each.verdict in {"regressed", "improved"})[
            :_MOST_COMPARED
        ],
        failures=_failures(found),
        flaky=_flaky(found),
        learning=_learning(found, seconds),
        absent=absent,
        notes=report.notes,
        files=files,
    )


def _room(names: Sequence[str], most: int) -> int:
    """Return how many rows the overview has room for: so many at most, fewer where names are extremely long."""
    lengths = accumulate(map(len, names[:most]))
    return next((at for at, length in enumerate(lengths) if length > _MOST_LETTERS), min(len(names), most))


def _gates(found: Gathered) -> tuple[GateRow, ...]:
    """Return the gates of the newest run that say more than that all is well."""
    return tuple(
        GateRow(
            metric=gate.metric,
            kind=gate.kind,
            verdict=gate.verdict,
            bound=maybe(gate.bound),
            value=maybe(gate.value),
            reason=gate.reason,
        )
        for gate in found.gates
        if gate.verdict != "pass"
    )[:_MOST_COMPARED]


def _counts(found: Gathered, rows: Ranked) -> dict[str, int]:
    """Return how many there are of what."""
    return {
        "runs": len(found.read.runs),
        "tests": len(found.read.tests.names),
        "metrics": len(rows.metrics) + len(rows.more_metrics),
        "benchmarks": len(rows.benchmarks) + len(rows.more_benchmarks),
        "events": sum(one.kind == "log" for one in found.events),
    }


def _failures(found: Gathered) -> tuple[FailureRow, ...]:
    """Return the most frequent ways of failing."""
    return tuple(
        FailureRow(signature=one.signature, category=one.category, evidence=one.evidence, runs=one.runs, last=one.last)
        for one in found.report.failures[:_MOST_FAILURES]
    )


def _flaky(found: Gathered) -> FlakyCounts | None:
    """Return how many tests are flaky, None where nothing can be said."""
    summary = found.report.flaky
    if summary is None:
        return None
    return FlakyCounts(
        active=summary.active,
        suspected=summary.suspected,
        broken=summary.broken,
        quarantined=summary.quarantined,
        outages=summary.outages,
        tests=summary.tests,
        names=summary.names[:_MOST_FAILURES],
    )


def _learning(found: Gathered, seconds: Seconds) -> LearningCounts:
    """Return what there is on the pages of what learns and acts."""
    issues = issues_document(found.events, seconds).rows
    arms = None if isinstance(found.bandit, Absent) else found.bandit
    tried = () if isinstance(found.trials, Absent) else found.trials.experiments
    bounds = () if isinstance(found.bounds, Absent) else found.bounds
    choices = arms.choices if arms else ()
    return LearningCounts(
        arms=len({one.belief.arm for each in arms.standings for one in each.standings}) if arms else 0,
        decisions=len(choices),
        rewarded=sum(outcome is not None and outcome.status == "rewarded" for _, outcome in choices),
        experiments=len(tried),
        running=sum(one.state == "running" for one in tried),
        bounds=len(bounds),
        moves=sum(len(row.moves) for row in bounds),
        issues=len(issues),
        open_issues=sum(map(is_open, issues)),
        modules=len(found.report.modules),
    )


def _moves(found: Gathered) -> dict[str, tuple[BoundMove, ...]]:
    """Return the moves of each bound."""
    return {} if isinstance(found.bounds, Absent) else {row.metric: row.moves for row in found.bounds}
