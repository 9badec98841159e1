"""Tests of ratchetry.report.view."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from ratchetry.domain.record import Failure, Finding, Gate, Metric, RunRecord, StageResult, TestResult
from ratchetry.report import view
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile


def test_failing_gates_come_first_and_bounds_before_stages() -> None:
    """Gates are shown fail, not measured, warn, pass; within each, bounds come before stages."""
    rows = [(row.verdict, row.metric.startswith("stage.")) for row in view.gates(records.realistic())]
    order = ("fail", "not_measured", "warn", "pass")
    assert rows == sorted(rows, key=lambda row: (order.index(row[0]), row[1]))


def test_gates_say_value_bound_and_margin_with_units() -> None:
    """A gate's row has its value, told apart from its bound, the bound and the margin, each with its unit."""
    row = next(row for row in view.gates(records.realistic()) if row.metric == "coverage.line")
    assert (row.value, row.bound, row.margin) == ("87.999%", "≥ 88%", "-0.001 pp")


def test_metrics_without_gate_are_loose() -> None:
    """Every metric is either held by a gate or listed on its own, never both, never neither."""
    record = records.realistic()
    held = {gate.metric for gate in record.gates}
    assert set(view.loose_metrics(record)) == set(record.metrics) - held


def test_an_unmeasured_gate_has_the_unit_of_the_catalog() -> None:
    """A bound on a metric that was not measured is still shown in the metric's unit."""
    gate = Gate(metric="coverage.branch", kind="minimum", bound=70.0, verdict="not_measured", reason="no tests")
    (row,) = view.gates(replace(records.empty(), gates=(gate,)))
    assert (row.value, row.bound, row.margin) == ("", "≥ 70%", "")


def test_tests_that_fail_alike_are_grouped() -> None:
    """Failing tests stand together by signature, the most frequent first, summed up by what was raised."""
    groups = view.failing(records.realistic())
    assert [(len(group.tests), group.category) for group in groups] == [(4, "assertion"), (1, "error")]
    assert groups[0].summary == "AssertionError: assert Decimal('12.41') == Decimal('12.40')"


def test_a_failing_test_without_failure_entry_is_still_shown() -> None:
    """A failing test whose signature the record does not explain forms a group all the same."""
    record = replace(records.empty(), tests=(TestResult(id="a", outcome="failed", signature="s"),))
    assert [group.summary for group in view.failing(record)] == ["s"]


def test_a_failure_that_no_test_has_is_no_group() -> None:
    """A way of failing that no test of the record fails in is not counted."""
    record = replace(records.empty(), failures=(Failure(signature="s", category="c", evidence="e"),))
    assert view.failing(record) == ()


def test_findings_come_worst_first_and_only_once() -> None:
    """Findings are sorted by severity; failing tests and unaudited dependencies are told elsewhere."""
    found = view.findings(records.realistic())
    assert [row.severity for row in found] == sorted((row.severity for row in found), key=view.SEVERITIES.index)
    assert {row.tool for row in found} == {"bandit", "mypy", "ruff", "links"}


def test_findings_of_pytest_show_when_no_test_does() -> None:
    """A suite that failed without a test result still has its finding shown."""
    finding = Finding(tool="pytest", rule="collection", severity="high", path="tests/conftest.py")
    assert view.findings(replace(records.empty(), findings=(finding,))) == (finding,)


def test_counts_by_rule_and_file_add_up() -> None:
    """Findings counted by rule and by file are all the findings, the most frequent first."""
    found = view.findings(records.realistic())
    rules, files = view.by_rule(found), view.by_file(found)
    assert rules[0] == ("ruff", "ANN201", "low", 12)
    assert files[0] == ("src/parcel/store.py", 14)
    assert sum(count for *_, count in rules) == sum(count for _, count in files) == len(found)


def test_a_rule_has_its_worst_severity() -> None:
    """A rule that was found in two severities is listed in the worse one."""
    low = Finding(tool="t", rule="r", severity="low", path="a")
    assert view.by_rule((low, replace(low, severity="critical"))) == (("t", "r", "critical", 2),)


def test_everything_unmeasured_is_told_once() -> None:
    """Families, stages, dependencies and gates that were not measured are listed with their reasons, none twice."""
    rows = view.unmeasured(records.realistic())
    assert [row.what for row in rows] == [
        "security.vulnerabilities",
        "score.selector_accuracy_at_1",
        "click, requests, rich and 1 more",
    ]
    assert all(row.why for row in rows)


def test_skipped_stages_and_missing_stages_are_told() -> None:
    """A skipped stage says why, and so does the gate of a stage whose result never arrived."""
    stage = StageResult(status="skipped", reason="no benchmarks")
    gate = Gate(metric="stage.test", kind="measured", verdict="not_measured", reason="no result of this stage arrived")
    record = replace(records.empty(), stages={"benchmark": stage}, gates=(gate,))
    assert [(row.what, row.why) for row in view.unmeasured(record)] == [
        ("benchmark", "no benchmarks"),
        ("test", "no result of this stage arrived"),
    ]


def test_stages_come_in_their_fixed_order() -> None:
    """Stages are shown in the order of the main job whatever order the record has."""
    record = records.realistic()
    mixed = replace(record, stages=dict(sorted(record.stages.items(), reverse=True)) | {"extra": record.stages["test"]})
    assert [name for name, _ in view.stages(mixed)] == [
        "validate", "quality", "test", "security", "benchmark", "score", "extra",
    ]  # fmt: skip


def test_families_share_the_first_part_of_the_name() -> None:
    """Metrics are grouped by the first part of their name; one without a second part keeps its name."""
    assert view.families(["a.b", "a.c.d", "e"]) == {"a": (("a.b", "b"), ("a.c.d", "c.d")), "e": (("e", "e"),)}


def test_the_score_is_none_until_measured() -> None:
    """The total score is the metric's value, or None."""
    metric = Metric(value=0.5, unit="ratio", better="higher", stage="score")
    assert view.score(replace(records.empty(), metrics={"score.total": metric})) == 0.5
    assert view.score(records.empty()) is None


@few
@given(hostile)
def test_every_failing_test_is_in_one_group(record: RunRecord) -> None:
    """Grouping failing tests loses none and doubles none."""
    failing = [test for test in record.tests if test.outcome in {"failed", "error"}]
    grouped = [test for group in view.failing(record) for test in group.tests]
    assert sorted(grouped, key=repr) == sorted(failing, key=repr)
