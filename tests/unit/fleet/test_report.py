"""The report on many repositories: what weeks add up to, what degrades, and how it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ratchetry.fleet.degrading import LEAST_WEEKS, Week, degrading
from ratchetry.fleet.light import ANALYSES
from ratchetry.fleet.render import as_json, markdown, table
from ratchetry.fleet.report import NEEDED, FleetReport, fleet_report
from ratchetry.fleet.results import results_of
from ratchetry.fleet.rows import Cell
from tests.histories import Shape, history

MONDAY = date(2026, 1, 5)
SUMS = {
    "runs": 2,
    "seconds": 600,
    "main_runs": 2,
    "passing": 1,
    "judged": 2,
    "passed": 90,
    "decided": 100,
    "coverage": 160.0,
    "coverage_n": 2,
    "lint_findings": 4,
    "lint_findings_n": 2,
    "type_errors": 2,
    "type_errors_n": 2,
    "complexity": 20.0,
    "complexity_n": 2,
    "score": 1.6,
    "score_n": 2,
}


def weekly(repository: str, changes: Mapping[str, float] | None = None) -> dict[str, Cell]:
    """Return a row of a week."""
    return {"repository": repository, "week": MONDAY, **SUMS, **(changes or {})}


def reported(
    rows: Sequence[dict[str, Cell]],
    flaky: Sequence[dict[str, Cell]] = (),
    broken: Sequence[dict[str, Cell]] = (),
    tests: Sequence[dict[str, Cell]] = (),
) -> FleetReport:
    """Return the report on rows of the analyses."""
    return fleet_report(MONDAY, {"weekly": rows, "flaky_weeks": flaky, "regressions": broken, "flaky": tests})


def test_rates_are_pooled_and_gauges_are_means_over_repositories() -> None:
    """A repository with many runs weighs more in the pass rate, and the same as any other in coverage."""
    large = {name: value * 100 for name, value in SUMS.items()}
    report = reported([weekly("a/x"), weekly("a/y", {**large, "coverage": 60.0 * 200, "passed": 10_000})])
    total = report.total
    assert (total.repositories, total.runs, total.minutes) == (2, 202, 1010)
    assert total.pass_rate == pytest.approx(10_090 / 10_100)
    assert total.coverage == pytest.approx(70)
    assert (total.success_rate, total.debt, total.complexity) == (0.5, 3, 10)
    assert total.score_gap == pytest.approx(0.2)
    assert report.owners == (replace(total, name="a"),)


def test_what_was_not_measured_is_none_and_never_zero() -> None:
    """Without a coverage, test, finding or score there is no rate, debt or gap."""
    nothing = {name: 0.0 for name in SUMS if name not in {"runs", "seconds"}}
    (line,) = reported([weekly("a/x", nothing)]).repositories
    assert (line.success_rate, line.pass_rate, line.coverage, line.debt, line.complexity, line.score_gap) == (None,) * 6
    assert line.runs == 2


def test_the_lead_time_is_the_median_of_the_regressions_that_ended() -> None:
    """One that is still open is counted, and has no lead time."""
    noon = datetime(2026, 1, 6, 12)  # noqa: DTZ001 - times in the views have no zone
    broken: list[dict[str, Cell]] = [
        {"repository": "a/x", "began": noon, "ended": noon + timedelta(hours=hours)} for hours in (1, 2, 30)
    ]
    report = reported([weekly("a/x")], broken=[*broken, {"repository": "a/x", "began": noon, "ended": None}])
    (line,) = report.weeks
    assert (line.name, line.regressions, line.unrecovered, line.lead_hours) == ("2026-01-05", 4, 1, 2)


def test_an_empty_fleet_is_reported_as_such() -> None:
    """Nothing to report on is a report without lines."""
    report = reported([])
    assert (report.repositories, report.total.runs, report.total.pass_rate) == ((), 0, None)
    assert "Nothing that could be told from chance" in table(report)


def weeks(repository: str, values: Sequence[float]) -> list[Week]:
    """Return weeks with values of coverage."""
    return [
        Week(
            repository=repository,
            monday=MONDAY + timedelta(weeks=at),
            flaky_tests=0,
            sums={**SUMS, "coverage": value * 2},
        )
        for at, value in enumerate(values)
    ]


def test_a_steady_fall_is_found() -> None:
    """Coverage that falls by a point a week degrades, by as much as the slope says."""
    (found,) = degrading(weeks("a/x", [90 - at + 0.3 * (at % 2) for at in range(12)]))
    assert (found.repository, found.measure, found.weeks) == ("a/x", "coverage", 12)
    assert found.change == pytest.approx(-11, abs=0.6)
    assert found.q_value < 0.001


@pytest.mark.parametrize(
    "values",
    [
        [90.0 + at for at in range(12)],
        [90 - 0.01 * at for at in range(12)],
        [90.0] * 12,
        [90 - at for at in range(LEAST_WEEKS - 1)],
        [90, 50, 91, 51, 92, 52, 91, 50, 90, 51, 92, 52],
    ],
    ids=["rises", "too small", "constant", "too short", "swings"],
)
def test_what_does_not_fall_for_sure_is_not_found(values: list[float]) -> None:
    """A rise, a trifle, a constant, a short and a noisy series are no degradation."""
    assert degrading(weeks("a/x", values)) == ()


def test_many_repositories_make_each_finding_harder() -> None:
    """What is found alone may be chance among a hundred."""
    fall = weeks("a/x", [91, 90, 88.5, 89, 88, 87.5, 86, 86.5])
    assert [row.repository for row in degrading(fall)] == ["a/x"]
    others = [week for at in range(100) for week in weeks(f"b/{at:03}", [90, 91, 90, 91, 90, 91, 90, 91])]
    assert degrading([*fall, *others]) == ()


def test_tests_that_are_flaky_in_several_repositories_are_listed() -> None:
    """One that is flaky in one repository alone is not; the most widespread comes first."""

    def row(repository: str, test: str) -> dict[str, Cell]:
        return {"repository": repository, "test": test, "failures": 2, "flips": 3}

    report = reported([], tests=[row("b", "t1"), row("a", "t1"), row("a", "t2"), *(row(name, "t3") for name in "abc")])
    assert [(shared.test, shared.repositories, shared.flips) for shared in report.flaky] == [
        ("t3", ("a", "b", "c"), 9),
        ("t1", ("a", "b"), 6),
    ]


def made_up() -> FleetReport:
    """Return the report on two made-up histories."""
    shapes = (Shape(runs=80, decline=0.2, per_day=1), Shape(repository="<b>|`x`", seed=4, runs=30))
    runs = [results_of(record) for shape in shapes for record in history(shape)]
    return fleet_report(MONDAY, {name: ANALYSES[name](runs) for name in NEEDED})


def test_the_report_has_all_its_parts() -> None:
    """The declining repository is named, with its measure, for people and programs alike."""
    report = made_up()
    assert [(row.repository, row.measure) for row in report.degrading] == [("acme/anvil", "coverage")]
    text = table(report)
    assert all(
        title in text for title in ("Weeks since", "Owners", "Repositories", "What degrades", "flaky in several")
    )
    document = json.loads(as_json(report))
    assert document["since"] == "2026-01-05"
    assert len(document["weeks"]) == 12


def test_names_in_markdown_are_harmless() -> None:
    """A hostile name makes no markup and no cell of its own."""
    text = markdown(made_up())
    rows = [line for line in text.splitlines() if line.startswith("|") and "b" in line and "x" in line and "<" in line]
    assert rows
    assert all("<b>" not in row and row.count(" | ") == 12 for row in rows)
