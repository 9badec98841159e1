"""What the HTML page shows, as plain values: the template only lays them out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.record import Benchmark, Outcome, RunRecord, Status, Verdict
from ratchetry.report import view
from ratchetry.report.chart import Bar, Strip, against, share, strip
from ratchetry.report.headline import headline
from ratchetry.report.text import duration, number, plural

MOST_GATES: Final = 500
MOST_METRICS: Final = 1000
MOST_FINDINGS: Final = 100
MOST_COUNTS: Final = 25
MOST_SLOW: Final = 15
MOST_TESTS: Final = 50
MOST_GROUPS: Final = 50
MOST_BENCHMARKS: Final = 100

_OUTCOMES: Final[tuple[Outcome, ...]] = ("passed", "flaky", "skipped", "failed", "error")
_COVERAGE: Final = (("Lines", "coverage.line"), ("Branches", "coverage.branch"), ("Changed lines", "coverage.changed"))
_THINNEST: Final = 1.0
_SEVERITY_METRICS: Final = ("critical", "high", "medium", "low", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One of the figures on top: its label, value, and a remark."""

    label: str
    value: str
    note: str = ""
    tone: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage: how it ended, what it measured, how long it took."""

    name: str
    status: Status
    cached: bool
    facts: str
    reason: str
    time: str
    bar: Bar
    tools: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One gate with its bar, None where there is no bound, and what explains a verdict other than pass."""

    row: view.GateRow
    reason: str
    bar: Bar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric: what it is and its value."""

    name: str
    value: str
    spread: str
    observations: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One kind of coverage, with the bound it is held to if any."""

    label: str
    value: str
    bound: str
    bar: Bar
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The tests of one outcome, as a part of all."""

    outcome: Outcome
    count: str
    start: float
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowTest:
    """One of the slowest tests."""

    id: str
    time: str
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkRow:
    """One benchmark with its rounds."""

    name: str
    median: str
    spread: str
    rounds: str
    plot: Strip | None


def tiles(record: RunRecord) -> tuple[Tile, ...]:
    """Return the figures on top: what was not measured says so."""
    verdicts = {gate.metric: gate.verdict for gate in record.gates}
    failed = record.metrics.get("tests.failed")
    failing = plural(failed.value, "failed", "failed") if failed and failed.value else ""

    def tile(label: str, metric: str) -> Tile:
        return _tile(record, label, metric, _bound_note(record, metric), verdicts.get(metric))

    return (
        _tile(record, "Tests", "tests.total", failing, "fail" if failing else None),
        tile("Line coverage", "coverage.line"),
        tile("Lint findings", "lint.findings"),
        tile("Type errors", "types.errors"),
        _vulnerabilities(record),
        tile("Score", "score.total"),
    )


def stage_rows(record: RunRecord) -> tuple[StageRow, ...]:
    """Return a row for each stage; the longest bar is the slowest stage."""
    longest = max((stage.duration for stage in record.stages.values()), default=0.0)
    return tuple(
        StageRow(
            name=name,
            status=stage.status,
            cached=stage.cached,
            facts=headline(record, name),
            reason=view.stage_reason(stage),
            time=duration(stage.duration) if stage.duration else "",
            bar=share(stage.duration, longest),
            tools=tuple(sorted(stage.tools.items())),
        )
        for name, stage in view.stages(record)
    )


def gate_lines(record: RunRecord) -> tuple[GateLine, ...]:
    """Return the gates, failing ones first, each with its value against its bound."""
    bars = {
        gate.metric: against(gate.value, gate.bound, view.unit(record, gate.metric))
        for gate in record.gates
        if gate.bound is not None and gate.value is not None
    }
    return tuple(
        GateLine(row=row, reason=_gate_reason(record, row), bar=bars.get(row.metric)) for row in view.gates(record)
    )


def metric_rows(record: RunRecord) -> tuple[MetricRow, ...]:
    """Return every metric with what it means."""
    return tuple(_metric_row(record, name) for name in sorted(record.metrics))


def coverage_rows(record: RunRecord) -> tuple[CoverageRow, ...]:
    """Return the kinds of coverage that were measured."""
    return tuple(_coverage_row(record, label, name) for label, name in _COVERAGE if name in record.metrics)


def slices(record: RunRecord) -> tuple[Slice, ...]:
    """Return the tests by outcome, as parts of one bar in which a single test can still be seen."""
    counts = Counter(test.outcome for test in record.tests)
    present = tuple(outcome for outcome in _OUTCOMES if counts[outcome])
    lengths = [max(_THINNEST, 100 * counts[outcome] / len(record.tests)) for outcome in present]
    start, rows = 0.0, []
    for outcome, length in zip(present, (100 * length / sum(lengths) for length in lengths), strict=True):
        count = number(counts[outcome], "count")
        rows.append(Slice(outcome=outcome, count=count, start=round(start, 2), length=round(length, 2)))
        start += length
    return tuple(rows)


def slow_tests(record: RunRecord) -> tuple[SlowTest, ...]:
    """Return the slowest tests; the longest bar is the slowest one."""
    rows = view.slowest(record, MOST_SLOW)
    return tuple(
        SlowTest(id=test.id, time=duration(test.duration), bar=share(test.duration, rows[0].duration)) for test in rows
    )


def benchmark_rows(record: RunRecord) -> tuple[BenchmarkRow, ...]:
    """Return the benchmarks with their rounds."""
    return tuple(
        BenchmarkRow(
            name=row.name,
            median=_statistic(row, "median"),
            spread=_statistic(row, "iqr"),
            rounds=number(row.statistics.get("rounds_measured", len(row.rounds)), "count"),
            plot=strip(row.rounds),
        )
        for row in record.benchmarks[:MOST_BENCHMARKS]
    )


def severities(record: RunRecord) -> tuple[tuple[str, str], ...]:
    """Return the known vulnerabilities by severity, empty if they were not measured."""
    names = ((name, f"security.vulnerabilities.{name}") for name in _SEVERITY_METRICS)
    return tuple((name, view.shown(record, metric)) for name, metric in names if metric in record.metrics)


def environment(record: RunRecord) -> tuple[tuple[str, str], ...]:
    """Return what the run was measured on, as far as it is known."""
    run, machine = record.run, record.run.runner
    base = f"{run.base_commit} ({plural(len(record.change.files), 'changed file')})" if run.base_commit else ""
    rows = (
        ("Repository", run.repository),
        ("Commit", f"{run.commit}{' with uncommitted changes' if run.dirty else ''}" if run.commit else ""),
        ("Branch", run.branch),
        ("Compared with", base),
        ("Pull request", f"#{run.pull_request}" if run.pull_request else ""),
        ("Run", f"{run.run_id}, attempt {run.attempt}"),
        ("Event", run.event),
        ("Workflow", run.workflow),
        ("Started", run.started),
        ("Took", duration(run.duration) if run.duration else ""),
        ("System", machine.os),
        ("Processor", f"{machine.cpu_model or 'unknown'}, {plural(machine.cores, 'core')}" if machine.cores else ""),
        ("Python", machine.python),
        ("ratchetry", record.ratchetry),
    )
    return tuple((label, value) for label, value in rows if value)


def _gate_reason(record: RunRecord, row: view.GateRow) -> str:
    """Return why a gate does not pass; for a stage that failed, what it measured."""
    name = row.metric.removeprefix(view.STAGE_GATE)
    if row.verdict == "pass" or not view.repeats_stage(record, row.metric):
        return row.reason if row.verdict != "pass" or view.is_waived(row) else ""
    return view.stage_reason(record.stages[name]) or headline(record, name)


def _tile(record: RunRecord, label: str, metric: str, note: str, tone: Verdict | None) -> Tile:
    """Return one figure."""
    value = view.shown(record, metric)
    return Tile(label=label, value=value or "not measured", note=note if value else "", tone=tone)


def _vulnerabilities(record: RunRecord) -> Tile:
    """Return how many vulnerabilities are known, and how much nobody could look at."""
    rows = [record.metrics[name].value for name in record.metrics if name.startswith("security.vulnerabilities.")]
    unaudited = record.metrics.get("security.unaudited")
    note = f"{number(unaudited.value, 'count')} not audited" if unaudited and unaudited.value else ""
    tone: Verdict | None = "not_measured" if not rows else "fail" if sum(rows) else None
    return Tile(
        label="Vulnerabilities", value=number(sum(rows), "count") if rows else "not measured", note=note, tone=tone
    )


def _bound_note(record: RunRecord, metric: str) -> str:
    """Return the bound of a metric as a remark."""
    return next((f"bound {row.bound}" for row in view.gates(record) if row.metric == metric), "")


def _metric_row(record: RunRecord, name: str) -> MetricRow:
    """Return one metric as text."""
    metric, entry = record.metrics[name], definition(name)
    return MetricRow(
        name=name,
        value=view.shown(record, name),
        spread="" if metric.spread is None else number(metric.spread, metric.unit),
        observations=number(metric.n, "count"),
        what=entry.what if entry else "",
    )


def _coverage_row(record: RunRecord, label: str, name: str) -> CoverageRow:
    """Return one kind of coverage that was measured."""
    value = record.metrics[name].value
    gate = next((row for row in record.gates if row.metric == name and row.bound is not None), None)
    bound = None if gate is None else gate.bound
    return CoverageRow(
        label=label,
        value=view.shown(record, name),
        bound="" if gate is None else view.gate_row(gate, "percent").bound,
        bar=share(value, 100.0) if bound is None else against(value, bound, "percent"),
        verdict=gate.verdict if gate else None,
    )


def _statistic(benchmark: Benchmark, name: str) -> str:
    """Return a statistic of a benchmark as a duration; nothing if its tool did not give it."""
    value = benchmark.statistics.get(name)
    return "" if value is None else duration(value)
