"""Tests of ratchetry.report.page."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.report import page
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile


def test_tiles_say_what_was_not_measured() -> None:
    """A figure that is missing is shown as not measured, never as zero."""
    assert {tile.value for tile in page.tiles(records.empty())} == {"not measured"}
    by_label = {tile.label: tile for tile in page.tiles(records.realistic())}
    assert (by_label["Tests"].value, by_label["Tests"].note, by_label["Tests"].tone) == ("1,204", "5 failed", "fail")
    assert by_label["Vulnerabilities"].value == "not measured"
    assert by_label["Vulnerabilities"].note == "4 not audited"


def test_the_slowest_stage_has_the_longest_bar() -> None:
    """Stage bars are shares of the slowest stage."""
    bars = {row.name: row.bar.length for row in page.stage_rows(records.realistic())}
    assert bars["test"] == 100.0
    assert bars["quality"] == 17.97


def test_gates_that_do_not_pass_are_explained() -> None:
    """A gate that does not pass has a reason if there is one: a stage's, or what the failed stage measured."""
    reasons = {line.row.metric: line.reason for line in page.gate_lines(records.realistic())}
    assert reasons["stage.quality"] == "14 lint findings, 3 type errors, 0 files to format"
    assert reasons["stage.security"] == "not measured: security.vulnerabilities"
    assert reasons["security.vulnerabilities.critical"].startswith("no advisory service")
    assert reasons["stage.validate"] == ""


def test_coverage_stands_against_its_bound() -> None:
    """Each kind of coverage that was measured has a bar, with a mark where a gate holds it."""
    rows = {row.label: row for row in page.coverage_rows(records.realistic())}
    assert (rows["Lines"].bar.mark, rows["Lines"].verdict) == (88.0, "fail")
    assert (rows["Changed lines"].bar.mark, rows["Changed lines"].bound) == (None, "")
    assert page.coverage_rows(records.empty()) == ()


def test_slices_follow_each_other() -> None:
    """Outcomes are parts of one bar, in order, without gaps."""
    passed = TestResult(id="a", outcome="passed")
    tests = (
        passed,
        replace(passed, id="b"),
        TestResult(id="c", outcome="failed"),
        TestResult(id="d", outcome="skipped"),
    )
    rows = page.slices(replace(records.empty(), tests=tests))
    assert [(row.outcome, row.start, row.length) for row in rows] == [
        ("passed", 0.0, 50.0),
        ("skipped", 50.0, 25.0),
        ("failed", 75.0, 25.0),
    ]


def test_benchmarks_have_median_spread_and_rounds() -> None:
    """A benchmark shows the statistics its tool gave and how many rounds were measured, thinned ones included."""
    row = page.benchmark_rows(records.realistic())[1]
    assert (row.name, row.rounds) == ("benchmarks/test_speed.py::test_route[large]", "80")
    assert row.median.endswith(" ms")
    assert row.plot is not None
    thinned = replace(records.realistic().benchmarks[0], statistics={"rounds_measured": 90_000})
    (row,) = page.benchmark_rows(replace(records.empty(), benchmarks=(thinned,)))
    assert (row.median, row.spread, row.rounds) == ("", "", "90,000")


def test_the_environment_leaves_out_what_is_unknown() -> None:
    """Only facts that are known are listed."""
    facts = dict(page.environment(records.realistic()))
    assert facts["Compared with"].endswith("(1 changed file)")
    assert facts["Processor"] == "AMD EPYC 7763 64-Core Processor, 4 cores"
    assert dict(page.environment(records.empty())) == {"Run": "1, attempt 1", "Event": "local"}


@few
@given(hostile)
def test_rows_can_be_made_of_anything(record: RunRecord) -> None:
    """Every stage, gate, metric and benchmark of any record has its row."""
    assert len(page.stage_rows(record)) == len(record.stages)
    assert len(page.gate_lines(record)) == len(record.gates)
    assert len(page.metric_rows(record)) == len(record.metrics)
    assert len(page.benchmark_rows(record)) == len(record.benchmarks)
    assert all(0 <= row.start + row.length <= 100.1 for row in page.slices(record))
