"""The trends of a project: one answer for each series, adjusted for all of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ratchetry.analyze.trend.evidence import Standing, evidence_of
from ratchetry.analyze.trend.project import Context, downsampled, series_trends
from ratchetry.domain.series import Point, Series
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import SPARKS
from tests.unit.analyze.trend.made import line, series

BOUND = Threshold(metric="coverage.line", kind="minimum", bound=70.0)


def test_everything_there_is_to_say_of_a_series() -> None:
    """A falling series worsens, its newest week says so, its bound has a date, and its sparkline is short."""
    falling = series(line(1, 120, rise=-6.0, noise=0.3))
    context = Context(
        as_of=falling.points[-1].time,
        runs=tuple(point.run for point in falling.points),
        thresholds={"coverage.line": BOUND},
    )
    (found,) = series_trends([falling], context)
    assert (found.name, found.n, found.latest) == ("coverage.line", 120, falling.points[-1].value)
    assert found.trend.verdict == "worsening"
    assert found.windows is not None
    assert found.windows.verdict == "regressed"
    assert found.forecast is not None
    assert found.forecast.state == "dated"
    assert len(found.sparkline) == SPARKS
    assert found.change_points == ()


def test_a_step_is_told_as_a_change_point() -> None:
    """A series whose level changed has a change point, and no trend."""
    stepped = series(np.where(np.arange(80) < 50, 80.0, 90.0) + np.random.default_rng(2).normal(size=80))
    (found,) = series_trends([stepped], Context(as_of=stepped.points[-1].time, thresholds={}))
    assert [change.index for change in found.change_points] == [50]
    assert (found.trend.direction, found.trend.n) == ("none", 30)


def test_more_series_make_it_harder() -> None:
    """Adding series of noise changes nothing but the q-values, which grow."""
    falling = series(line(1, 60, rise=-3.0))
    others = [series(line(seed, 60, rise=0.0), name=f"score.part_{seed}") for seed in range(9)]
    context = Context(as_of=falling.points[-1].time, thresholds={})
    (alone,) = series_trends([falling], context)
    found = series_trends([falling, *others], context)[0]
    assert found.trend.p_value == alone.trend.p_value == alone.trend.q_value
    assert found.trend.q_value is not None
    assert found.trend.p_value is not None
    assert found.trend.q_value > found.trend.p_value
    assert replace(found.trend, q_value=None, verdict="unknown", reason="") == replace(
        alone.trend, q_value=None, verdict="unknown", reason="", direction=found.trend.direction
    )


def test_series_without_numbers_are_left_out() -> None:
    """No point, NaN alone, and one value: the first two have no answer, the last one has a value and no trend."""
    odd = [Series(name="a"), series([math.nan, math.inf], name="b"), series([2.0], name="c")]
    (found,) = series_trends(odd, Context(as_of="", thresholds={}))
    assert (found.name, found.latest, found.trend.verdict, found.windows) == ("c", 2.0, "unknown", None)


def test_gaps_show_in_the_sparkline() -> None:
    """A run that did not measure a metric leaves a gap."""
    given = series([1.0, 2.0, 3.0])
    (found,) = series_trends([given], Context(as_of="", runs=("0-1", "other", "1-1", "2-1"), thresholds={}))
    assert found.sparkline == (1.0, None, 2.0, 3.0)


def test_downsampling() -> None:
    """Each part of a longer series becomes its median, None where nothing was measured."""
    assert downsampled([1.0, None], 5) == (1.0, None)
    assert downsampled([1.0, 3.0, None, None, 5.0, None], 3) == (2.0, None, 5.0)


def test_what_is_no_evidence() -> None:
    """Reused results, tests of an outage, and what flaky tests moved are left out; the rest stays."""
    points = tuple(Point(value=1.0, run=run) for run in ("sound", "reused", "outage", "flaky"))
    standings = {"reused": Standing(reused=frozenset({"test"})), "outage": Standing(outage=True)}
    standings["flaky"] = Standing(flaky=True)

    def left(name: str) -> list[str]:
        return [point.run for point in evidence_of(Series(name=name, points=points), standings).points]

    assert left("tests.pass_rate") == ["sound"]
    assert left("coverage.line") == left("tests.total") == ["sound", "flaky"]
    assert left("score.total") == ["sound", "reused"]
    assert left("lint.findings") == left("of.nobody") == ["sound", "reused", "outage", "flaky"]
