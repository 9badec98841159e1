"""Verdicts on trends: what it takes to say that something improves, worsens or stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.analyze.trend.estimate import Estimate
from ratchetry.analyze.trend.judge import RATE, judged, margin_of
from ratchetry.domain.record import Better
from ratchetry.domain.trend import Trend

FALLING = Trend(n=60, days=60.0, slope=-0.1, interval=(-0.12, -0.08), level=70.0, p_value=1e-9)


def verdict(trend: Trend, *, better: Better | None = "higher", unit: str = "percent", q: float | None = 1e-8) -> Trend:
    """Return a trend with its verdict."""
    return judged(Estimate(trend=trend), unit=unit, better=better, q_value=q)


def test_a_proven_trend_has_a_direction_and_a_verdict() -> None:
    """Down is worse where higher is better, better where lower is, and neither where nobody knows."""
    assert (verdict(FALLING).direction, verdict(FALLING).verdict) == ("down", "worsening")
    assert verdict(FALLING, better="lower").verdict == "improving"
    unknown = verdict(FALLING, better=None)
    assert (unknown.direction, unknown.verdict) == ("down", "unknown")
    assert unknown.reason == "neither direction is known to be the better one"


def test_what_is_not_significant_among_all_is_not_claimed() -> None:
    """The q-value decides, not the p-value."""
    assert verdict(FALLING, q=2 * RATE).direction == "none"
    assert verdict(FALLING, q=2 * RATE).reason == "neither a trend nor its absence is proven"
    assert verdict(FALLING, q=None).verdict == "unknown"


def test_a_doubt_outweighs_significance() -> None:
    """What may be a step or a walk has no direction, and says why."""
    found = judged(Estimate(trend=FALLING, doubt="it wanders"), unit="percent", better="higher", q_value=0.0)
    assert (found.direction, found.verdict, found.reason) == ("none", "unknown", "it wanders")


def test_steady_is_what_cannot_change_by_as_much_as_matters() -> None:
    """The whole interval must be small, whether there is a trend or not."""
    flat = replace(FALLING, slope=0.0, interval=(-0.003, 0.003), p_value=1.0)
    assert verdict(flat, q=1.0).verdict == "steady"
    assert verdict(replace(flat, interval=(-0.004, 0.003)), q=1.0).verdict == "unknown"
    tiny = verdict(replace(FALLING, slope=-0.002, interval=(-0.003, -0.001)))
    assert (tiny.direction, tiny.verdict) == ("down", "steady")


def test_a_change_must_have_been_seen() -> None:
    """A trend of two days is not taken for what it would come to in thirty."""
    short = verdict(replace(FALLING, days=0.5))
    assert (short.direction, short.verdict, short.reason) == ("down", "unknown", "the change so far is small")


def test_without_an_interval_there_is_no_verdict() -> None:
    """Too few values say so, and a reason that is known stays."""
    assert verdict(replace(FALLING, interval=None)).reason.startswith("too few values")
    assert verdict(Trend(reason="none")).reason == "none"


@pytest.mark.parametrize(
    ("unit", "size", "relative"),
    [("seconds", 0.03, True), ("percent", 0.1, False), ("count", 1.0, False), ("lines", 1.0, False), ("", 0.03, True)],
)
def test_margins(unit: str, size: float, *, relative: bool) -> None:
    """Counts change by one at least, times and what is not known by a share."""
    margin = margin_of(unit)
    assert (margin.size, margin.relative) == (size, relative)
    assert verdict(replace(FALLING, level=1000.0, slope=0.0, interval=(-0.01, 0.01)), unit=unit, q=1.0).verdict == (
        "unknown" if unit == "percent" else "steady"
    )
