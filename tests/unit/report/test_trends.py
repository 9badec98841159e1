"""Trend reports for people."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from defusedxml import ElementTree

from ratchetry.domain.comparison import Comparison
from ratchetry.domain.moment import time_of
from ratchetry.domain.series import Point, Series
from ratchetry.domain.trend import Forecast, ForecastState, Trend
from ratchetry.domain.trend_report import SeriesTrend, TrendReport
from ratchetry.report.sparkline import PLAIN
from ratchetry.report.trends import forecast_text, headline, markdown, plot, terminal
from tests.unit.report.hostile import HOSTILE_TEXTS

FALLING: Final = SeriesTrend(
    name="coverage.line",
    unit="percent",
    better="higher",
    n=60,
    latest=78.0,
    sparkline=(80.0, 79.0, None, 78.0),
    trend=Trend(
        n=60,
        days=29.5,
        slope=-0.1,
        interval=(-0.12, -0.08),
        level=78.0,
        direction="down",
        verdict="worsening",
        reason="significant among all metrics (q 1e-09)",
    ),
    windows=Comparison(
        name="coverage.line",
        unit="percent",
        verdict="regressed",
        base=79.0,
        head=78.0,
        difference=-1.0,
        interval=(-1.5, -0.5),
        relative=False,
        margin=0.1,
        reason="medians of 2 values each",
    ),
    forecast=Forecast(
        kind="minimum",
        bound=75.0,
        state="dated",
        earliest="2026-03-20",
        likely="2026-04-02",
        latest="2026-04-20",
        reason="if it goes on as it does",
    ),
)
FEW: Final = SeriesTrend(name="lint.findings", unit="count", n=1, latest=3.0, trend=Trend(reason="too few"))
REPORT: Final = TrendReport(
    branch="main",
    since="2026-01-05T08:00:00Z",
    as_of="2026-03-05T08:00:00Z",
    runs=60,
    series=(FEW, FALLING),
    unmeasured={"flaky": "no run has results of tests"},
    notes=("a remark",),
)


def test_a_table_for_terminals() -> None:
    """Each series has a row: its value, sparkline, trend in 30 days with interval, newest week, and forecast."""
    text = terminal(REPORT)
    assert text.startswith("2 series (1 worsening, 1 unknown) over 60 runs of main, 2026-01-05 to 2026-03-05\n")
    row = next(line for line in text.splitlines() if line.startswith("coverage.line"))
    for part in ("78.0%", "█▅ ▁", "worsening", "-3.0 pp", "-3.6 pp to -2.4 pp", "regressed (-1.0 pp)"):
        assert part in row
    assert row.endswith("75% about 2026-04-02 (2026-03-20 to 2026-04-20)")
    assert "lint.findings: too few" in text
    assert "coverage.line, 7 days against 23: medians of 2 values each" in text
    assert "flaky not measured: no run has results of tests\na remark" in text
    assert "#* _" not in text
    assert "#" in terminal(REPORT, PLAIN)


def test_a_table_in_markdown() -> None:
    """It has the same cells, escaped."""
    text = markdown(REPORT)
    assert text.startswith("### Trends\n\n2 series")
    assert "| `coverage.line` | 78.0% | `█▅ ▁` | worsening | -3.0 pp |" in text
    assert text.endswith("- a remark\n")


def test_a_direction_without_a_verdict_is_shown() -> None:
    """What rises, and is neither better nor worse, rises."""
    neutral = replace(
        FALLING, better=None, trend=replace(FALLING.trend, verdict="unknown"), windows=None, forecast=None
    )
    text = terminal(replace(REPORT, series=(neutral,)))
    row = next(line for line in text.splitlines() if line.startswith("coverage.line"))
    assert row.split()[:6] == ["coverage.line", "78.0%", "█▅", "▁", "down", "-3.0"]


def test_hours_are_not_taken_for_a_month() -> None:
    """What was seen for less than a week is told for that time."""
    short = replace(FALLING, trend=replace(FALLING.trend, days=2.0))
    text = terminal(replace(REPORT, series=(short,)))
    assert "-0.2 pp in 2.0 d" in text
    assert "-0.2 pp to -0.2 pp" in text


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("dated", "75% about 2026-04-02 (2026-03-20 or later)"),
        ("later", "75% not within a year"),
        ("away", "75%, moving away"),
        ("beyond", "75% is passed already"),
        ("unknown", "75%"),
    ],
)
def test_forecasts_in_words(state: ForecastState, text: str) -> None:
    """Each state has its words."""
    assert FALLING.forecast is not None
    assert forecast_text(replace(FALLING.forecast, state=state, latest=""), "percent") == text
    assert forecast_text(None, "percent") == ""


def test_the_plot_begins_with_what_worsens() -> None:
    """Series that worsen come first, with what 30 days change."""
    points = tuple(Point(value=80 - at / 20, time=time_of(20_500 + at / 2)) for at in range(60))
    svg = plot(REPORT, [Series(name=name, points=points) for name in ("lint.findings", "coverage.line")])
    ElementTree.fromstring(svg)
    assert svg.index("worsening, -3.0 pp in 30 days") < svg.index(">lint.findings<")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_texts(name: str) -> None:
    """Names and notes never break a table, and nothing in them steers a terminal."""
    hostile = replace(REPORT, branch=name, series=(replace(FALLING, name=name, unit=name),), notes=(name,))
    text = terminal(hostile)
    assert all(line.isprintable() for line in text.splitlines())
    assert "::set-output" not in text
    rows = [line for line in markdown(hostile).splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {9}


def test_too_many_series_for_a_table() -> None:
    """A table ends somewhere, and says how many are left."""
    many = replace(REPORT, series=tuple(replace(FEW, name=f"score.{at}") for at in range(305)))
    assert "and 5 more series: --metric chooses some, --format json has all" in terminal(many)
    assert headline(many).startswith("305 series (305 unknown)")
    assert headline(TrendReport()) == "no runs: nothing can be said of trends yet"
