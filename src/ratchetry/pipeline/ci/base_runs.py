"""What the shared history says of the base of a pull request; nothing of the pull request is checked out for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import Finding, RunRecord
from ratchetry.domain.review import Against, NotCompared
from ratchetry.errors import NotMeasuredError, RatchetryError
from ratchetry.history.columns import RunColumns
from ratchetry.pipeline.regression_base import Ancestry
from ratchetry.pipeline.regressions import Asked, report_against

OpenHistory = Callable[[], HistoryDirectory]
"""Opens the shared history; raises RatchetryError saying why there is none."""
_SHORT: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseWanted:
    """What a run is compared with: the base's tip as GitHub knows it, and the branch whose runs the history keeps.

    `ref` is the branch that the pull request is to be merged into; where it is another one than `branch`, the pull
    request is stacked on it.
    """

    commit: str
    ref: str
    branch: str
    started: str = ""
    """When the run was created, as GitHub says: what was measured later is no base of it."""

    @property
    def note(self) -> str:
        """Return what there is to know about a base that is not the branch of the history."""
        if not self.ref or self.ref == self.branch:
            return ""
        return (
            f"this pull request is to be merged into {self.ref}, whose runs are not kept: it is compared with "
            f"{self.branch}, so what {self.ref} changes counts as well"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRuns:
    """The history, opened when it is first needed, or why it is not there."""

    open: OpenHistory
    now: datetime
    root: str
    environ: Mapping[str, str]
    opened: list[HistoryDirectory | str] = field(default_factory=list)

    def history(self) -> HistoryDirectory | str:
        """Return the history, or why there is none."""
        if not self.opened:
            try:
                self.opened.append(self.open())
            except RatchetryError as error:
                self.opened.append(str(error))
        return self.opened[0]


def compared(runs: BaseRuns, record: RunRecord, wanted: BaseWanted) -> Against | NotCompared:
    """Return a run beside the base that the history knows, or why it cannot be compared."""
    history = runs.history()
    if isinstance(history, str):
        return NotCompared(reason=history)
    asked = Asked(root=runs.root, environ=runs.environ, branch=wanted.branch)
    try:
        head = replace(record, run=replace(record.run, started=wanted.started or record.run.started))
        report = report_against(history, head, asked, _ancestry(history, wanted), runs.now)
        return Against(report=report, findings=_new_findings(history, record, wanted, report.base.measured))
    except NotMeasuredError as error:
        return NotCompared(reason=str(error).partition(":")[0])
    except RatchetryError as error:
        return NotCompared(reason=str(error))
    except (ArithmeticError, ValueError) as error:
        # the numbers are those of strangers: what no statistic can take is told, and ends nothing
        return NotCompared(reason=f"its numbers cannot be compared: {error}")


def _ancestry(history: HistoryDirectory, wanted: BaseWanted) -> Ancestry:
    """Return the commits of the branch up to the base, as its runs tell; all before the run where it was not measured.

    The run has measured what a merge into the base's tip would make: so that tip is its base, and no clone is needed.
    """
    commits = _commits(history, wanted)
    if wanted.commit not in commits:
        short = wanted.commit[:_SHORT]
        why = f"the base {short} was not measured" if short else "GitHub names no base"
        return Ancestry(commit="", places=None, note=f"{why}: compared with the runs before it, by their time")
    place = commits.index(wanted.commit)
    return Ancestry(commit=wanted.commit, places={sha: place - at for at, sha in enumerate(commits[: place + 1])})


def _commits(history: HistoryDirectory, wanted: BaseWanted) -> list[str]:
    """Return the commits of the branch in the order in which they were first measured."""
    ordered = sorted((each.run for each in _of_branch(history, wanted)), key=lambda run: (run.started, run.run_id))
    return list(dict.fromkeys(run.commit for run in ordered if run.commit))


def _of_branch(history: HistoryDirectory, wanted: BaseWanted) -> Iterator[RunColumns]:
    """Yield the runs that measured a commit of the branch."""
    for columns in history.columns():
        run = columns.run
        if run.branch == wanted.branch and run.pull_request is None and not run.dirty:
            yield columns


def _new_findings(
    history: HistoryDirectory, record: RunRecord, wanted: BaseWanted, measured: str
) -> tuple[Finding, ...] | None:
    """Return the findings that the newest run of the base does not have; None where what it found is not kept.

    Those of a tool that did not look at the base are left out: they need not be new.
    """
    limit = wanted.started or "~"  # later than any time
    runs = [
        each.run
        for each in _of_branch(history, wanted)
        if not each.pruned and (each.run.commit == measured if measured else each.run.started < limit)
    ]
    if not runs:
        return None
    newest = max(runs, key=lambda run: (run.started, run.run_id))
    found = (row for row in history.records(newest.started, f"{newest.started}~") if row.run.run_id == newest.run_id)
    base = next(found, None)
    if base is None:
        return None
    known = {row.fingerprint for row in base.findings}
    looked = {tool for stage in base.stages.values() for tool in stage.tools}
    new = {tool for stage in record.stages.values() for tool in stage.tools} - looked
    return tuple(row for row in record.findings if row.fingerprint not in known and row.tool not in new)
