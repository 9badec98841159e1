"""Which points of a series are evidence: not those of results that were reused, nor of tests in spoiled runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.series import Point, Series

MOVED_BY_FLAKY: Final = frozenset(
    {"tests.passed", "tests.failed", "tests.pass_rate", "score.test_pass_rate", "score.total"}
)
"""Metrics that a flaky test moves when it fails."""
_OF_SCORE: Final = frozenset({"score.test_pass_rate", "score.total"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What cannot be believed of a run: the stages whose results it reused, its tests when there was an outage.

    `flaky` is set when only flaky tests failed in it: what they move is missing, then.
    """

    reused: frozenset[str] = frozenset()
    outage: bool = False
    flaky: bool = False


_SOUND: Final = Standing()


def evidence_of(series: Series, standings: Mapping[str, Standing]) -> Series:
    """Return a series without the points that are no evidence."""
    known = definition(series.name)
    stage = known.stage if known else ""
    of_tests = stage == "test" or series.name in _OF_SCORE
    moved = series.name in MOVED_BY_FLAKY

    def counts(point: Point) -> bool:
        standing = standings.get(point.run, _SOUND)
        return not (stage in standing.reused or (standing.outage and of_tests) or (standing.flaky and moved))

    return replace(series, points=tuple(point for point in series.points if counts(point)))
