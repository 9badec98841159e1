"""From evidence to all suggestions, the one that is worth most first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.domain.flaky import FlakyReport
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Suggestion, SuggestionKind
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import TrendReport
from ratchetry.learn.suggestions.failures import bounds_to_move, broken_tests, expiring, flaky_tests, risky_modules
from ratchetry.learn.suggestions.findings import finding_suggestions
from ratchetry.learn.suggestions.metrics import metric_suggestions

_COUNTS: Final = frozenset({"change-point", "metric-failing", "metric-worsening"})
"""Kinds that say of a count that it is too high, not of what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What suggestions are made of: the trend report and, where they are known, the other three."""

    report: TrendReport
    record: RunRecord | None = None
    """The newest run."""
    flaky: FlakyReport | None = None
    bounds: tuple[Threshold, ...] = ()


def suggested(evidence: Evidence, works: Mapping[SuggestionKind, float]) -> tuple[Suggestion, ...]:
    """Return all suggestions by their score, each thing once.

    `works` is how often advice of each kind is believed to move its metric.  Of vulnerabilities that are named nobody
    needs to be told that their number is too high.
    """
    best: dict[str, Suggestion] = {}
    for one in _all(evidence):
        worth = replace(one.worth, works=works.get(one.kind, one.worth.works))
        scored = replace(one, worth=worth, score=worth.score)
        if scored.score > 0.0 and scored.score > (best[one.fingerprint].score if one.fingerprint in best else 0.0):
            best[one.fingerprint] = scored
    named = {one.goal.metric for one in best.values() if one.kind == "vulnerable-dependency"}
    told = (one for one in best.values() if one.kind not in _COUNTS or one.goal.metric not in named)
    return tuple(sorted(told, key=lambda one: (-one.score, one.kind, one.fingerprint)))


def unmeasured(evidence: Evidence) -> dict[str, str]:
    """Return what could not be looked at, and why: nothing that is missing counts as fine."""
    found = {f"trends: {name}": reason for name, reason in evidence.report.unmeasured.items()}
    if evidence.record is None:
        reason = "no run record was given, so that nothing is said of findings, dependencies and failing tests"
        return {**found, "findings": reason}
    stages = evidence.record.stages.items()
    return {
        **found,
        **{f"stage {name}": stage.reason for name, stage in stages if stage.status in {"not_measured", "skipped"}},
        **{name: reason for _, stage in stages for name, reason in stage.unmeasured.items()},
    }


def _all(evidence: Evidence) -> Iterator[Suggestion]:
    """Yield every suggestion that the evidence supports."""
    report = evidence.report
    yield from metric_suggestions(report)
    yield from flaky_tests(report, evidence.flaky)
    yield from risky_modules(report)
    yield from bounds_to_move(report, evidence.bounds)
    if evidence.flaky is not None:
        yield from expiring(evidence.flaky.quarantined, report)
    if evidence.record is not None:
        yield from broken_tests(evidence.record, _known_flaky(evidence))
        yield from finding_suggestions(evidence.record, report.modules)


def _known_flaky(evidence: Evidence) -> frozenset[str]:
    """Return the tests that fail whatever the code is."""
    named: Iterable[str] = evidence.report.flaky.names if evidence.report.flaky else ()
    details = evidence.flaky.flaky if evidence.flaky else ()
    return frozenset({*named, *(test.test for test in details if test.status != "resolved")})
