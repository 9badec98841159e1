"""Runs for the tests of the ratchet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from ratchetry.domain.thresholds import Threshold, Thresholds
from ratchetry.learn.ratchet.observations import Observation

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
COUNT: Final = "lint.findings"
SHARE: Final = "coverage.line"


def moment(run: int, per_day: int = 10) -> str:
    """Return when a run started."""
    return f"{START + timedelta(days=run / per_day):%Y-%m-%dT%H:%M:%SZ}"


def observed(values: Sequence[float], metric: str = COUNT, first: int = 0) -> tuple[Observation, ...]:
    """Return one run for each value."""
    return tuple(
        Observation(run=f"{first + at}-1", time=moment(first + at), values={metric: value})
        for at, value in enumerate(values)
    )


def minimum(bound: float, *, increment: float | None = 1.0, target: float | None = 100.0) -> Thresholds:
    """Return a floor of the coverage."""
    row = Threshold(metric=SHARE, kind="minimum", bound=bound, increment=increment, target=target)
    return Thresholds(updated_at="2026-01-01", bounds=(row,))


def maximum(bound: float, *, increment: float | None = 1.0, target: float | None = 0.0) -> Thresholds:
    """Return a ceiling of the findings."""
    row = Threshold(metric=COUNT, kind="maximum", bound=bound, increment=increment, target=target)
    return Thresholds(updated_at="2026-01-01", bounds=(row,))
