"""From a history to the moves of the bounds, and from moves to the file that holds the bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.flaky.detect import detect
from ratchetry.analyze.provenance import EVENTS
from ratchetry.domain.event import Event
from ratchetry.domain.findings_by_path import count_below
from ratchetry.domain.record import RunRecord
from ratchetry.domain.thresholds import Thresholds, split_path
from ratchetry.history.columns import RunColumns
from ratchetry.history.decoding import expanded
from ratchetry.learn.ratchet.fold import Folded, fold
from ratchetry.learn.ratchet.moves import Outlook, learn, outlooks
from ratchetry.learn.ratchet.observations import Observation, in_order
from ratchetry.learn.ratchet.policy import Policy
from ratchetry.pipeline.flaky import run_results
from ratchetry.settings import Settings
from ratchetry.state import thresholds as thresholds_file

TEACHING: Final = frozenset({*EVENTS, "local", "backfill"})
"""Events whose runs may teach: none that somebody can start who may not write to the default branch."""
_RERUN: Final = "R"
_FAILED: Final = "FE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What the ratchet knows: the runs that it looks at, the bounds after all moves, and where each one stands."""

    repository: str
    as_of: str
    observations: tuple[Observation, ...]
    folded: Folded
    outlooks: tuple[Outlook, ...]

    @property
    def moves(self) -> tuple[Event, ...]:
        """Return the moves that are due."""
        return tuple(row.move for row in self.outlooks if row.move is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The file of bounds as the events have it, what it is now, and the moves that make the difference."""

    text: str
    before: str
    moves: tuple[Event, ...]
    folded: Folded

    @property
    def changed(self) -> bool:
        """Tell whether there is anything to propose."""
        return self.text != self.before


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings ask for."""
    return Policy(
        runs=settings.ratchet_runs,
        confidence=settings.ratchet_confidence,
        cool_down_days=settings.ratchet_cool_down_days,
    )


def look(history: HistoryDirectory, thresholds: Thresholds, policy: Policy, *, branch: str) -> Learned:
    """Return where the ratchet of each metric stands; raises StateError for a damaged history."""
    rows, repository = observations(history, thresholds, branch=branch)
    as_of = rows[-1].time if rows else ""
    events = tuple(history.events())
    return Learned(
        repository=repository,
        as_of=as_of,
        observations=rows,
        folded=fold(thresholds, events, as_of),
        outlooks=outlooks(thresholds, rows, events, as_of, policy, repository=repository),
    )


def learn_thresholds(
    history: HistoryDirectory, thresholds: Thresholds, settings: Settings, *, branch: str
) -> tuple[Event, ...]:
    """Return the moves that the history supports and that it does not hold yet; none where learning is disabled."""
    if settings.disable_learning:
        return ()
    rows, repository = observations(history, thresholds, branch=branch)
    as_of = rows[-1].time if rows else ""
    return learn(thresholds, rows, history.events(), as_of, policy_of(settings), repository=repository)


def propose_thresholds(data: bytes, events: Iterable[Event], *, origin: str, as_of: str = "") -> Proposal:
    """Return what the file of bounds becomes with all moves among some events.

    The same events give the same bytes, in any order, and a file that holds them already stays as it is.
    Raises StateError when the file cannot be read.
    """
    before = thresholds_file.loads(data, origin)
    everything = tuple(events)
    folded = fold(before, everything, as_of)
    known = {row.get("event") for row in before.history}
    refused = {row.event for row in folded.refused}
    moves = {
        one.id: one
        for one in everything
        if one.kind == "threshold_move" and one.id not in known and one.id not in refused
    }
    text = data if folded.thresholds == before else thresholds_file.dumps(folded.thresholds)
    ordered = sorted(moves.values(), key=lambda one: (one.time, one.id))
    return Proposal(text=text.decode(), before=data.decode(), moves=tuple(ordered), folded=folded)


def observations(
    history: HistoryDirectory, thresholds: Thresholds, *, branch: str
) -> tuple[tuple[Observation, ...], str]:
    """Return the runs of the default branch in their order, of each the last attempt, and the repository they are of.

    Raises StateError for a damaged history.
    """
    runs = _last_attempts(run for run in history.columns() if may_teach(run, branch))
    report = detect(run_results(history, (run for run in runs if not run.pruned and "test" not in run.reused)))
    flaky = frozenset(test.test for test in report.flaky)
    outages = {outage.run: outage.reason for outage in report.outages}
    wanted = frozenset(row.metric for row in thresholds.rows)
    below = _below_paths(history, runs, [name for name in wanted if split_path(name)[1]])
    rows = in_order(
        _observation(history, run, wanted, flaky=flaky, outage=outages.get(_name(run), ""), below=below) for run in runs
    )
    return rows, runs[-1].run.repository if runs else ""


def may_teach(run: RunColumns, branch: str) -> bool:
    """Tell whether a run measured a commit of the default branch."""
    info = run.run
    return not info.dirty and info.pull_request is None and info.branch == branch and info.event in TEACHING


def _last_attempts(runs: Iterable[RunColumns]) -> tuple[RunColumns, ...]:
    """Return the last attempt of each run, in the order of their start."""
    last: dict[str, RunColumns] = {}
    for run in runs:
        known = last.get(run.run.run_id)
        if known is None or known.run.attempt < run.run.attempt:
            last[run.run.run_id] = run
    return tuple(sorted(last.values(), key=lambda run: (run.run.started, run.run.run_id)))


def _observation(
    history: HistoryDirectory,
    run: RunColumns,
    wanted: frozenset[str],
    *,
    flaky: frozenset[str],
    outage: str,
    below: Mapping[str, Mapping[str, float]],
) -> Observation:
    """Return what a run says of the metrics that have bounds, or shall have them."""
    values = {name: value for name, value in run.values(history.names).items() if name in wanted}
    failed = frozenset(_failed(history, run))
    rerun = any(_RERUN in part.outcomes for part in run.tests)
    return Observation(
        run=_name(run),
        time=run.run.started,
        commit=run.run.commit,
        values={**values, **below.get(_name(run), {})},
        reused=frozenset(run.reused),
        outage=outage,
        flaky=rerun or not flaky.isdisjoint(failed),
        failing=bool(failed),
    )


def _failed(history: HistoryDirectory, run: RunColumns) -> Iterator[str]:
    """Yield the tests that failed in a run."""
    for part in run.tests:
        places = tuple(part.positions(_FAILED))
        if places:
            names = tuple(expanded(history.names(part.chunk), part.repeats))
            yield from (names[at][0] for at in places)


def _below_paths(
    history: HistoryDirectory, runs: Sequence[RunColumns], metrics: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return the metrics of some paths by run, where the findings are still there; reads whole records for it."""
    if not metrics or not runs:
        return {}
    names = {_name(run) for run in runs if not run.pruned}
    since = min(run.run.started for run in runs)
    found = ((f"{row.run.run_id}-{row.run.attempt}", row) for row in history.records(since))
    return {name: dict(_counts(row, metrics)) for name, row in found if name in names}


def _counts(record: RunRecord, metrics: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Yield the metrics of some paths that a record can tell."""
    for name in metrics:
        found = count_below(name, record.metrics, record.findings)
        if not isinstance(found, str):
            yield name, found.value


def _name(run: RunColumns) -> str:
    """Return what a run is called."""
    return f"{run.run.run_id}-{run.run.attempt}"


def newest_start(history: HistoryDirectory) -> str:
    """Return when the newest run of a history has started, empty when there is none."""
    newest = history.newest(1)
    return newest[-1].run.started if newest else ""
