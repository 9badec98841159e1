"""Evidence for suggestions: a record with one of everything, and trend reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.record import Failure, Finding, Metric, RunRecord, TestResult
from ratchetry.domain.suggestion import Goal, Suggestion, SuggestionKind
from ratchetry.domain.trend import Forecast, Trend
from ratchetry.domain.trend_report import FlakySummary, ModuleEvidence, SeriesTrend, TrendReport
from ratchetry.learn.suggestions.made import worth
from tests.pipeline.ci.envelopes import record_of

AS_OF: Final = "2026-03-10T00:00:00Z"


def record(day: int = 10, **changes: object) -> RunRecord:
    """Return a run of a day in March."""
    made = record_of("pass", run_id=str(day), started=f"2026-03-{day:02}T00:00:00Z")
    return replace(made, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def metric(value: float, unit: str = "count") -> Metric:
    """Return a metric."""
    return Metric(value=value, unit=unit, better="lower", stage="quality")


def valued(day: int, **values: float) -> RunRecord:
    """Return a run that measured metrics; `_` stands for the dot in their names."""
    return record(day, metrics={name.replace("_", "."): metric(value) for name, value in values.items()})


FULL: Final = record(
    metrics={
        "lint.findings": metric(3),
        "types.errors": metric(2),
        "complexity.max": metric(24, "paths"),
        "coverage.line": metric(80, "percent"),
        "security.vulnerabilities.high": metric(1),
    },
    findings=(
        *(
            Finding(tool="ruff", rule="F401", severity="medium", path="src/a.py", line=n, message="unused")
            for n in (1, 2)
        ),
        Finding(tool="ruff", rule="E501", severity="low", path="src/b.py", line=3, message="long"),
        Finding(tool="ruff", rule="C901", severity="info", path="src/c.py", line=9, message="`f` has 24 independent"),
        *(
            Finding(tool="mypy", rule="arg-type", severity="medium", path="src/a.py", line=n, message="x")
            for n in (4, 5)
        ),
        Finding(tool="pip-audit", rule="GHSA-1", severity="high", path="uv.lock", message="jinja2 2.0: GHSA-1, fixed"),
        Finding(tool="coverage", rule="changed-line-not-covered", severity="info", path="src/a.py", line=7),
    ),
    tests=(
        TestResult(id="tests/test_a.py::test_one", outcome="failed", signature="s"),
        TestResult(id="tests/test_a.py::test_two", outcome="error", signature="s"),
        TestResult(id="tests/test_a.py::test_flaky", outcome="failed", signature="t"),
    ),
    failures=(Failure(signature="s", category="assertion", evidence="1 != 2"),),
)
STEP: Final = ChangePoint(
    index=20,
    newest=12,
    direction="up",
    effect=0.5,
    interval=(0.4, 0.6),
    relative=True,
    p_value=0.0001,
    before=1.0,
    after=1.5,
    last_good="a" * 40,
    first_bad="b" * 40,
)
WORSENING: Final = Trend(
    n=30, days=30.0, since="2026-02-01", slope=0.1, interval=(0.08, 0.12), level=5.0, q_value=0.001, verdict="worsening"
)
BEYOND: Final = Forecast(kind="maximum", bound=3.0, state="beyond")
STEADY: Final = Trend(verdict="steady")


def series(name: str = "types.errors", **changes: object) -> SeriesTrend:
    """Return a series that says nothing, with some fields set."""
    made = SeriesTrend(name=name, unit="count", better="lower", n=30, latest=5.0, trend=STEADY)
    return replace(made, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def report(*each: SeriesTrend, **changes: object) -> TrendReport:
    """Return a trend report of the newest run."""
    made = TrendReport(branch="main", as_of=AS_OF, run="10-1", commit="c" * 40, runs=30, series=each)
    return replace(made, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


BUSY: Final = report(
    series(trend=WORSENING),
    series("benchmark.parse", unit="seconds", change_points=(STEP,)),
    series("coverage.line", unit="percent", better="higher", latest=80.0),
    flaky=FlakySummary(active=1, tests=3, names=("tests/test_a.py::test_flaky",)),
    modules=(ModuleEvidence(module="src", passed=2, failed=8, blame_mean=0.6, interval=(0.4, 0.8)),),
)


def suggestion(
    fingerprint: str = "0" * 16,
    kind: SuggestionKind = "type-errors",
    score: float = 10.0,
    *,
    name: str = "types.errors",
    bound: float = 0.0,
    value: float = 5.0,
) -> Suggestion:
    """Return a suggestion to bring a metric down to a bound."""
    return Suggestion(
        fingerprint=fingerprint,
        kind=kind,
        code_type="source",
        title=f"{name} is bad",
        why="It is.",
        files=("src/a.py",),
        runs=("10-1",),
        command="mypy src/a.py",
        goal=Goal(measure="metric", metric=name, kind="maximum", bound=bound),
        value=value,
        worth=worth(kind, evidence=1.0, gain=1.0),
        score=score,
    )
