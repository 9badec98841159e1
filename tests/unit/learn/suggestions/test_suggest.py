"""What is suggested, by what evidence, and in which order."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from hypothesis import given

from ratchetry.domain.comparison import Comparison
from ratchetry.domain.flaky import FlakyReport, Quarantine
from ratchetry.domain.record import Finding, StageResult
from ratchetry.domain.suggestion import KINDS, Suggestion, SuggestionKind
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import SeriesTrend
from ratchetry.learn.suggestions.made import COST, SEVERITY
from ratchetry.learn.suggestions.suggest import Evidence, suggested, unmeasured
from tests.unit.learn.suggestions.evidence import BEYOND, BUSY, FULL, STEADY, STEP, WORSENING, report, series
from tests.unit.report.hostile import few, hostile

EXPIRING = FlakyReport(
    runs=1, tests=1, quarantined=(Quarantine(test="tests/test_q.py::test_q", reason="slow disk", until="2026-03-12"),)
)
BOUND = Threshold(metric="coverage.line", kind="minimum", bound=70.0, target=90.0, increment=1.0)
EVERYTHING = Evidence(report=BUSY, record=FULL, flaky=EXPIRING, bounds=(BOUND,))
SLOWER = Comparison(
    name="benchmark.parse",
    unit="seconds",
    verdict="regressed",
    base=1.0,
    head=1.4,
    difference=0.4,
    interval=(0.3, 0.5),
    relative=True,
    margin=0.05,
    q_value=0.001,
)


def by_kind(evidence: Evidence) -> dict[SuggestionKind, Suggestion]:
    """Return the best suggestion of each kind."""
    return {one.kind: one for one in reversed(suggested(evidence, {}))}


@pytest.mark.parametrize(
    ("each", "kind"),
    [
        (series(), None),
        (series(forecast=BEYOND), "metric-failing"),
        (series(forecast=BEYOND, change_points=(STEP,), trend=WORSENING), "metric-failing"),
        (series(change_points=(STEP,), trend=WORSENING), "change-point"),
        (series("benchmark.x", change_points=(STEP,)), "slow-benchmark"),
        (series(change_points=(replace(STEP, q_value=0.2),)), None),
        (series(change_points=(replace(STEP, direction="down"),)), None),
        (series(better="higher", change_points=(STEP,)), None),
        (series(better=None, change_points=(STEP,)), None),
        (series(latest=1.0, change_points=(STEP,)), None),
        (series(change_points=(STEP, replace(STEP, direction="down"))), None),
        (series(trend=WORSENING), "metric-worsening"),
        (series("size.source_lines", trend=WORSENING), None),
    ],
)
def test_the_table_of_metrics(each: SeriesTrend, kind: SuggestionKind | None) -> None:
    """Of one metric there is one suggestion at most: its bound goes before its level, that before its trend."""
    found = suggested(Evidence(report=report(each)), {})
    assert [one.kind for one in found] == ([kind] if kind else [])
    if found:
        same = suggested(Evidence(report=report(series(each.name, forecast=BEYOND))), {})
        assert found[0].fingerprint == same[0].fingerprint, "the thing keeps its key while what is wrong changes"


def test_a_benchmark_that_the_newest_run_shows_slower() -> None:
    """A regression of a benchmark is enough; its margin is the noise that an improvement has to exceed."""
    found = by_kind(Evidence(report=report(series("benchmark.parse"), regressions=(SLOWER,))))["slow-benchmark"]
    assert found.goal.bound == pytest.approx(1.1)
    assert found.noise == pytest.approx(0.05)
    assert found.interval == (0.3, 0.5)


def test_every_kind_but_those_that_the_metrics_show() -> None:
    """From a report and a record with one of everything, each says where, what to do and when it is done."""
    found = by_kind(EVERYTHING)
    assert set(KINDS) - set(found) == {"metric-failing", "change-point"}
    told = {kind: (one.files[:1], one.command, one.goal.measure, one.goal.bound) for kind, one in found.items()}
    assert told["lint-rule"] == (("src/a.py",), "ruff check --select F401 src/a.py", "findings", 0.0)
    assert told["type-errors"] == (("src/a.py",), "mypy src/a.py", "findings", 0.0)
    assert told["vulnerable-dependency"] == (("uv.lock",), "pip install --upgrade jinja2", "findings", 0.0)
    assert told["complexity"] == (("src/c.py",), "ruff check --select C901 src/c.py", "metric", 18.0)
    assert told["broken-tests"] == (("tests/test_a.py",), "pytest tests/test_a.py::test_one", "tests", 0.0)
    assert told["threshold-target"] == ((), "ratchetry thresholds apply", "bound", 71.0)
    assert found["broken-tests"].goal.tests == ("tests/test_a.py::test_one", "tests/test_a.py::test_two")
    assert found["flaky-test"].test == "tests/test_a.py::test_flaky"
    assert found["flaky-test"].goal.runs == 20
    assert found["quarantine-expiring"].title.endswith("ends on 2026-03-12")
    assert found["uncovered-module"].goal.metric == "coverage.line"


def test_the_worst_goes_first() -> None:
    """What is broken and what is unsafe goes before style; all scores are the documented product."""
    found = suggested(EVERYTHING, {})
    kinds = [one.kind for one in found]
    assert set(kinds[:2]) == {"vulnerable-dependency", "broken-tests"}
    assert kinds.index("complexity") > kinds.index("type-errors") > 1
    for one in found:
        worth = one.worth
        product = 100 * worth.severity * worth.evidence * worth.gain * worth.works / worth.cost
        assert one.score == pytest.approx(product, abs=0.001)
    assert SEVERITY.keys() == COST.keys() == set(KINDS)


def test_the_longer_others_have_built_upon_a_change_the_less_undoing_it_is_worth() -> None:
    """A month halves the gain; a change whose day nobody knows counts in full."""
    scores = [
        suggested(Evidence(report=report(series(change_points=(replace(STEP, time=time),)), as_of=as_of)), {})[0].score
        for time, as_of in (("", "2026-03-31"), ("2026-03-31", "2026-03-31"), ("2026-03-01", "2026-03-31"))
    ]
    assert scores == pytest.approx([scores[0], scores[0], scores[0] / 2], abs=0.001)


def test_vulnerabilities_that_are_named_are_not_counted_as_well() -> None:
    """That there are more of them is said of none that is named, and of other metrics as before."""
    named = Finding(tool="pip-audit", rule="CVE-1", severity="high", path="setup.cfg", message="a 1: CVE-1, fixed in 2")
    over = series("security.vulnerabilities.high", forecast=BEYOND)
    without = suggested(Evidence(report=report(over, series(forecast=BEYOND))), {})
    found = suggested(
        Evidence(report=report(over, series(forecast=BEYOND)), record=replace(FULL, findings=(named,), tests=())), {}
    )
    assert [one.goal.metric for one in without] == ["security.vulnerabilities.high", "types.errors"]
    assert sorted(one.kind for one in found) == ["metric-failing", "vulnerable-dependency"]


def test_what_has_worked_before_counts_more() -> None:
    """The score follows how often advice of the kind moved its metric."""
    often = {one.kind: one.score for one in suggested(EVERYTHING, {"complexity": 1.0})}
    never = {one.kind: one.score for one in suggested(EVERYTHING, {"complexity": 0.1})}
    assert often["complexity"] == pytest.approx(10 * never["complexity"], rel=0.01)
    assert often["type-errors"] == never["type-errors"]


def test_flaky_tests_are_not_broken() -> None:
    """A test that is known as flaky and fails is one suggestion, not two."""
    tests = [one.test for one in suggested(EVERYTHING, {}) if one.test == "tests/test_a.py::test_flaky"]
    assert len(tests) == 1


def test_bounds_that_should_not_move() -> None:
    """A bound stays where its metric worsens, is at its target, or is too close."""
    for each, bound in (
        (series("coverage.line", better="higher", latest=80.0, trend=WORSENING), BOUND),
        (series("coverage.line", better="higher", latest=80.0), replace(BOUND, bound=90.0)),
        (series("coverage.line", better="higher", latest=70.5), BOUND),
        (series("coverage.line", better="higher", latest=80.0), replace(BOUND, target=None)),
    ):
        assert "threshold-target" not in by_kind(Evidence(report=report(each), bounds=(bound,)))


def test_what_was_not_measured_is_named() -> None:
    """Nothing found is told apart from nothing looked at."""
    assert "findings" in unmeasured(Evidence(report=report()))
    silent = replace(FULL, stages={"test": StageResult(status="not_measured", reason="no pytest")}, metrics={})
    told = unmeasured(Evidence(report=report(unmeasured={"flaky": "no tests"}), record=silent))
    assert told == {"trends: flaky": "no tests", "stage test": "no pytest"}
    kinds = {one.kind for one in suggested(Evidence(report=report(), record=silent), {})}
    assert kinds <= {"broken-tests", "vulnerable-dependency"}


@few
@given(record=hostile)
def test_hostile_records(record: object) -> None:
    """Whatever a record holds, commands are single words to a shell, and fingerprints are fingerprints."""
    evidence = Evidence(report=replace(BUSY, series=(series(trend=STEADY),)), record=record)  # type: ignore[arg-type]
    for one in suggested(evidence, {}):
        assert len(one.fingerprint) == 16
        assert 0.0 < one.score <= 100.0
        assert shlex.split(one.command)[0] in {"ratchetry", "ruff", "mypy", "pip", "pytest"}
