"""What a record says, in the order people need it: every report shows these rows, each in its own way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.record import Finding, Gate, RunRecord, Severity, StageResult, TestResult, Verdict
from ratchetry.domain.thresholds import WAIVED
from ratchetry.report.text import exact, listed, number, signed
from ratchetry.settings import STAGES

VERDICTS: Final[Mapping[Verdict, str]] = {
    "pass": "PASS",
    "warn": "WARN",
    "fail": "FAIL",
    "not_measured": "NOT MEASURED",
}
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "unknown", "low", "info")
"""Worst first; what nobody has rated comes before what somebody has rated low."""

GATE_ORDER: Final[tuple[Verdict, ...]] = ("fail", "not_measured", "warn", "pass")
STAGE_GATE: Final = "stage."


_PLACE: Final = re.compile(r".*:\d+")
_AUDITOR: Final = "pip-audit"
_UNAUDITED: Final = "unaudited"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """One gate as text: "≥ 80%" is a bound, "+3.1 pp" a margin; what there is none of is empty."""

    metric: str
    value: str
    bound: str
    margin: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """Tests that fail alike: what they say, and their ids."""

    signature: str
    category: str
    evidence: str
    tests: tuple[TestResult, ...]

    @property
    def summary(self) -> str:
        """Return the first line of the evidence that is no place in a file, or else the category or signature."""
        lines = (line.strip() for line in self.evidence.splitlines())
        return next((line for line in lines if line and not _PLACE.fullmatch(line)), self.category or self.signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """Something that was not measured, and why."""

    what: str
    why: str


def score(record: RunRecord) -> float | None:
    """Return the total score, None if it was not measured."""
    metric = record.metrics.get("score.total")
    return metric.value if metric else None


def stages(record: RunRecord) -> tuple[tuple[str, StageResult], ...]:
    """Return the stages in the order they are always shown, unknown ones last."""
    order = {name: place for place, name in enumerate(STAGES)}
    return tuple(sorted(record.stages.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def stage_reason(stage: StageResult) -> str:
    """Return why a stage ended as it did; of what it could not measure only the names: `unmeasured` has the reasons."""
    return f"not measured: {listed(stage.unmeasured, most=4)}" if stage.unmeasured else stage.reason


def gates(record: RunRecord) -> tuple[GateRow, ...]:
    """Return the gates as text, failing ones first, bounds before stages."""
    ordered = sorted(record.gates, key=gate_place)
    return tuple(gate_row(gate, unit(record, gate.metric)) for gate in ordered)


def loose_metrics(record: RunRecord) -> tuple[str, ...]:
    """Return the names of the metrics that no gate holds."""
    held = {gate.metric for gate in record.gates}
    return tuple(name for name in sorted(record.metrics) if name not in held)


def families(names: Iterable[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return names of metrics by their first part, each with what follows it."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        family, _, rest = name.partition(".")
        grouped.setdefault(family, []).append((name, rest or family))
    return {family: tuple(members) for family, members in grouped.items()}


def unit(record: RunRecord, name: str) -> str:
    """Return the unit of a metric: as measured, else as in the catalog."""
    if name in record.metrics:
        return record.metrics[name].unit
    entry = definition(name)
    return entry.unit if entry else ""


def failing(record: RunRecord) -> tuple[FailureGroup, ...]:
    """Return the failing tests, grouped by how they fail, the most frequent way first."""
    known = {failure.signature: failure for failure in record.failures}
    by_signature: dict[str, list[TestResult]] = {signature: [] for signature in known}
    for test in record.tests:
        if test.outcome in {"failed", "error"}:
            by_signature.setdefault(test.signature, []).append(test)
    groups = (
        FailureGroup(
            signature=signature,
            category=known[signature].category if signature in known else "",
            evidence=known[signature].evidence if signature in known else "",
            tests=tuple(sorted(tests, key=lambda test: test.id)),
        )
        for signature, tests in by_signature.items()
        if tests
    )
    return tuple(sorted(groups, key=lambda group: (-len(group.tests), group.signature)))


def flaky(record: RunRecord) -> tuple[TestResult, ...]:
    """Return the tests that failed and then passed."""
    return tuple(sorted((test for test in record.tests if test.outcome == "flaky"), key=lambda test: test.id))


def slowest(record: RunRecord, most: int) -> tuple[TestResult, ...]:
    """Return the tests that took longest, longest first."""
    ordered = sorted(record.tests, key=lambda test: (-test.duration, test.id))
    return tuple(test for test in ordered[:most] if test.duration > 0)


def findings(record: RunRecord) -> tuple[Finding, ...]:
    """Return the findings, worst first, but not those of failing tests nor the dependencies nobody could audit."""
    told = bool(failing(record))
    rows = (row for row in record.findings if not (told and row.tool == "pytest") and not _is_unaudited(row))
    return tuple(sorted(rows, key=finding_order))


def vulnerabilities(record: RunRecord) -> tuple[Finding, ...]:
    """Return the findings about dependencies, worst first."""
    return tuple(row for row in findings(record) if row.tool == _AUDITOR)


def unaudited(record: RunRecord) -> tuple[Unmeasured, ...]:
    """Return the dependencies that could not be audited, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for row in record.findings:
        if _is_unaudited(row):
            name, _, why = row.message.partition(": ")
            by_reason.setdefault(why, []).append(name)
    return tuple(Unmeasured(what=listed(sorted(names)), why=why) for why, names in sorted(by_reason.items()))


def finding_order(finding: Finding) -> tuple[int, str, int, str, str]:
    """Return what findings are sorted by: severity, then place."""
    return (SEVERITIES.index(finding.severity), finding.path, finding.line, finding.tool, finding.rule)


def by_rule(rows: Iterable[Finding]) -> tuple[tuple[str, str, Severity, int], ...]:
    """Return tool, rule, worst severity and count of findings, the most frequent first."""
    table = tuple(rows)
    counts = Counter((row.tool, row.rule) for row in table)
    worst: dict[tuple[str, str], Severity] = {}
    for row in table:
        key = (row.tool, row.rule)
        worst[key] = min(worst.get(key, row.severity), row.severity, key=SEVERITIES.index)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], SEVERITIES.index(worst[item[0]]), item[0]))
    return tuple((tool, rule, worst[tool, rule], count) for (tool, rule), count in ordered)


def by_file(rows: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """Return path and count of findings, the most frequent first."""
    return tuple(sorted(Counter(row.path for row in rows).items(), key=lambda item: (-item[1], item[0])))


def place(finding: Finding) -> str:
    """Return where a finding is, as path:line."""
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def unmeasured(record: RunRecord) -> tuple[Unmeasured, ...]:
    """Return everything that was not measured, skipped stages included, each once and with its reason."""
    rows: list[Unmeasured] = []
    for name, stage in stages(record):
        rows += [Unmeasured(what=family, why=why) for family, why in sorted(stage.unmeasured.items())]
        if stage.reason and not stage.unmeasured and stage.status in {"not_measured", "skipped"}:
            rows.append(Unmeasured(what=name, why=stage.reason))
    told = {row.why for row in rows}
    rows += unaudited(record)
    rows += [
        Unmeasured(what=gate.metric.removeprefix(STAGE_GATE), why=gate.reason)
        for gate in record.gates
        if gate.value is None and gate.verdict in {"not_measured", "warn"} and gate.reason not in told
        if not repeats_stage(record, gate.metric)
    ]
    return tuple(rows)


def gate_reasons(record: RunRecord) -> tuple[tuple[str, str], ...]:
    """Return why gates failed or warn, where they say so and neither a stage nor `unmeasured` does; and all waivers."""
    told = {row.why for row in unmeasured(record)}
    return tuple(
        (row.metric, row.reason)
        for row in gates(record)
        if row.reason and (row.verdict in {"fail", "warn"} or is_waived(row)) and row.reason not in told
        if not repeats_stage(record, row.metric)
    )


def is_waived(row: GateRow) -> bool:
    """Tell whether a gate is held to a waiver: every report says so, also where the gate would pass without it."""
    return row.reason.startswith(WAIVED)


def shown(record: RunRecord, name: str) -> str:
    """Return a metric as text, told apart from the bounds it is held to; nothing if it was not measured."""
    metric = record.metrics.get(name)
    bounds = (gate.bound for gate in record.gates if gate.metric == name and gate.bound is not None)
    return number(metric.value, metric.unit, apart_from=bounds) if metric else ""


def gate_place(gate: Gate) -> tuple[int, int, str]:
    """Return what gates are sorted by: verdict, then bounds before stages in their order, then name."""
    stage = gate.metric.removeprefix(STAGE_GATE) if gate.metric.startswith(STAGE_GATE) else None
    known = STAGES.index(stage) if stage in STAGES else len(STAGES)
    return (GATE_ORDER.index(gate.verdict), -1 if stage is None else known, gate.metric)


def _is_unaudited(finding: Finding) -> bool:
    """Tell whether a finding says that a dependency could not be audited."""
    return finding.tool == _AUDITOR and finding.rule == _UNAUDITED


def repeats_stage(record: RunRecord, gate: str) -> bool:
    """Tell whether a gate only repeats what a stage of the record says of itself."""
    return gate.startswith(STAGE_GATE) and gate.removeprefix(STAGE_GATE) in record.stages


def gate_row(gate: Gate, of_unit: str) -> GateRow:
    """Return a gate as text, its value and bound never rounded to look alike."""
    value, bound = gate.value, gate.bound
    sign = "≥" if gate.kind == "minimum" else "≤"
    return GateRow(
        metric=gate.metric,
        value="" if value is None else number(value, of_unit, apart_from=() if bound is None else (bound,)),
        bound="measured" if bound is None else f"{sign} {exact(bound, of_unit)}",
        margin="" if gate.margin is None else signed(gate.margin, of_unit),
        verdict=gate.verdict,
        reason=gate.reason,
    )
