"""Verifying a history finds what is wrong in it, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ratchetry.adapters.history_check import Checked, verify
from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import event
from ratchetry.history.layout import chunk_path
from ratchetry.state.record import dumps
from tests.adapters.history_runs import run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a history with a compacted month, runs and an event."""
    history = HistoryDirectory(tmp_path)
    for number in range(4):
        history.add(run(number))
    compact(history, "2026-10")
    for number in (10, 11):
        history.add(run(number, started="2026-11-01T00:00:00Z"))
    history.add_event(event("log", time="2026-11-02T00:00:00Z", data={"message": "m"}))
    return tmp_path


def checked(root: Path) -> Checked:
    """Return what is found in a history."""
    return verify(HistoryDirectory(root))


def problems(root: Path) -> list[str]:
    """Return the problems in a history as texts."""
    return [f"{remark.path}: {remark.what}" for remark in checked(root).problems]


def test_a_sound_history_has_no_problems(root: Path) -> None:
    """Runs in parts and files count, once each; what other programs keep beside the history is no matter."""
    (root / "record.json").write_bytes(b"not of the history")
    (root / "cache").mkdir()
    found = checked(root)
    assert (found.runs, found.events, found.problems, found.notes) == (6, 1, (), ())


@pytest.mark.parametrize("pattern", ["runs/*/*/*.json", "events/*/*/*.json", "catalog/*/*.json", "months/*/*.xz"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "grown", "link"])
def test_every_damaged_file_is_named(root: Path, pattern: str, damage: str) -> None:
    """Whatever happened to a file, it is told with its path."""
    path = min(root.glob(pattern))
    data = path.read_bytes()
    if damage == "link":
        path.rename(root / "elsewhere")
        path.symlink_to(root / "elsewhere")
    else:
        flipped = bytes([data[len(data) // 2] ^ 1])
        path.write_bytes(
            {
                "cut": data[: len(data) // 2],
                "flipped": data[: len(data) // 2] + flipped + data[len(data) // 2 + 1 :],
                "empty": b"",
                "grown": data + b"x",
            }[damage]
        )
    assert any(problem.startswith(path.relative_to(root).as_posix()) for problem in problems(root))


def test_a_file_in_the_wrong_place_is_told_where_it_belongs(root: Path) -> None:
    """Runs, events and parts are held against their paths."""
    (root / "runs/2026/11/10-1.json").rename(root / "runs/2026/11/99-1.json")
    event_file = next(root.glob("events/*/*/*.json"))
    event_file.rename(event_file.with_name("0" * 16 + ".json"))
    part = next(root.glob("months/*/*.xz"))
    (root / "months/2026-09").mkdir()
    part.rename(root / "months/2026-09" / part.name)
    assert problems(root) == [
        "runs/2026/11/99-1.json: holds the run whose place is runs/2026/11/10-1.json",
        f"events/2026/11/{'0' * 16}.json: holds the event whose place is {event_file.relative_to(root).as_posix()}",
        f"months/2026-09/{part.name}: is a part of 2026-10",
    ]


def test_what_is_nothing_of_a_history_is_told(root: Path) -> None:
    """A file of another name among the history's is a problem, an unfinished write is not."""
    (root / "runs/2026/11/notes.txt").touch()
    (root / "catalog/.0123.json.aa.tmp").touch()
    assert problems(root) == ["runs/2026/11/notes.txt: not the name of a file of a history"]
    assert [remark.path for remark in checked(root).notes] == ["catalog/.0123.json.aa.tmp"]


def test_a_run_in_two_places_of_a_month_is_noted_and_in_two_months_a_problem(root: Path) -> None:
    """Duplicates that the next compaction mends are no problem; a run that says two starts is."""
    shutil.copytree(root, root / "copy")
    HistoryDirectory(root / "single").add(run(2))
    shutil.copytree(root / "single" / "runs", root / "copy" / "runs", dirs_exist_ok=True)
    found = checked(root / "copy")
    assert (found.problems, [remark.path for remark in found.notes]) == ((), [_only_part(root)])
    HistoryDirectory(root / "copy").add(run(10, started="2026-12-01"))
    assert [problem.partition(":")[0] for problem in problems(root / "copy")] == ["runs/2026/12/10-1.json"]


def _only_part(root: Path) -> str:
    """Return the path of the only part."""
    (part,) = root.glob("months/*/*.xz")
    return part.relative_to(root).as_posix()


def test_names_that_are_missing_are_a_problem_and_those_too_many_are_noted(root: Path) -> None:
    """A chunk without runs is what an interrupted run leaves; runs without their chunk cannot be read."""
    history = HistoryDirectory(root)
    tests = next(iter(history.columns("2026-11"))).tests[0].chunk
    (root / chunk_path(tests)).unlink()
    found = problems(root)
    assert len(found) == 3
    assert all("cannot be read: No such file or directory" in problem for problem in found)
    HistoryDirectory(root).add(run(12, started="2026-11-03T00:00:00Z"))
    assert problems(root) == []
    for path in (*root.glob("runs/*/*/*"), *root.glob("months/*/*")):
        path.unlink()
    assert len(checked(root).notes) == 3


def test_a_newer_layout_or_format_is_told(root: Path) -> None:
    """What a later version wrote is a problem that says so."""
    (root / "layout.json").write_bytes(b'{"layout":2}')
    assert problems(root)[0].startswith("layout.json: layout 2 is newer than the 1")


def test_whole_records_of_earlier_versions_are_no_problem(root: Path) -> None:
    """They are checked as run records."""
    path = root / "runs/2026/11/77-1.json"
    path.write_bytes(dumps(run(77, started="2026-11-05T00:00:00Z")))
    assert problems(root) == []
    path.write_bytes(b"{}")
    assert problems(root) == ["runs/2026/11/77-1.json: Object missing required field `run`"]
