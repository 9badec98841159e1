"""Bounds that move, as people read them."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from xml.etree.ElementTree import fromstring

from rich.console import Console

from ratchetry.domain.ratchet_report import BoundMove, BoundRow, MovingBound
from ratchetry.domain.record import Gate, RunRecord
from ratchetry.domain.series import Point, Series
from ratchetry.domain.thresholds import Waiver
from ratchetry.report import comment, markdown, terminal
from ratchetry.report.html import render as html
from ratchetry.report.ratchet import checked, proposal_body, standing, standing_markdown
from ratchetry.report.ratchet_plot import plot
from tests.builders import metric, record
from tests.unit.report.reviews import review

MOVE = BoundMove(
    event="e",
    time="2026-01-02T03:04:05Z",
    metric="coverage.line",
    kind="minimum",
    origin=80.0,
    to=82.0,
    value=82.25,
    margin=0.25,
    confidence=0.999,
    runs=("7-1", "8-1"),
)
ROW = BoundRow(
    metric="coverage.line",
    kind="minimum",
    unit="percent",
    bound=82.0,
    value=84.0,
    margin=2.0,
    target=95.0,
    needs="10 runs that support 83: the newest support 82.25",
    waiver=Waiver(metric="coverage.line", to=70, reason="a | b", actor="ann", since="2026-01-01", until="2026-02-01"),
    moves=(MOVE,),
)


def _printed(shown: RunRecord) -> str:
    """Return what a terminal shows."""
    shown_there = StringIO()
    terminal.print_record(shown, Console(width=200, file=shown_there))
    return shown_there.getvalue()


def test_where_a_bound_stands_is_told_with_its_waiver_and_moves() -> None:
    """The table has the margin and what the next move needs; below it the evidence of the last moves."""
    text = standing([ROW])
    for part in (
        "≥ 82%",
        "+2.0 pp",
        "95%",
        "until 2026-02-01 by ann",
        "80% → 82% (supported: 82.2%); 2 runs: 8-1 and 7-1",
    ):
        assert part in text
    assert "a &#124; b" in standing_markdown([ROW])
    assert "ratchetry init" in standing([])


def test_a_proposal_names_the_runs_and_the_margin_of_each_move() -> None:
    """The text of the pull request is the evidence."""
    assert "| `coverage.line` | 80% | 82% | 82.2% | +0.2 pp | 0.999 | 7-1 and 8-1 |" in proposal_body([MOVE])
    assert proposal_body([]).startswith("The bounds follow the history again.")


def test_a_drawing_has_a_step_for_each_move() -> None:
    """The stairs of the bound stand below the dots of the runs; without runs it says so."""
    points = tuple(Point(value=80.0 + at, time=f"2026-01-0{at + 1}T00:00:00Z") for at in range(5))
    series = Series(name="<coverage>", unit="percent", points=points)
    steps = (("2026-01-01T00:00:00Z", 78.0), ("2026-01-04T00:00:00Z", 80.0))
    drawn = plot(MovingBound(series=series, kind="minimum", steps=steps, target=83.0))
    fromstring(drawn)  # noqa: S314 - our own drawing
    assert drawn.count('class="p"') == 5
    assert drawn.count('class="k"') == 2
    empty = plot(MovingBound(series=replace(series, points=()), kind="minimum"))
    assert "no run has measured it" in empty


def test_a_waiver_shows_in_every_report() -> None:
    """Also where the gate would pass without it: nobody forgets that a bound is loose."""
    reason = "waived to 70 until 2026-02-01 by ann, instead of 80: a move"
    gate = Gate(metric="coverage.line", kind="minimum", bound=70, value=84, margin=14, verdict="pass", reason=reason)
    shown = record(gates=(gate,), metrics={"coverage.line": metric(84, unit="percent")}, verdict="pass")
    words = "until 2026-02-01 by ann, instead of 80: a move"
    for text in (
        markdown.render(shown),
        comment.render((review(shown),)),
        html(shown),
        _printed(shown),
        checked(shown),
    ):
        assert words in " ".join(text.split())
