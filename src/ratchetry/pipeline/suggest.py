"""From a trend report, or a history, to what would help most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ratchetry import __version__
from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import Event
from ratchetry.domain.flaky import FlakyReport
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import MOST_SUGGESTIONS, HitRate, Ranked, SuggestionReport
from ratchetry.domain.trend_report import TrendReport
from ratchetry.errors import UsageError
from ratchetry.learn.suggestions.choice import Draw, ordered
from ratchetry.learn.suggestions.outcomes import hit_rates, weights_of, works
from ratchetry.learn.suggestions.suggest import Evidence, suggested, unmeasured
from ratchetry.pipeline.bounds import load_thresholds
from ratchetry.pipeline.flaky import Selection, flaky_report
from ratchetry.pipeline.trends import Wish, trends
from ratchetry.settings import Settings
from ratchetry.state import trend_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What suggestions are made of, and what was learned of earlier ones."""

    evidence: Evidence
    events: tuple[Event, ...] = ()

    @property
    def as_of(self) -> str:
        """Return the moment as of which all is known: the start of the newest run."""
        return self.evidence.report.as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """The suggestions in their order with the decisions that put them there, and the report on them."""

    ranked: tuple[Ranked, ...]
    report: SuggestionReport


def known_from_history(
    history: HistoryDirectory, *, root: Path, settings: Settings, environ: Mapping[str, str], branch: str = ""
) -> Known:
    """Return what a history says; raises UsageError when it has no run of the branch, StateError when damaged."""
    report = trends(history, Wish(branch=branch), root=root, settings=settings, environ=environ).report
    evidence = Evidence(
        report=report,
        record=_newest(history, report),
        flaky=_flaky(history, report),
        bounds=load_thresholds(root, settings).bounds,
    )
    return Known(evidence=evidence, events=tuple(history.events()))


def known_from_report(name: str, *, root: Path, settings: Settings, history: HistoryDirectory | None) -> Known:
    """Return what a trend report says, with the newest run and the events of a history where there is one.

    Raises UsageError when there is no such file, StateError when it cannot be read.
    """
    if not Path(name).is_file():
        msg = f"{name}: there is no such trend report; `ratchetry trends --output FILE` writes one"
        raise UsageError(msg)
    report = trend_report.loads(read_bounded(name, name), name)
    bounds = load_thresholds(root, settings).bounds
    if history is None:
        return Known(evidence=Evidence(report=report, bounds=bounds))
    evidence = Evidence(report=report, record=_newest(history, report), flaky=_flaky(history, report), bounds=bounds)
    return Known(evidence=evidence, events=tuple(history.events()))


def advised(known: Known, settings: Settings, *, top: int = MOST_SUGGESTIONS, seed: str = "") -> Advised:
    """Return the suggestions in their order, at most so many, drawn for the newest run or for a seed."""
    report = known.evidence.report
    as_of = known.as_of or "1970-01-01T00:00:00Z"
    rates = hit_rates(known.events, as_of)
    weights = weights_of(known.events, as_of)
    draw = Draw(
        weights=weights,
        run=seed or report.run,
        time=as_of,
        repository=report.repository,
        state=weights.fold.evidence,
        frozen=settings.disable_learning,
    )
    ranked = ordered(suggested(known.evidence, works(rates)), draw)
    shown = SuggestionReport(
        ratchetry=__version__,
        repository=report.repository,
        branch=report.branch,
        as_of=report.as_of,
        run=report.run,
        found=len(ranked),
        suggestions=tuple(row.suggestion for row in ranked[: min(top, MOST_SUGGESTIONS)]),
        hit_rates=rates,
        unmeasured=unmeasured(known.evidence),
    )
    return Advised(ranked=ranked, report=shown)


def rates_in(history: HistoryDirectory) -> tuple[HitRate, ...]:
    """Return how often each kind of advice worked, as of the newest event or run of a history."""
    events = tuple(history.events())
    newest = max((event.time for event in events), default="1970-01-01T00:00:00Z")
    return hit_rates(events, newest)


def _newest(history: HistoryDirectory, report: TrendReport) -> RunRecord | None:
    """Return the record of the run that a report is as of, None when the history does not have it."""
    return next(_named(history, report), None)


def _named(history: HistoryDirectory, report: TrendReport) -> Iterator[RunRecord]:
    """Yield the runs of the report's name."""
    for record in history.records(report.as_of) if report.as_of else ():
        if f"{record.run.run_id}-{record.run.attempt}" == report.run:
            yield record


def _flaky(history: HistoryDirectory, report: TrendReport) -> FlakyReport | None:
    """Return what a history says of flaky tests as of the report, None where nothing can be said."""
    try:
        now = datetime.fromisoformat(report.as_of)
        return flaky_report(history, Selection(branch=report.branch), now if now.tzinfo else now.replace(tzinfo=UTC))
    except (UsageError, ValueError):
        return None
