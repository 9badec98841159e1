"""From kept runs to what they say of their changes: row by row of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.bandit import TRAILER
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import Change, ChangedFile, Gate, RunRecord, StageResult, TestResult, Verdict
from ratchetry.domain.run_evidence import RunEvidence
from ratchetry.pipeline.run_evidence import run_evidence, with_changes
from tests.builders import RUN, metric, record

TESTS = tuple(f"tests/test_a.py::test_{number}" for number in range(12))


def kept(number: int, *failing: str, verdict: Verdict = "pass", gates: Sequence[str] = (), **run: object) -> RunRecord:
    """Return a run of the branch in which some tests failed."""
    info = replace(
        RUN,
        run_id=str(number),
        event="push",
        branch="main",
        commit=f"{number:040x}",
        started=f"2026-01-{1 + number // 24:02d}T{number % 24:02d}:00:00Z",
    )
    return record(
        run=replace(info, **run),  # type: ignore[arg-type]  # a wrong field fails the test
        stages={"test": StageResult(status="failed" if failing else "passed", reason="x" * bool(failing))},
        tests=tuple(TestResult(id=name, outcome="failed" if name in failing else "passed") for name in TESTS),
        gates=tuple(Gate(metric=name, kind="measured", verdict="fail") for name in gates),
        metrics={"tests.total": metric(12.0), "lint.findings": metric(1.0)},
        verdict=verdict,
    )


def changed(one: RunRecord, run: Mapping[str, object]) -> RunRecord:
    """Return a run of which something is different."""
    return replace(one, run=replace(one.run, **run))  # type: ignore[arg-type]  # a wrong field fails the test


def said(tmp_path: Path, *runs: RunRecord, pull_requests: bool = False) -> tuple[RunEvidence, ...]:
    """Return what runs say."""
    history = HistoryDirectory(tmp_path)
    for one in runs:
        history.add(one)
    return run_evidence(history, branch="main", pull_requests=pull_requests).runs


def test_how_runs_end(tmp_path: Path) -> None:
    """Green passes; what was not measured says nothing; tests and other gates fail."""
    rows = said(
        tmp_path,
        kept(1),
        kept(2, verdict="warn"),
        kept(3, verdict="not_measured"),
        kept(4, TESTS[0], verdict="fail", gates=("stage.test", "tests.pass_rate")),
        kept(5, verdict="fail", gates=("lint.findings",)),
        kept(6, TESTS[0], TESTS[1], verdict="fail", gates=("stage.test", "types.errors")),
        kept(7, verdict="fail"),
    )
    assert [(row.ending, row.broken) for row in rows] == [
        ("passed", ()),
        ("passed", ()),
        ("missing", ()),
        ("failed", (TESTS[0],)),
        ("failed", ("lint.findings",)),
        ("failed", (TESTS[0], TESTS[1], "types.errors")),
        ("failed", ("verdict",)),
    ]
    assert rows[0].metrics == {"tests.total": 12.0}


def test_flaky_tests_and_outages_say_nothing(tmp_path: Path) -> None:
    """A run that only failed in known flaky tests is missing, and so is one in which most tests failed at once."""
    flaky = [kept(number, TESTS[3], verdict="fail") if number % 5 == 2 else kept(number) for number in range(60)]
    rows = said(tmp_path, *flaky, kept(70, *TESTS[:9], verdict="fail"))
    assert {row.ending for row in rows if row.run_id == "2"} == {"missing"}
    assert "only flaky tests failed" in next(row.reason for row in rows if row.run_id == "7")
    assert rows[-1].reason.startswith("an outage")
    assert sum(row.ending == "failed" for row in rows) == 0


def test_reused_results_are_no_evidence(tmp_path: Path) -> None:
    """Whatever the verdict, tests that were not run say nothing."""
    one = kept(1)
    (row,) = said(tmp_path, replace(one, stages={"test": StageResult(status="passed", cached=True)}))
    assert (row.ending, row.reason) == ("missing", "its test results are those of an earlier run with the same files")


@pytest.mark.parametrize(
    "run", [{"dirty": True}, {"branch": "other"}, {"pull_request": 4, "branch": "main"}, {"event": "merge_group"}]
)
def test_other_runs_are_left_out(tmp_path: Path, run: Mapping[str, object]) -> None:
    """Uncommitted changes, other branches, pull requests and the merge queue say nothing of the branch."""
    assert [row.run_id for row in said(tmp_path, kept(1), changed(kept(2), run))] == ["1"]


def test_pull_requests_where_they_are_asked_for(tmp_path: Path) -> None:
    """Their flaky failures are told by what is known of the branch."""
    rows = said(tmp_path, kept(1), kept(2, pull_request=4, branch="fix"), pull_requests=True)
    assert [(row.run_id, row.pull_request) for row in rows] == [("1", None), ("2", 4)]


def test_trailers_name_decisions(tmp_path: Path) -> None:
    """However the trailer is spelled; each once."""
    trailers = {TRAILER.lower(): ("01A", " 01B "), "Ratchetry-DECISION": ("01A",), "Reviewed-by": ("x",)}
    (row,) = said(tmp_path, replace(kept(1), change=Change(trailers=trailers)))
    assert row.decisions == ("01A", "01B")


def test_changes_of_commits_that_nobody_measured() -> None:
    """The files of a run are all that differ from the commit measured before; of one measured again, none new."""
    commits = [
        CommitChange(sha=f"{number:040x}", files=(ChangedFile(path=f"f{number}.py", added=1, deleted=0),))
        for number in range(6)
    ]
    runs = [
        RunEvidence(run_id=str(number), started=f"2026-01-0{number}", commit=commits[number].sha)
        for number in (1, 2, 5)
    ]
    strange = RunEvidence(run_id="9", started="2026-01-09", commit="f" * 40, changed=("own.py",))
    pull = replace(runs[0], run_id="8", started="2026-01-08", pull_request=3, changed=("pull.py",))
    found = with_changes([strange, pull, *reversed(runs)], commits)
    assert {row.run_id: row.changed for row in found} == {
        "1": ("f1.py",),
        "2": ("f2.py",),
        "5": ("f3.py", "f4.py", "f5.py"),
        "8": ("pull.py",),
        "9": ("own.py",),
    }
