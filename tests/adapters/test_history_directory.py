"""A history in a directory: runs and events are kept once and come back as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import event
from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.errors import StateError
from ratchetry.history.normal import normalized
from ratchetry.history.privacy import Privacy, private_record
from ratchetry.ports import History
from ratchetry.state.record import dumps
from tests.adapters.history_runs import files, run
from tests.builders import RUN, record
from tests.unit.history.records import records


def test_runs_come_back_in_the_order_of_their_start(tmp_path: Path) -> None:
    """Whatever the order in which they are added, runs and events are read in that of their time."""
    history: History = HistoryDirectory(tmp_path)
    runs = [run(3), run(1, started="2026-11-02T00:00:00Z"), run(2, started="2025-12-31T23:59:59Z")]
    events = [event("log", time=time) for time in ("2026-11-02", "2026-10-01")]
    assert all(map(history.add, runs))
    assert all(map(history.add_event, events))
    fresh = HistoryDirectory(tmp_path)
    assert list(fresh.records()) == [runs[2], runs[0], runs[1]]
    assert list(fresh.events()) == [events[1], events[0]]
    assert [columns.run.run_id for columns in fresh.columns()] == ["2", "3", "1"]
    assert fresh.newest(2) == (runs[0], runs[1])
    assert (fresh.newest(0), fresh.newest(9)) == ((), (runs[2], runs[0], runs[1]))


def test_a_period_is_closed_at_its_start_and_open_at_its_end(tmp_path: Path) -> None:
    """`since` counts, `until` does not, and months outside are not looked at."""
    history = HistoryDirectory(tmp_path)
    starts = ["2026-09-30T23:59:59Z", "2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z", "2026-11-01T00:00:00Z"]
    for number, started in enumerate(starts):
        history.add(run(number, started=started))
    (tmp_path / "runs/2026/12").mkdir()
    (tmp_path / "runs/2026/12/9-1.json").write_bytes(b"damaged")
    found = [each.run.started for each in history.records("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")]
    assert found == starts[1:3]
    assert [each.run.started for each in history.columns(until="2026-10")] == starts[:1]


@settings(max_examples=40)
@given(records())
def test_any_record_is_kept_or_refused_before_anything_is_written(
    tmp_path_factory: pytest.TempPathFactory, drawn: RunRecord
) -> None:
    """What is kept is what may be kept, in normal form, whatever it is called."""
    root = tmp_path_factory.mktemp("history")
    history = HistoryDirectory(root)
    assert history.add(drawn)
    assert not history.add(drawn)
    assert list(HistoryDirectory(root).records()) == [normalized(private_record(drawn, Privacy()))]
    assert all(path.startswith(("runs/", "catalog/", "layout.json")) for path in files(root))


def test_the_same_run_twice_has_no_effect_and_another_attempt_is_another_run(tmp_path: Path) -> None:
    """The first record of a run attempt stays, whatever the second says."""
    history = HistoryDirectory(tmp_path)
    assert history.add(run(7))
    before = files(tmp_path)
    assert not history.add(run(7))
    assert not history.add(run(7, value=1.0))
    assert files(tmp_path) == before
    assert history.add(run(7, attempt=2))
    assert [each.run.attempt for each in history.records()] == [1, 2]


def test_an_event_is_kept_once_without_its_actor(tmp_path: Path) -> None:
    """The same event again has no effect, and nobody is named unless the settings say so."""
    history = HistoryDirectory(tmp_path)
    noted = event("log", time="2026-10-01T00:00:00Z", actor="jo", data={"message": "m"})
    assert history.add_event(noted)
    assert not history.add_event(noted)
    (kept,) = history.events()
    assert kept.actor.startswith("author-")
    assert HistoryDirectory(tmp_path / "open", privacy=Privacy(authors="keep")).add_event(noted)
    assert b'"jo"' in next(data for path, data in files(tmp_path / "open").items() if path.startswith("events"))


def test_names_are_written_once(tmp_path: Path) -> None:
    """Runs with the same tests share their names; a chunk that was damaged is mended by the next run that has it."""
    history = HistoryDirectory(tmp_path)
    history.add(run(1))
    chunks = sorted((tmp_path / "catalog").rglob("*.json"))
    stamps = [path.stat().st_mtime_ns for path in chunks]
    history.add(run(2))
    assert [path.stat().st_mtime_ns for path in chunks] == stamps
    assert sorted((tmp_path / "catalog").rglob("*.json")) == chunks
    whole = chunks[0].read_bytes()
    chunks[0].write_bytes(whole[:-3])
    with pytest.raises(StateError, match="damaged: its content is not what its name says"):
        list(HistoryDirectory(tmp_path).records())
    history.add(run(3))
    assert chunks[0].read_bytes() == whole
    assert len(list(HistoryDirectory(tmp_path).records())) == 3


def test_whole_records_of_earlier_versions_are_read(tmp_path: Path) -> None:
    """A run record below runs/ is a run of the history, also as columns."""
    path = tmp_path / "runs" / "2026" / "10" / "7-1.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(dumps(run(7)))
    history = HistoryDirectory(tmp_path)
    assert not history.add(run(7))
    assert list(history.records()) == [run(7)]
    (columns,) = history.columns()
    assert columns.run == run(7).run
    assert [history.names(part.chunk) for part in columns.tests] == [
        (("tests/test_a.py::test_a",), ("tests/test_a.py::test_b",))
    ]


@pytest.mark.parametrize(
    "run_id", ["../../../etc/passwd", "/etc/passwd", "..", "", "a\x00b", "x/y", "é" * 300, ".git", "-rf", "CON"]
)
def test_no_run_leaves_the_directory(tmp_path: Path, run_id: str) -> None:
    """Whatever a run calls itself, it is kept inside the history, and is found again."""
    root = tmp_path / "history"
    hostile = normalized(record(run=replace(RUN, run_id=run_id, started="../../..")))
    assert HistoryDirectory(root).add(hostile)
    assert list(HistoryDirectory(root).records()) == [hostile]
    assert [path.name for path in tmp_path.iterdir()] == ["history"]
    assert not HistoryDirectory(root).add(hostile)


@pytest.mark.parametrize(
    "started", ["", "1969-07-20T20:17:40Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-31", "soon"]
)
def test_a_clock_that_jumps_loses_nothing(tmp_path: Path, started: str) -> None:
    """A run whose clock was wrong, or that says no time, is kept and read like any other."""
    history = HistoryDirectory(tmp_path)
    assert history.add(run(1, started=started) if started else replace(run(1), run=replace(run(1).run, started="")))
    assert history.add(run(2))
    assert {each.run.run_id for each in history.records()} == {"1", "2"}
    assert [each.run.run_id for each in history.records("2026-10-01", "2026-11-01")] == ["2"]


def test_one_run_attempt_counts_once_though_its_clock_jumped(tmp_path: Path) -> None:
    """A run attempt that was added in two months, by two clocks, is read once."""
    history = HistoryDirectory(tmp_path)
    history.add(run(1, started="2026-09-01"))
    history.add(run(1, started="2026-10-01"))
    assert [each.run.started for each in history.records()] == ["2026-09-01"]


def test_what_cannot_be_kept_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """A text or number that JSON cannot say is a StateError naming the run, and leaves no trace."""
    history = HistoryDirectory(tmp_path)
    for broken in (
        record(tests=(TestResult(id="\ud800", outcome="passed"),)),
        record(tests=(TestResult(id="t", outcome="passed", duration=float("inf")),)),
        record(tests=(TestResult(id="t", outcome="passed", duration=-1.0),)),
        record(tests=(TestResult(id="x" * 5000, outcome="passed"),)),
        record(run=replace(RUN, attempt=0)),
    ):
        with pytest.raises(StateError, match="run 7"):
            history.add(broken)
    assert files(tmp_path) == {}


def test_a_newer_layout_is_refused_by_name(tmp_path: Path) -> None:
    """A history of a later version is neither read nor added to."""
    (tmp_path / "layout.json").write_bytes(b'{"layout":2}\n')
    history = HistoryDirectory(tmp_path)
    with pytest.raises(StateError, match=r"layout 2 is newer than the 1 that is read here: upgrade ratchetry"):
        history.add(run(1))
    with pytest.raises(StateError, match="upgrade ratchetry"):
        list(history.records())
    with pytest.raises(StateError, match="upgrade ratchetry"):
        history.newest(1)


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40, b'{"checksum":"0000000000000000","format":1,\n}\n'])
def test_a_damaged_run_is_named(tmp_path: Path, damage: bytes) -> None:
    """A file that was truncated, half written or overwritten is told with its path, never taken for an empty run."""
    history = HistoryDirectory(tmp_path)
    history.add(run(1))
    history.add(run(2))
    path = tmp_path / "runs/2026/10/2-1.json"
    path.write_bytes(damage or path.read_bytes()[:200])
    with pytest.raises(StateError, match=r"runs/2026/10/2-1\.json: "):
        list(HistoryDirectory(tmp_path).records())


def test_a_history_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """Reading creates nothing."""
    history = HistoryDirectory(tmp_path / "none")
    assert (list(history.records()), list(history.events()), list(history.columns())) == ([], [], [])
    assert not (tmp_path / "none").exists()


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), max_size=8))
def test_nothing_is_listed_to_add(tmp_path_factory: pytest.TempPathFactory, numbers: list[int]) -> None:
    """Adding looks at the files it writes alone: one that cannot be read beside them is no matter."""
    root = tmp_path_factory.mktemp("history")
    month = root / "runs" / "2026" / "10"
    month.mkdir(parents=True)
    (month / "damaged-1.json").write_bytes(b"damaged")
    (root / "runs" / "2026" / "09").touch()
    history = HistoryDirectory(root)
    assert [history.add(run(number)) for number in numbers] == [
        number not in numbers[:at] for at, number in enumerate(numbers)
    ]
