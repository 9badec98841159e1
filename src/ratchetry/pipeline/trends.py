"""From a history to the report on where its metrics go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from ratchetry import __version__
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.attribution import module_evidence
from ratchetry.analyze.regression.project import regressions
from ratchetry.analyze.regression.subject import Subject
from ratchetry.analyze.trend.evidence import Standing, evidence_of
from ratchetry.analyze.trend.project import Context, series_trends
from ratchetry.domain.flaky import FlakyReport
from ratchetry.domain.run_evidence import RunEvidence
from ratchetry.domain.series import Series
from ratchetry.domain.trend_report import MOST_NAMES, MOST_SERIES, FailureCount, FlakySummary, TrendReport
from ratchetry.errors import UsageError
from ratchetry.history.columns import RunColumns
from ratchetry.pipeline.attribution import Past
from ratchetry.pipeline.bounds import load_thresholds
from ratchetry.pipeline.flaky import Selection, flaky_report
from ratchetry.pipeline.regression_evidence import base_rounds, newest_runs
from ratchetry.pipeline.series import history_series
from ratchetry.settings import Settings

_EVIDENCE: Final = 500
"""Characters of what a failure said that the report repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be reported on: a branch (empty: the default one), since a day, and metrics like a pattern."""

    branch: str = ""
    since: str = ""
    metric: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """The report, the series that it is of (those without what is no evidence), and all there is on flaky tests."""

    report: TrendReport
    series: tuple[Series, ...]
    flaky: FlakyReport | None = None


def trends(
    history: HistoryDirectory, wish: Wish, *, root: Path, settings: Settings, environ: Mapping[str, str]
) -> Trends:
    """Return the report on the metrics of a history, and their series.

    Significance is judged among all metrics, whichever are asked for.
    Raises UsageError when there is no run of the branch or no such metric, StateError or ConfigError for a damaged
    history or wrong thresholds.
    """
    given = history_series(history, root=str(root), environ=environ, branch=wish.branch, since=wish.since)
    runs = _runs_of(history, given, wish.since)
    newest = runs[-1].run
    evidence = _evidence(history, wish, root=root, environ=environ, branch=newest.branch)
    flaky, silence = _flaky(history, newest.branch, wish.since, newest.started)
    standings = _standings(runs, evidence, flaky, given)
    series = [kept for each in given if (kept := evidence_of(each, standings)).points]
    bounds = {threshold.metric: threshold for threshold in load_thresholds(root, settings).bounds}
    order = tuple(_name(run) for run in runs)
    compared = regressions(_subjects(history, series, order[-1]))
    modules = module_evidence(evidence)
    found = series_trends(series, Context(as_of=newest.started, runs=order, thresholds=bounds))
    report = TrendReport(
        ratchetry=__version__,
        repository=newest.repository,
        branch=newest.branch,
        since=runs[0].run.started,
        as_of=newest.started,
        runs=len(runs),
        run=order[-1],
        commit=newest.commit,
        series=found[:MOST_SERIES],
        regressions=compared[:MOST_SERIES],
        flaky=None if flaky is None else _summary(flaky),
        failures=tuple(_failures(runs))[:MOST_NAMES],
        modules=modules,
        unmeasured={
            **({"flaky": silence} if silence else {}),
            **({} if compared else {"regressions": "nothing that the newest run measured was measured before"}),
            **({} if modules else {"modules": "no run that counts says which files it changed"}),
        },
        notes=tuple(_notes(given, series, standings)),
    )
    return _wanted(Trends(report=report, series=tuple(series), flaky=flaky), wish.metric, str(history.root))


def _runs_of(history: HistoryDirectory, series: Sequence[Series], since: str) -> tuple[RunColumns, ...]:
    """Return the runs that the points of series are of, oldest first."""
    names = {point.run for each in series for point in each.points}
    return tuple(run for run in history.columns(since) if _name(run) in names)


def _name(run: RunColumns) -> str:
    """Return the name of a run attempt, as points cite it."""
    return f"{run.run.run_id}-{run.run.attempt}"


def _evidence(
    history: HistoryDirectory, wish: Wish, *, root: Path, environ: Mapping[str, str], branch: str
) -> tuple[RunEvidence, ...]:
    """Return what the runs of a branch say, none where no run says anything."""
    try:
        return Past(history, root=str(root), environ=environ, branch=branch, since=wish.since).runs
    except UsageError:
        return ()


def _flaky(history: HistoryDirectory, branch: str, since: str, as_of: str) -> tuple[FlakyReport | None, str]:
    """Return what there is to say of flaky tests as of a moment, or why nothing can be said."""
    try:
        now = datetime.fromisoformat(as_of)
        found = flaky_report(
            history, Selection(branch=branch, since=since), now if now.tzinfo else now.replace(tzinfo=UTC)
        )
    except (UsageError, ValueError) as error:
        return None, str(error)[:_EVIDENCE]
    return (found, "") if found.runs else (None, "no run has results of tests")


def _standings(
    runs: Sequence[RunColumns], evidence: Sequence[RunEvidence], flaky: FlakyReport | None, series: Iterable[Series]
) -> dict[str, Standing]:
    """Return what cannot be believed of each run; one that failed and says nothing failed for flaky tests alone."""
    silent = {run.name for run in evidence if run.ending == "missing"} | _only_flaky(flaky, series)
    outages = {outage.run for outage in flaky.outages} if flaky else set()
    return {
        (name := _name(run)): Standing(
            reused=frozenset(run.reused),
            outage=name in outages,
            flaky=run.verdict == "fail" and name in silent and name not in outages,
        )
        for run in runs
    }


def _only_flaky(flaky: FlakyReport | None, series: Iterable[Series]) -> set[str]:
    """Return the runs in which no test failed but flaky ones, whatever else was wrong with them."""
    known = Counter(run for test in flaky.flaky if test.status == "active" for run in test.runs) if flaky else Counter()
    failed = (point for each in series if each.name == "tests.failed" for point in each.points)
    return {point.run for point in failed if 0 < point.value <= known[point.run]}


def _subjects(history: HistoryDirectory, series: Sequence[Series], newest: str) -> list[Subject]:
    """Return each metric that the newest run measured and others before it did, with the rounds of benchmarks."""
    timed = [each for each in series if each.name.startswith("benchmark.")]
    rounds = base_rounds(history, newest_runs(timed))
    found = []
    for each in series:
        head = tuple(point for point in each.points if point.run == newest)
        base = replace(each, points=tuple(point for point in each.points if point.run != newest))
        if head and base.points:
            own = dict(rounds.get(each.name, {}))
            found.append(Subject(base=base, head=head, head_rounds=own.pop(newest, ()), base_rounds=own))
    return found


def _summary(report: FlakyReport) -> FlakySummary:
    """Return what a report on flaky tests comes to."""
    active = [test.test for test in report.flaky if test.status == "active"]
    return FlakySummary(
        active=len(active),
        suspected=sum(test.status == "suspected" for test in report.flaky),
        broken=len(report.broken),
        quarantined=len(report.quarantined),
        outages=len(report.outages),
        tests=report.tests,
        names=tuple(active[:MOST_NAMES]),
    )


def _failures(runs: Sequence[RunColumns]) -> list[FailureCount]:
    """Return how often each way of failing was seen, the most frequent first."""
    found: dict[str, FailureCount] = {}
    for run in runs:
        for failure in {failure.signature: failure for failure in run.failures}.values():
            before = found.get(failure.signature)
            found[failure.signature] = FailureCount(
                signature=failure.signature,
                category=failure.category,
                evidence=failure.evidence[:_EVIDENCE],
                runs=1 + (before.runs if before else 0),
                last=run.run.started,
            )
    return sorted(found.values(), key=lambda failure: (-failure.runs, failure.signature))


def _notes(given: Sequence[Series], kept: Sequence[Series], standings: Mapping[str, Standing]) -> Iterator[str]:
    """Yield what was left out, and why."""
    outages = sum(standing.outage for standing in standings.values())
    flaky = sum(standing.flaky for standing in standings.values())
    if outages:
        yield f"what tests say in {outages} runs with an outage is left out"
    if flaky:
        yield f"passed and failed tests are left out of {flaky} runs in which only flaky ones failed"
    lost = sum(len(each.points) for each in given) - sum(len(each.points) for each in kept)
    if lost:
        yield f"{lost} values are left out: of such tests, or results that a run took from an earlier one"
    if len(kept) > MOST_SERIES:
        yield f"of {len(kept)} series, the first {MOST_SERIES} are reported"


def _wanted(found: Trends, metric: str, where: str) -> Trends:
    """Return what was found of the metrics like a pattern; raises UsageError when there is none."""
    if not metric:
        return found

    def matches(name: str) -> bool:
        return name == metric or fnmatchcase(name, metric)

    report = found.report
    series = tuple(each for each in report.series if matches(each.name))
    if not series:
        msg = f"{where}: no run of branch {report.branch!r} has a metric like {metric!r}"
        raise UsageError(msg)
    return Trends(
        report=replace(
            report, series=series, regressions=tuple(each for each in report.regressions if matches(each.name))
        ),
        series=tuple(each for each in found.series if matches(each.name)),
        flaky=found.flaky,
    )
