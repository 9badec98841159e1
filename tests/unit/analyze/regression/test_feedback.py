"""What of a trend report is told, and when someone has to act."""

from __future__ import annotations

from dataclasses import replace

from ratchetry.analyze.regression.feedback import feedback_of
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.feedback import Feedback
from ratchetry.domain.trend import Forecast, Trend
from ratchetry.domain.trend_report import FlakySummary, SeriesTrend, TrendReport

SLOWER = Comparison(
    name="benchmark.x",
    unit="seconds",
    verdict="regressed",
    base=1.0,
    head=1.2,
    difference=0.2,
    interval=(0.15, 0.25),
    relative=True,
    margin=0.03,
    p_value=0.001,
    q_value=0.02,
)
EXACT = replace(SLOWER, name="lint.findings", unit="count", p_value=None, q_value=None, relative=False)
STEP = ChangePoint(
    index=20,
    newest=5,
    direction="up",
    effect=0.2,
    interval=(0.1, 0.3),
    relative=True,
    p_value=1e-6,
    q_value=0.004,
    before=1.0,
    after=1.2,
    first_bad="c0ffee1",
)
SERIES = SeriesTrend(name="benchmark.x", unit="seconds", better="lower", n=25, latest=1.2, trend=Trend())


def test_a_regression_at_the_threshold_calls_for_action() -> None:
    """The q-value decides; what is exact counts at any threshold."""
    report = TrendReport(regressions=(SLOWER, EXACT))
    both = feedback_of(report, 0.05)
    assert both.action_needed
    assert both.regressed == (
        "benchmark.x: +20% (+15% to +25%), 1 before, 1.2 now, q 0.02",
        "lint.findings: +0.2 count, 1 before, 1.2 now, exact",
    )
    assert len(feedback_of(report, 0.01).regressed) == 1


def test_an_improvement_is_told_and_calls_for_nothing() -> None:
    """What is better is feedback, what is unchanged or inconclusive none."""
    better = feedback_of(TrendReport(regressions=(replace(SLOWER, verdict="improved"),)), 0.05)
    assert (better.has_feedback, better.action_needed) == (True, False)
    nothing = (replace(SLOWER, verdict="unchanged"), replace(SLOWER, verdict="inconclusive"))
    assert feedback_of(TrendReport(regressions=nothing), 0.05) == Feedback()


def test_a_new_step_for_the_worse_calls_for_action() -> None:
    """An old one does not, nor one for the better, nor one that is not significant."""

    def told(**changes: object) -> Feedback:
        point = replace(STEP, **changes)  # type: ignore[arg-type]  # a wrong field fails the test
        return feedback_of(TrendReport(series=(replace(SERIES, change_points=(point,)),)), 0.05)

    assert told().worse == ("benchmark.x: +20.0% since c0ffee1, q 0.004",)
    assert told(direction="down").better
    assert not told(direction="down").action_needed
    assert told(newest=21) == told(q_value=0.06) == told(q_value=None) == Feedback()


def test_a_series_without_a_better_direction_is_neither() -> None:
    """Nobody knows whether its step is good."""
    series = replace(SERIES, better=None, change_points=(STEP,))
    assert feedback_of(TrendReport(series=(series,)), 0.05) == Feedback()


def test_bounds_ahead_and_flaky_tests_are_told() -> None:
    """They need no action of this run."""
    soon = Forecast(kind="maximum", bound=2.0, state="dated", likely="2026-05-01")
    far = replace(soon, state="later")
    report = TrendReport(
        series=(replace(SERIES, forecast=soon), replace(SERIES, name="y", forecast=far)),
        flaky=FlakySummary(active=1, tests=9, names=("tests/test_x.py::test_y",)),
    )
    found = feedback_of(report, 0.05)
    assert found.heading == ("benchmark.x: maximum 2, hit about 2026-05-01",)
    assert found.flaky == ("tests/test_x.py::test_y",)
    assert (found.has_feedback, found.action_needed, found.blind) == (True, False, False)


def test_what_was_not_measured_is_told() -> None:
    """Without a comparison of the newest run, silence means nothing."""
    found = feedback_of(TrendReport(unmeasured={"regressions": "no run before it"}), 0.05)
    assert (found.has_feedback, found.blind) == (True, True)
    assert found.unmeasured == ("regressions: no run before it",)
