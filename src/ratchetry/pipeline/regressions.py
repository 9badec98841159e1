"""From a history to how one run differs from its base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ratchetry.adapters.default_branch import default_branch
from ratchetry.adapters.git import Git
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.comparison.verdict import RATE
from ratchetry.analyze.regression.project import regressions
from ratchetry.analyze.regression.subject import Subject
from ratchetry.domain.catalog import definition
from ratchetry.domain.record import RunRecord
from ratchetry.domain.regression import BaseFound, RegressionReport
from ratchetry.domain.series import Point, Series
from ratchetry.errors import NotMeasuredError, UsageError
from ratchetry.pipeline.attribution import Past
from ratchetry.pipeline.lookup import LATEST, find_run
from ratchetry.pipeline.past import read_record
from ratchetry.pipeline.regression_base import Ancestry, ancestry_named, ancestry_of, found_base
from ratchetry.pipeline.regression_causes import causes_of
from ratchetry.pipeline.regression_evidence import (
    base_rounds,
    head_points,
    known_flaky,
    name_of,
    new_failures,
    newest_runs,
    sound_series,
)
from ratchetry.pipeline.series import history_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is compared: the repository, the base (found when empty), the branch and the metrics (all when empty)."""

    root: str
    environ: Mapping[str, str]
    base: str = ""
    branch: str = ""
    metric: str = ""
    rate: float = RATE


def head_of(history: HistoryDirectory, wanted: str, record: Path) -> RunRecord:
    """Return the run that is compared: that in a file or of a name, else the newest one here, else of the history.

    Raises UsageError when there is none of that name, NotMeasuredError when there is none at all, StateError for a
    file that is no record.
    """
    if wanted:
        return read_record(Path(wanted)) if Path(wanted).is_file() else find_run(history, wanted).record
    if record.is_file():
        return read_record(record)
    try:
        return find_run(history, LATEST).record
    except UsageError as error:
        msg = f"there is no run to compare: {error}"
        raise NotMeasuredError(msg) from error


def regression_report(history: HistoryDirectory, head: RunRecord, asked: Asked, now: datetime) -> RegressionReport:
    """Return how a run differs from its base.

    Raises NotMeasuredError when nothing of the base was measured, UsageError for a base or metrics that do not exist,
    StateError for a damaged history.
    """
    git = Git(asked.root, asked.environ)
    branch = asked.branch or default_branch(asked.root, asked.environ)
    named = ancestry_named(git, head.run, asked.base, history) if asked.base else ancestry_of(git, head.run, branch)
    report = report_against(history, head, asked, named, now)
    past = Past(history, root=asked.root, environ=asked.environ, branch=branch)
    return replace(report, causes=causes_of(report, head, past, git))


def report_against(
    history: HistoryDirectory, head: RunRecord, asked: Asked, named: Ancestry, now: datetime
) -> RegressionReport:
    """Return how a run differs from a base that is known, without what may have caused it.

    Raises what `regression_report` raises.
    """
    git = Git(asked.root, asked.environ)
    branch = asked.branch or default_branch(asked.root, asked.environ)
    known = known_flaky(history, branch, now)
    measured = _base_series(history, head, asked, named)
    base = found_base(named, {point.commit for each in measured for point in each.points}, git)
    series = sound_series(history, measured, known)
    runs = newest_runs(series)
    subjects = _subjects(history, head, series, runs)
    if not subjects:
        msg = f"run {name_of(head.run)} and its base have no metric in common: there is nothing to compare"
        raise NotMeasuredError(msg)
    return RegressionReport(
        repository=head.run.repository,
        run=name_of(head.run),
        commit=head.run.commit,
        branch=branch,
        base=base,
        rate=asked.rate,
        comparisons=regressions(subjects, asked.rate),
        failures=() if asked.metric else new_failures(history, head, runs, known),
        new=() if asked.metric else tuple(sorted(set(head.metrics) - {each.name for each in series})),
        unmeasured=tuple(_unmeasured(series, head, runs)),
        notes=tuple(_notes(base, head)),
        series=tuple(replace(each.base, points=(*each.base.points, each.head[-1])) for each in subjects),
    )


def _subjects(
    history: HistoryDirectory, head: RunRecord, series: tuple[Series, ...], runs: Mapping[str, str]
) -> tuple[Subject, ...]:
    """Return what there is to compare: the metrics that both sides have, with the rounds of benchmarks."""
    rounds = base_rounds(history, runs) if head.benchmarks else {}
    own = {f"benchmark.{benchmark.name}": benchmark.rounds for benchmark in head.benchmarks}
    points = head_points(history, head, runs)
    return tuple(
        Subject(
            base=replace(each, better=head.metrics[each.name].better),
            head=points[each.name],
            base_rounds=rounds.get(each.name, {}),
            head_rounds=own.get(each.name, ()),
        )
        for each in series
        if each.name in points
    )


def _base_series(history: HistoryDirectory, head: RunRecord, asked: Asked, ancestry: Ancestry) -> tuple[Series, ...]:
    """Return the series of the branch up to the base; raises NotMeasuredError when there is no run before the head."""
    try:
        series = history_series(
            history, root=asked.root, environ=asked.environ, branch=asked.branch, metric=asked.metric
        )
    except UsageError as error:
        if asked.metric or asked.branch:
            raise
        msg = f"there is no base: {error}"
        raise NotMeasuredError(msg) from error
    name = name_of(head.run)
    kept = (
        replace(each, points=tuple(point for point in each.points if _is_before(point, head, name, ancestry)))
        for each in series
    )
    found = tuple(each for each in kept if each.points)
    if not found and ancestry.places is None:
        msg = f"there is no run before {name} to compare it with: `ratchetry history backfill` measures old commits"
        raise NotMeasuredError(msg)
    return found


def _is_before(point: Point, head: RunRecord, name: str, ancestry: Ancestry) -> bool:
    """Tell whether a point belongs to the base."""
    if point.run == name:
        return False
    if ancestry.places is None:
        return point.time < head.run.started and (point.commit != head.run.commit or not point.commit)
    return point.commit in ancestry.places


def _unmeasured(series: tuple[Series, ...], head: RunRecord, runs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the metrics that the newest run of the base measured and the head did not, and why."""
    newest = next(reversed(list(runs)), "")
    missing = [each.name for each in series if each.name not in head.metrics and each.points[-1].run == newest]
    return [(name, _reason(name, head)) for name in missing]


def _reason(metric: str, head: RunRecord) -> str:
    """Return why a run does not have a metric, empty where it does not say."""
    known = definition(metric)
    stage = head.stages.get(known.stage) if known else None
    if stage is None:
        return f"the stage {known.stage} did not run" if known and known.stage not in {"run", ""} else ""
    return next((why for family, why in stage.unmeasured.items() if _is_of(metric, family)), stage.reason)


def _is_of(name: str, family: str) -> bool:
    """Tell whether a metric is one of a family."""
    return name == family or name.startswith(f"{family}.")


def _notes(base: BaseFound, head: RunRecord) -> list[str]:
    """Return what there is to know about the comparison as a whole."""
    notes = [base.note] if base.note else []
    if base.behind:
        notes.append(
            f"the base {base.commit[:12]} was not measured: compared with {base.measured[:12]}, "
            f"{base.behind} commits before it, whose differences count as well"
        )
    if head.run.dirty:
        notes.append("the run is of a change that is not committed")
    return notes
