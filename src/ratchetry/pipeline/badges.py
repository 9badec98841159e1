"""From a history to what badges tell."""

from __future__ import annotations

from datetime import UTC, datetime

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.errors import UsageError
from ratchetry.history.columns import RunColumns
from ratchetry.pipeline.flaky import Selection, flaky_report
from ratchetry.report.badge import Facts


def facts(history: HistoryDirectory, branch: str, *, flaky: bool) -> Facts:
    """Return what badges tell of a branch, on its newest run; flaky tests are only looked for where that is asked.

    Raises StateError for a damaged history.
    """
    newest = _newest(history, branch)
    if newest is None:
        return Facts(metrics={})
    count = _flaky_tests(history, branch, newest.run.started) if flaky else None
    return Facts(metrics=newest.values(history.names), flaky=count)


def _flaky_tests(history: HistoryDirectory, branch: str, as_of: str) -> int | None:
    """Return how many tests are flaky, None where no run says anything of tests."""
    try:
        moment = datetime.fromisoformat(as_of)
        now = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found = flaky_report(history, Selection(branch=branch), now)
    except (UsageError, ValueError):
        return None
    return sum(test.status == "active" for test in found.flaky) if found.runs else None


def _newest(history: HistoryDirectory, branch: str) -> RunColumns | None:
    """Return the newest run that measured a commit of a branch, None where there is none."""
    history.check_layout()
    for month in reversed(history.months.all("runs")):
        for entry in reversed(history.months.entries("runs", month)):
            columns = history.columns_of(entry)
            run = columns.run
            if run.branch == branch and run.pull_request is None and not run.dirty:
                return columns
    return None
