"""From a history and its repository to what goes with a failure or a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ratchetry.adapters.commit_changes import commit_changes, file_at
from ratchetry.adapters.default_branch import default_branch
from ratchetry.adapters.git import Git
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.attribution import attribute, module_evidence
from ratchetry.analyze.blame.modules import imported
from ratchetry.analyze.blame.observations import observations
from ratchetry.analyze.blame.onset import Onset, failure_onset, run_onset, step_onset
from ratchetry.domain.attribution import Attribution, AttributionReport
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.run_evidence import RunEvidence
from ratchetry.errors import UsageError
from ratchetry.pipeline.run_evidence import run_evidence, with_changes

if TYPE_CHECKING:
    from ratchetry.domain.change_point import ChangePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the cause is asked for: of the newest failure or step when nothing is named."""

    test: str = ""
    metric: str = ""
    run: str = ""


class Past:
    """The runs of a branch with what each changed, and its commits as far as git knows them."""

    def __init__(
        self, history: HistoryDirectory, *, root: str, environ: Mapping[str, str], branch: str = "", since: str = ""
    ) -> None:
        self._history = history
        self._root, self._environ = root, environ
        self._git = Git(root, environ)
        self.branch = branch or default_branch(root, environ)
        self._since = since

    @cached_property
    def known(self) -> tuple[RunEvidence, ...]:
        """Return what the runs say, with the files that they name themselves; raises StateError, or UsageError."""
        runs = run_evidence(self._history, branch=self.branch, since=self._since).runs
        if not runs:
            msg = (
                f"{self._history.root}: no run of branch {self.branch!r}; `ratchetry run` keeps runs there, "
                "`ratchetry history backfill` measures old ones, --branch names another branch"
            )
            raise UsageError(msg)
        return runs

    @cached_property
    def commits(self) -> tuple[CommitChange, ...]:
        """Return the commits of the branch from the first measured one on, oldest first; empty where git knows none."""
        measured = list(dict.fromkeys(run.commit for run in self.known if run.commit))
        tips = (f"refs/heads/{self.branch}", f"refs/remotes/origin/{self.branch}", *measured[-1:])
        for tip in tips if measured else ():
            for first in (measured[0], ""):
                found = commit_changes(self._git, tip, first=first)
                if not {commit.sha for commit in found}.isdisjoint(measured):
                    return found
        return ()

    @cached_property
    def runs(self) -> tuple[RunEvidence, ...]:
        """Return what the runs say, with the files that differ from the commit measured before."""
        return with_changes(self.known, self.commits)

    def attributed(self, onset: Onset) -> Attribution:
        """Return what goes with something that began somewhere."""
        path = onset.subject.partition("::")[0] if "::" in onset.subject else ""
        imports = imported(file_at(self._git, onset.first_bad, path)) if path else frozenset[str]()
        if onset.kind == "step":
            onset = replace(onset, changed=self._changed(onset.first_bad))
        return attribute(onset, self.runs, self.commits, imports)

    def step(self, name: str, point: ChangePoint) -> Attribution:
        """Return what goes with a change of the level of a series."""
        return self.attributed(step_onset(name, point))

    def newest_step(self, metric: str = "") -> Onset | None:
        """Return the newest change of a metric, or of any that has a bad direction and went there; None without one."""
        from ratchetry.analyze.change_point.project import detect_all
        from ratchetry.pipeline.series import history_series

        series = history_series(
            self._history,
            root=self._root,
            environ=self._environ,
            branch=self.branch,
            metric=metric,
            since=self._since,
        )
        better = {one.name: one.better for one in series}
        bad = {"higher": "down", "lower": "up"}
        found = [
            (point.time, detection.name, point)
            for detection in detect_all(series)
            for point in detection.change_points
            if metric or bad.get(better[detection.name] or "") == point.direction
        ]
        if not found:
            return None
        _, name, point = max(found, key=lambda row: row[:2])
        return step_onset(name, point)

    def _changed(self, commit: str) -> tuple[str, ...]:
        """Return the files that the first run of a commit names."""
        return next((run.changed for run in self.runs if commit and run.commit == commit), ())


def attribution_report(past: Past, wanted: Wanted) -> AttributionReport:
    """Return what goes with what is asked for, and what the history says of all modules.

    Raises UsageError when a test, metric or run is named that has nothing to explain, or StateError.
    """
    onset = _onset(past, wanted)
    rows = observations(past.runs)
    return AttributionReport(
        branch=past.branch,
        runs=len(past.runs),
        failures=sum(row.failed for row in rows),
        since=past.runs[0].started,
        as_of=past.runs[-1].started,
        attribution=past.attributed(onset) if onset else None,
        modules=module_evidence(past.runs),
        notes=tuple(_notes(past, onset)),
    )


def _onset(past: Past, wanted: Wanted) -> Onset | None:
    """Return where what is asked for began; of failures and steps, the newest."""
    if wanted.test:
        return _required(failure_onset(past.runs, wanted.test), f"{wanted.test}: it never failed")
    if wanted.run:
        return _required(run_onset(past.runs, wanted.run), f"{wanted.run}: {_why_not(past, wanted.run)}")
    if wanted.metric:
        return _required(past.newest_step(wanted.metric), f"{wanted.metric}: its level never changed")
    found = [onset for onset in (failure_onset(past.runs), past.newest_step()) if onset]
    return max(found, key=lambda onset: onset.time) if found else None


def _why_not(past: Past, name: str) -> str:
    """Return why a run has nothing to explain."""
    run = next((run for run in past.runs if name in {run.run_id, run.name}), None)
    if run is None:
        return "there is no such run of the branch"
    return f"it says nothing of its change: {run.reason}" if run.ending == "missing" else "nothing began to fail in it"


def _required(onset: Onset | None, problem: str) -> Onset:
    """Return where something began; raises UsageError when there is nothing to explain."""
    if onset is None:
        msg = f"{problem}, in the runs that count; leave the option out for the newest failure or step there is"
        raise UsageError(msg)
    return onset


def _notes(past: Past, onset: Onset | None) -> Sequence[str]:
    """Return what has to be known to read the report."""
    missing = sum(run.ending == "missing" for run in past.runs)
    notes = [] if onset else ["nothing has failed, and no level has changed for the worse, in the runs that count"]
    if missing:
        notes.append(f"{missing} of {len(past.runs)} runs say nothing: flaky tests, outages, or parts not measured")
    if not past.commits:
        notes.append("git knows no measured commit here: changes are as the runs themselves name them")
    return notes
