"""Whatever a record of a stranger holds, comparing it with the history ends in an answer."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import Metric, RunRecord
from ratchetry.domain.review import Against, NotCompared
from ratchetry.errors import NotMeasuredError
from ratchetry.pipeline.ci.base_runs import BaseRuns, BaseWanted, compared
from tests.pipeline.ci.envelopes import record_of
from tests.unit.report.hostile import few, hostile

NOW = datetime(2026, 2, 1, tzinfo=UTC)
WANTED = BaseWanted(commit="b" * 40, ref="main", branch="main", started="2026-01-20T00:00:00Z")
NAMES = {"tests.total": "count", "coverage.line": "percent", "score.total": "ratio"}


@pytest.fixture(name="runs", scope="module")
def _runs(tmp_path_factory: pytest.TempPathFactory) -> BaseRuns:
    """Return the history of a branch whose base is its last run but one."""
    root = tmp_path_factory.mktemp("history")
    history = HistoryDirectory(root)
    for number in range(9):
        sha = {7: "b" * 40, 8: "c" * 40}.get(number, f"{number:040x}")
        told = {"run_id": str(number), "started": f"2026-01-{number + 1:02d}T00:00:00Z", "commit": sha}
        metrics = {
            name: Metric(value=90.0 + number % 3 + 50 * (number == 8), unit=unit, better="higher", stage="test")
            for name, unit in NAMES.items()
        }
        history.add(replace(record_of("pass", (), **told), metrics=metrics))
    return BaseRuns(open=lambda: history, now=NOW, root=str(root), environ=os.environ)


@few
@given(hostile)
def test_no_record_ends_the_comparison(runs: BaseRuns, record: RunRecord) -> None:
    """A record of any content is compared, or there is a reason why not."""
    found = compared(runs, record, WANTED)
    assert isinstance(found, Against) or found.reason


def test_runs_after_the_base_are_no_base(runs: BaseRuns) -> None:
    """What was measured after the pull request's base does not count, though it was before the run."""
    metrics = {"tests.total": Metric(value=91.0, unit="count", better="higher", stage="test")}
    found = compared(runs, replace(record_of("pass", (), run_id="99"), metrics=metrics), WANTED)
    assert isinstance(found, Against)
    assert found.report.base.measured == "b" * 40
    assert max(found.report.series[0].values) < 100


def test_a_history_that_is_not_there_is_asked_for_once(tmp_path: Path) -> None:
    """Packages share one history, and one reason why there is none."""
    asked = []

    def opened() -> HistoryDirectory:
        asked.append(1)
        msg = "there is none"
        raise NotMeasuredError(msg)

    runs = BaseRuns(open=opened, now=NOW, root=str(tmp_path), environ=os.environ)
    for _ in range(2):
        assert compared(runs, record_of("pass", ()), WANTED) == NotCompared(reason="there is none")
    assert asked == [1]
