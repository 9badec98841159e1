"""The light core against cases that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import pytest

from ratchetry.fleet.light import ANALYSES, blame, main_runs, regressions, trend, weekly
from ratchetry.fleet.light_tests import flaky, flaky_weeks
from ratchetry.fleet.results import RunResults

NOON: Final = datetime(2026, 1, 5, 12)  # noqa: DTZ001 - times in the views have no zone
RUN: Final = RunResults(
    repository="a/x",
    run_id="1",
    attempt=1,
    started=NOON,
    branch="main",
    commit="c",
    pull_request=None,
    verdict="pass",
    duration=60.0,
    tests_passed=9,
    tests_failed=1,
    gauges=(80.0, 1, 2, 10.0, 0.9),
    changed=(),
    tests=("t.py::a",),
    outcomes="P",
)


def runs(outcomes: str, commits: str) -> list[RunResults]:
    """Return runs, an hour apart, of one test that ends like this on these commits (- is none)."""
    return [
        replace(
            RUN,
            run_id=str(at),
            started=NOON + timedelta(hours=at),
            commit=None if commit == "-" else commit,
            outcomes=outcome,
        )
        for at, (outcome, commit) in enumerate(zip(outcomes, commits, strict=True))
    ]


@pytest.mark.parametrize("name", ANALYSES)
def test_no_run_and_one_run_have_an_answer(name: str) -> None:
    """Nothing is found in nothing, and one run is enough to be counted."""
    assert ANALYSES[name]([]) == []
    assert isinstance(ANALYSES[name]([RUN]), list)
    assert isinstance(ANALYSES[name]([replace(RUN, started=None)]), list)


@pytest.mark.parametrize(
    ("outcomes", "commits", "expected"),
    [
        ("PF", "aa", (1, 1)),
        ("PR", "ab", (1, 1)),
        ("PSF", "aaa", (1, 1)),
        ("PFP", "abc", None),
        ("PFP", "---", None),
        ("PFPF", "abcd", (0, 3)),
        ("FFFF", "aabb", None),
        ("PPPP", "aabb", None),
    ],
)
def test_flaky_is_both_outcomes_on_one_commit_or_back_and_forth(
    outcomes: str, commits: str, expected: tuple[int, int] | None
) -> None:
    """A regression and its repair on different commits are no flakiness."""
    found = [(row["flaky_commits"], row["flips"]) for row in flaky(runs(outcomes, commits))]
    assert found == ([] if expected is None else [expected])


def test_results_of_different_branches_do_not_follow_each_other() -> None:
    """A branch on which a test fails makes no flips on the one on which it passes."""
    mixed = [replace(run, branch="ab"[at % 2]) for at, run in enumerate(runs("PFPFPF", "abcdef"))]
    assert flaky(mixed) == []


def test_the_week_of_a_flaky_commit_is_that_of_its_last_run() -> None:
    """A commit that is run again a week later counts then."""
    first, second = runs("PF", "aa")
    later = replace(second, started=NOON + timedelta(days=7))
    assert flaky_weeks([first, later]) == [{"repository": "a/x", "week": date(2026, 1, 12), "flaky_tests": 1}]


def test_windows_add_up_before_they_divide() -> None:
    """The last 7 days end with the day itself, and leave out the one a week before."""
    days = [replace(RUN, run_id=str(at), started=NOON + timedelta(days=at)) for at in (0, 6, 7, 40)]
    days[1] = replace(days[1], tests_passed=0, tests_failed=90, gauges=(None, *RUN.gauges[1:]))
    rows = {row["day"]: row for row in trend(days)}
    assert [rows[NOON.date() + timedelta(days=at)]["runs_7"] for at in (0, 6, 7, 40)] == [1, 2, 2, 1]
    assert [rows[NOON.date() + timedelta(days=at)]["runs_30"] for at in (7, 40)] == [3, 1]
    assert rows[NOON.date() + timedelta(days=7)]["pass_rate_7"] == pytest.approx(0.09)
    assert rows[NOON.date() + timedelta(days=6)]["coverage_7"] == 80


def test_a_run_without_tests_or_coverage_has_no_rate() -> None:
    """Not measured is not 0."""
    (row,) = trend([replace(RUN, tests_passed=None, gauges=(None,) * 5)])
    assert (row["pass_rate_7"], row["coverage_7"]) == (None, None)


def test_the_main_branch_is_that_of_most_runs_outside_of_pull_requests() -> None:
    """Pull requests do not count, and of two branches with as many runs the first by name is it."""
    on = [("main", None), ("dev", None), ("topic", 1), ("topic", 1)]
    rows = [replace(RUN, run_id=str(at), branch=branch, pull_request=pr) for at, (branch, pr) in enumerate(on)]
    assert [run.branch for run in main_runs(rows)] == ["dev"]
    assert [run.branch for run in main_runs([*rows, replace(rows[0], run_id="9")])] == ["main", "main"]


def test_blame_is_a_posterior_and_a_lift() -> None:
    """The file in whose changes a module fails more than otherwise has a lift above 1."""
    rows = [
        replace(RUN, run_id=str(at), changed=changed, outcomes=outcome)
        for at, (changed, outcome) in enumerate([(("a",), "F"), (("a",), "F"), (("b",), "P"), (("b",), "P"), ((), "F")])
    ]
    (row,) = blame(rows)
    assert (row["path"], row["module"], row["n"], row["k"]) == ("a", "t.py", 2, 2)
    assert row["mean"] == pytest.approx(3 / 4)
    assert row["sd"] == pytest.approx((3 / 80) ** 0.5)
    assert row["lift"] == pytest.approx(2)


def test_a_regression_lasts_from_its_first_failure_to_the_next_pass() -> None:
    """Runs that were not measured neither begin nor end one, and the last may be open."""
    verdicts = ("pass", "fail", "not_measured", "fail", "warn", "fail")
    rows = [
        replace(RUN, run_id=str(at), started=NOON + timedelta(hours=at), verdict=verdict)
        for at, verdict in enumerate(verdicts)
    ]
    assert [(row["began"], row["ended"]) for row in regressions(rows)] == [
        (NOON + timedelta(hours=1), NOON + timedelta(hours=4)),
        (NOON + timedelta(hours=5), None),
    ]


def test_pull_requests_cost_but_do_not_count_otherwise() -> None:
    """The minutes of all runs are spent; rates are those of the main branch."""
    (row,) = weekly([RUN, replace(RUN, run_id="2", pull_request=3, branch="topic", verdict="fail")])
    assert (row["runs"], row["seconds"], row["main_runs"], row["judged"], row["passing"]) == (2, 120.0, 1, 1, 1)
