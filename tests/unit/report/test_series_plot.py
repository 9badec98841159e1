"""Drawings of series: well-formed, complete, and safe whatever the names are."""

from __future__ import annotations

import math
from typing import Final

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.moment import time_of
from ratchetry.domain.series import Point, Series, series_of
from ratchetry.domain.trend import Trend
from ratchetry.report.series_plot import MOST_DOTS, MOST_PANELS, Panel, series_plot, stacked_plot
from tests.unit.report.hostile import HOSTILE_TEXTS

SVG: Final = "{http://www.w3.org/2000/svg}"
VALUES: Final = [80.0 + 0.01 * at for at in range(30)] + [75.0] * 10
CHANGE: Final = ChangePoint(
    index=30,
    newest=10,
    direction="down",
    effect=-0.065,
    interval=(-0.07, -0.06),
    relative=True,
    p_value=1e-9,
    before=80.15,
    after=75.0,
    first_bad="c0ffee1234567890",
)
TREND: Final = Trend(n=40, days=19.5, slope=-0.2, interval=(-0.3, -0.1), level=75.0, direction="down")


def dated(values: list[float], name: str = "coverage.line") -> Series:
    """Return a series with two values a day."""
    points = tuple(Point(value=value, time=time_of(20_500 + at / 2)) for at, value in enumerate(values))
    return Series(name=name, unit="percent", better="higher", points=points)


def texts(svg: str) -> list[str]:
    """Return all texts of a drawing, which must be well-formed."""
    return ["".join(element.itertext()) for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def classes(svg: str) -> list[str]:
    """Return what is drawn, by its class."""
    return [element.get("class", "") for element in ElementTree.fromstring(svg).iter()]


def test_everything_known_of_a_series_is_drawn() -> None:
    """The points, both levels, the change with its effect, the trend with its band, the bound, and dates."""
    svg = series_plot(dated(VALUES), changes=[CHANGE], trend=TREND, bound=74.0, note="worsening")
    drawn = classes(svg)
    assert [drawn.count(name) for name in "plctbu"] == [40, 2, 1, 1, 2, 1]
    found = texts(svg)
    assert found[0] == "coverage.lineworsening"
    assert {"-6.5%", "bound 74%", "2026-02-19", "80%"} <= set(found)
    assert "c0ffee1234" in svg
    assert "@media(prefers-color-scheme:dark)" in svg


def test_a_bound_far_away_does_not_flatten_the_series() -> None:
    """It is only named, with the direction in which it is."""
    assert "bound 20% ↓" in texts(series_plot(dated(VALUES), bound=20.0))
    assert "bound 200% ↑" in texts(series_plot(dated(VALUES), bound=200.0))


def test_without_times_the_axis_counts() -> None:
    """Values without times stand at their places, and have no trend."""
    svg = series_plot(series_of(VALUES, "x"), changes=[CHANGE], trend=TREND)
    assert {"0", "10", "30"} <= set(texts(svg))
    assert "t" not in classes(svg)
    assert "c" in classes(svg)


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, -math.inf]])
def test_nothing_to_draw(values: list[float]) -> None:
    """A series without a finite value says so."""
    assert "no finite value" in texts(series_plot(dated(values), changes=[CHANGE], trend=TREND))


def test_long_series_are_drawn_in_columns() -> None:
    """Of thousands of points, the extremes of each column are drawn."""
    svg = series_plot(dated([float(at % 7) for at in range(20_000)]))
    assert "p" not in classes(svg)
    assert len(svg) < 40_000
    assert classes(series_plot(dated([1.0] * MOST_DOTS))).count("p") == MOST_DOTS


def test_many_series_below_each_other() -> None:
    """So many are drawn, the others are counted; none at all is said, too."""
    svg = stacked_plot([Panel(series=dated(VALUES, f"m{at}")) for at in range(MOST_PANELS + 5)])
    assert sum(text.startswith("m") for text in texts(svg)) == MOST_PANELS
    assert "and 5 more series, not drawn" in texts(svg)
    assert texts(stacked_plot([])) == ["no series"]


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_names(name: str) -> None:
    """Whatever a metric is called, the drawing stays well-formed, and names become nothing but text."""
    given_series = Series(name=name, unit=name, points=dated(VALUES).points)
    change = ChangePoint(
        index=5,
        newest=3,
        direction="up",
        effect=1,
        interval=(0, 2),
        relative=False,
        p_value=0,
        before=80,
        after=80,
        first_bad=name,
    )
    svg = series_plot(given_series, changes=[change], trend=TREND, bound=76.0, note=name)
    root = ElementTree.fromstring(svg)
    known = {"svg", "title", "style", "rect", "g", "text", "tspan", "line", "polyline", "polygon", "circle"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= known
    assert not [key for element in root.iter() for key in element.attrib if key.startswith(("on", "href"))]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.floats(),
            st.sampled_from(["2026-01-01T00:00:00Z", "2026-03-01T07:00:00Z", "0001-01-01", "9999-12-31", ""]),
        ),
        max_size=8,
    ),
    st.one_of(st.none(), st.floats()),
    st.integers(-3, 12),
)
def test_any_series_can_be_drawn(rows: list[tuple[float, str]], bound: float | None, index: int) -> None:
    """Whatever the values, times, bound and changes are, the drawing is well-formed and has no place that is none."""
    points = tuple(Point(value=value, time=time) for value, time in rows)
    change = ChangePoint(
        index=index,
        newest=1,
        direction="up",
        effect=math.inf,
        interval=(0, 1),
        relative=False,
        p_value=0,
        before=-1e308,
        after=1e308,
    )
    steep = Trend(slope=1e300, interval=(-1e308, 1e308), level=1e300, days=4000.0)
    svg = series_plot(Series(name="x", points=points), changes=[change], trend=steep, bound=bound)
    ElementTree.fromstring(svg)
    assert '"nan' not in svg
    assert '"inf' not in svg
