"""Importing from every kind of source into a history, as the command does it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.envelope import Envelope
from ratchetry.domain.event import event
from ratchetry.domain.record import Fragment, RunRecord, StageResult, TestResult
from ratchetry.errors import UsageError
from ratchetry.pipeline.history import compact_months, prune_tests
from ratchetry.pipeline.importing.keep import MAX_TOLD, Outcome, keep
from ratchetry.pipeline.importing.run import Place, import_runs
from ratchetry.pipeline.importing.wish import (
    ActionBenchmark,
    Artifacts,
    Branch,
    Group,
    Octocov,
    Records,
    Reports,
    StoredBenchmarks,
    Wish,
)
from ratchetry.settings import Settings
from ratchetry.state import envelope as envelopes
from ratchetry.state.record import dumps
from tests.adapters.repositories import ENVIRON, git
from tests.builders import RUN, metric, record

DATA: Final = Path(__file__).parents[2] / "data"
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)


def place(root: Path) -> Place:
    """Return where is imported to: a history in a directory."""
    return Place(
        path=str(root),
        settings=Settings(),
        history=str(root / "history"),
        environ=ENVIRON,
        clock=SystemClock(),  # a report that names no time is as old as its file
        progress=SilentProgress(),
    )


def imported(root: Path, wish: Wish, *sources: Path | str, repository: str = "", write: bool = True) -> Outcome:
    """Return what an import did."""
    return import_runs(place(root), wish, [str(source) for source in sources], repository=repository, write=write)


def kept(root: Path) -> list[RunRecord]:
    """Return the runs of the history that was imported to, which has nothing wrong with it."""
    history = HistoryDirectory(root / "history")
    assert verify(history).problems == ()
    return list(history.records())


def envelope(stage: str, attempt: int, key: str = "main", value: float = 1.0) -> bytes:
    """Return a fragment of a run."""
    name = {"test": "tests.total", "quality": "lint.findings"}[stage]
    better = "higher" if stage == "test" else "lower"
    fragment = Fragment(
        stages={stage: StageResult(status="passed")}, metrics={name: metric(value, better=better, stage=stage)}
    )
    run = replace(RUN, run_id="8", attempt=attempt)
    return envelopes.dumps(Envelope(run=run, stage=stage, key=key, fragment=fragment))


@pytest.mark.parametrize(
    ("wish", "sources", "count"),
    [
        (Reports(), ("gotestsum-1.13.0", "jest-junit-16.0.0/junit.xml", "pytest-*/outcomes.xml"), 5),
        (Reports(group="directory"), ("surefire-3",), 1),
        (Octocov(), ("octocov-0",), 2),
        (ActionBenchmark(), ("github-action-benchmark-1",), 7),
        (StoredBenchmarks(), ("pytest-benchmark-*/stored*.json",), 3),
    ],
)
def test_importing_twice_has_no_effect(wish: Wish, sources: tuple[str, ...], count: int, tmp_path: Path) -> None:
    """Every entry is one run, whose identifier follows from what it says."""
    paths = [DATA / source for source in sources]
    assert imported(tmp_path, wish, *paths, write=False).added == count
    assert not (tmp_path / "history").exists()
    first = imported(tmp_path, wish, *paths)
    before = sorted(path.name for path in (tmp_path / "history").rglob("*"))
    second = imported(tmp_path, wish, *paths)
    assert (first.added, first.known, second.added, second.known) == (count, 0, 0, count)
    assert sorted(path.name for path in (tmp_path / "history").rglob("*")) == before
    assert {run.run.event for run in kept(tmp_path)} == {"import"}


@pytest.mark.parametrize(("group", "count"), [("file", 3), ("directory", 2), ("all", 1)])
def test_reports_are_grouped_as_asked(group: Group, count: int, tmp_path: Path) -> None:
    """What is of one run is one run."""
    report = (DATA / "surefire-3/TEST-org.example.AreaTest.xml").read_text(encoding="utf-8")
    for name in ("1/a.xml", "1/b.xml", "2/a.xml"):
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report.replace("square", name[0] + name[2]), encoding="utf-8")
    assert imported(tmp_path, Reports(group=group), tmp_path / "reports").found == count


def test_paths_tell_commits(tmp_path: Path) -> None:
    """What the groups of a pattern find in a path counts before the options of the same names."""
    import re

    report = tmp_path / "builds" / "382b98c" / "2025-01-02" / "r.xml"
    report.parent.mkdir(parents=True)
    report.write_bytes((DATA / "surefire-3/TEST-org.example.LineTest.xml").read_bytes())
    pattern = re.compile(r"builds/(?P<commit>[0-9a-f]+)/(?P<started>[\d-]+)")
    imported(tmp_path, Reports(pattern=pattern), report)
    (run,) = kept(tmp_path)
    assert (run.run.commit, run.run.started) == ("382b98c", "2025-01-02T00:00:00Z")


def test_only_one_repository_is_imported(tmp_path: Path) -> None:
    """What says that it is another one's is left out; the parts of a repository belong to it."""
    outcome = imported(tmp_path, ActionBenchmark(), DATA / "github-action-benchmark-1/data.js", repository="o/n")
    assert (outcome.found, outcome.left_out) == (0, 3)
    assert "is of owner/sample, not of the one named" in outcome.reasons[0].reason
    assert imported(tmp_path, Octocov(), DATA / "octocov-0", repository="Owner/Sample").found == 2


def test_runs_of_the_future_are_left_out(tmp_path: Path) -> None:
    """A clock that jumped ahead makes no run the latest for ever."""
    history = HistoryDirectory(tmp_path / "history")
    runs = [record(run=replace(RUN, run_id=year, started=f"{year}-01-01T00:00:00Z")) for year in ("2025", "2031")]
    outcome = keep(history, runs, repository="", now=NOW, progress=SilentProgress(), write=True)
    assert (outcome.found, outcome.left_out) == (1, 1)
    assert outcome.reasons[0].reason == "started: 2031-01-01T00:00:00Z is in the future"
    assert [run.run.run_id for run in kept(tmp_path)] == ["2025"]


def test_a_run_is_known_whatever_month_it_is_in(tmp_path: Path) -> None:
    """The same report with another time of its file is there already."""
    history = HistoryDirectory(tmp_path / "history")
    runs = [record(run=replace(RUN, started=f"2026-0{month}-01T00:00:00Z")) for month in (1, 2)]
    outcome = keep(history, runs, repository="", now=NOW, progress=SilentProgress(), write=True)
    assert (outcome.added, outcome.known) == (1, 1)


def test_a_history_that_cannot_be_written_ends_the_import(tmp_path: Path) -> None:
    """What could not be kept is not counted as kept."""
    (tmp_path / "history").write_text("no directory")
    runs = [record(run=replace(RUN, run_id=str(number))) for number in range(100)]
    with pytest.raises(UsageError, match="cannot write"):
        keep(
            HistoryDirectory(tmp_path / "history"),
            runs,
            repository="",
            now=NOW,
            progress=SilentProgress(),
            write=True,
        )


def test_a_run_that_cannot_be_kept_is_left_out(tmp_path: Path) -> None:
    """The others are kept."""
    runs = [
        record(run=replace(RUN, run_id="bad", branch="\ud800")),
        *(record(run=replace(RUN, run_id=str(number))) for number in range(100)),
    ]
    history = HistoryDirectory(tmp_path / "history")
    outcome = keep(history, runs, repository="", now=NOW, progress=SilentProgress(), write=True)
    assert (outcome.added, outcome.found, outcome.left_out) == (100, 100, 1)
    assert outcome.reasons[0].where == "run bad"
    assert len(kept(tmp_path)) == 100


def test_not_everything_that_was_left_out_is_told(tmp_path: Path) -> None:
    """All of it is counted."""
    document = {"entries": {"S": [{"commit": 1} for _ in range(MAX_TOLD + 5)]}}
    (tmp_path / "data.js").write_text(json.dumps(document), encoding="utf-8")
    outcome = imported(tmp_path, ActionBenchmark(), tmp_path / "data.js")
    assert (outcome.left_out, len(outcome.reasons)) == (MAX_TOLD + 5, MAX_TOLD)


def test_records_and_histories_are_found_at_any_depth(tmp_path: Path) -> None:
    """A directory may hold records, fragments and whole histories; the rest is left out with a reason."""
    source = tmp_path / "source"
    other = HistoryDirectory(source / "a" / "history")
    for identifier in ("1", "2"):
        other.add(record(run=replace(RUN, run_id=identifier)))
    other.add_event(event("log", time="2026-01-01T00:00:00Z", data={"message": "released"}))
    (source / "b").mkdir()
    (source / "b" / "record.json").write_bytes(dumps(record(run=replace(RUN, run_id="3"))))
    (source / "b" / "context.json").write_text("{}")
    (source / "b" / "broken.json").write_text('{"run": 3}')
    run_file = next((source / "a").rglob("2-1.json"))
    (source / "stray.json").write_bytes(run_file.read_bytes())
    outcome = imported(tmp_path, Records(), source)
    assert (outcome.added, outcome.events, outcome.left_out) == (3, 1, 2)
    assert {run.run.run_id for run in kept(tmp_path)} == {"1", "2", "3"}
    told = {Path(one.where).name: one.reason for one in outcome.reasons}
    assert "run" in told["broken.json"]
    assert "out of a history" in told["stray.json"]
    again = imported(tmp_path, Records(), source)
    assert (again.added, again.known, again.events) == (0, 3, 0)


def test_a_damaged_file_of_a_history_is_left_out(tmp_path: Path) -> None:
    """The other runs of that history are imported."""
    other = HistoryDirectory(tmp_path / "source")
    for identifier in ("1", "2"):
        other.add(record(run=replace(RUN, run_id=identifier)))
    next((tmp_path / "source" / "runs").rglob("1-1.json")).write_bytes(b'{"checksum":"0000000000000000","format":1,\n}')
    outcome = imported(tmp_path, Records(), tmp_path / "source")
    assert (outcome.added, outcome.left_out) == (1, 1)
    assert "damaged" in outcome.reasons[0].reason


def test_months_that_were_packed_and_pruned_come_over(tmp_path: Path) -> None:
    """A run whose tests have been dropped comes without them, which is noted."""
    other = HistoryDirectory(tmp_path / "source")
    old = replace(RUN, run_id="old", started="2024-01-02T00:00:00Z")
    other.add(record(run=old, tests=(TestResult(id="a", outcome="passed"),)))
    other.add(record(tests=(TestResult(id="a", outcome="passed"),)))
    compact_months(other, NOW)
    prune_tests(other, NOW, 400)
    outcome = imported(tmp_path, Records(), tmp_path / "source")
    assert (outcome.added, outcome.events, outcome.left_out) == (2, 1, 0)
    assert [note.what for note in outcome.notes] == ["runs without tests, which were dropped there: 1"]
    assert {run.run.run_id: len(run.tests) for run in kept(tmp_path)} == {"old": 0, "7": 1}


def test_a_branch_is_another_history(tmp_path: Path) -> None:
    """The history on a branch of a repository comes over; a repository without one is said to have none."""
    from ratchetry.pipeline.sync import push, sharing

    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(remote))
    empty = imported(tmp_path, Branch(), remote)
    assert (empty.found, empty.left_out) == (0, 1)
    assert "--ref" in empty.reasons[0].reason
    other = HistoryDirectory(tmp_path / "other")
    other.add(record())
    settings = replace(Settings(), history_remote=str(remote))
    push(
        sharing(
            str(tmp_path),
            settings,
            environ=ENVIRON,
            clock=SystemClock(),  # a report that names no time is as old as its file
            progress=SilentProgress(),
            history=str(other.root),
        )
    )
    assert imported(tmp_path, Branch(), remote).added == 1
    assert [run.run.run_id for run in kept(tmp_path)] == ["7"]


def test_artifacts_are_summaries_or_fragments(tmp_path: Path) -> None:
    """A summary counts before the fragments of its run; of a run without one the latest fragments are merged."""
    source = tmp_path / "artifacts"
    summary = source / "ci-metrics-summary-a1"
    summary.mkdir(parents=True)
    (summary / "record.json").write_bytes(dumps(record(verdict="pass")))
    (summary / "context.json").write_text("{}")
    for stage, attempt, value in (("test", 1, 1.0), ("test", 2, 5.0), ("quality", 1, 3.0)):
        directory = source / f"ci-metrics-{stage}-main-a{attempt}"
        directory.mkdir()
        (directory / "fragment.json").write_bytes(envelope(stage, attempt, value=value))
    with zipfile.ZipFile(source / "ci-metrics-test-other-a2.zip", "w") as archive:
        archive.writestr("fragment.json", envelope("test", 2, key="other", value=4.0))
    with zipfile.ZipFile(source / "evil.zip", "w") as archive:
        archive.writestr("../record.json", b"{}")
    with zipfile.ZipFile(source / "log.zip", "w") as archive:
        archive.writestr("log.txt", b"")
    outcome = imported(tmp_path, Artifacts(), source)
    assert (outcome.added, outcome.left_out) == (2, 2)
    told = {Path(one.where).name: one.reason for one in outcome.reasons}
    assert "leads out" in told["evil.zip"]
    assert "holds neither" in told["log.zip"]
    by_id = {run.run.run_id: run for run in kept(tmp_path)}
    assert by_id["7"].verdict == "pass"
    merged = by_id["8"]
    assert (merged.run.attempt, merged.verdict, merged.gates) == (2, "not_measured", ())
    assert {name: row.value for name, row in merged.metrics.items()} == {"lint.findings": 3.0, "tests.total": 4.0}


@pytest.mark.parametrize(
    ("source", "why"), [("absent", "no such file or directory"), ("*.none", "no such"), (".", "ends in .xml")]
)
def test_a_source_must_be_there(source: str, why: str, tmp_path: Path) -> None:
    """What is named must be a file, a directory with such files, or a glob that matches."""
    with pytest.raises(UsageError, match=why):
        imported(tmp_path, Reports(), tmp_path / source)
