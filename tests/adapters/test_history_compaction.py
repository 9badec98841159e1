"""Compacting closed months: fewer bytes, the same history, at every instant."""

from __future__ import annotations

import shutil
from pathlib import Path

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_compaction import Compacted, compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import Event, event
from ratchetry.domain.record import RunRecord
from ratchetry.history import month
from ratchetry.state.record import dumps
from tests.adapters.history_runs import files, run

MONTH = "2026-10"


def note(number: int) -> Event:
    """Return an event of October 2026."""
    return event("log", time=f"2026-10-{1 + number % 28:02}T00:00:00Z", data={"message": f"m{number}"})


def filled(root: Path, numbers: range) -> HistoryDirectory:
    """Return a history with some runs and events."""
    history = HistoryDirectory(root)
    for number in numbers:
        history.add(run(number))
        history.add_event(note(number))
    return history


def held(root: Path) -> tuple[list[RunRecord], list[Event]]:
    """Return the runs and events of a history, as a reader finds them who comes new."""
    history = HistoryDirectory(root)
    assert verify(history).problems == ()
    return list(history.records()), list(history.events())


def parts(root: Path) -> dict[str, bytes]:
    """Return the parts of compacted months."""
    return {path: data for path, data in files(root).items() if path.startswith("months/")}


def test_a_compacted_month_says_the_same(tmp_path: Path) -> None:
    """Runs and events are in one part each, read as before, and their files are gone."""
    history = filled(tmp_path, range(30))
    before = held(tmp_path)
    done = compact(history, MONTH)
    assert (done.runs, done.events, done.files, done.problems) == (30, 30, 60, ())
    assert held(tmp_path) == before
    assert len(parts(tmp_path)) == 2
    assert not list(tmp_path.glob("runs/2026/10/*"))
    assert HistoryDirectory(tmp_path).newest(3) == tuple(before[0][-3:])


def test_a_compacted_month_is_smaller(tmp_path: Path) -> None:
    """What was packed takes a fraction of its files."""
    done = compact(filled(tmp_path, range(60)), MONTH)
    assert done.packed * 10 < done.size


def test_only_the_month_that_is_asked_for_is_touched(tmp_path: Path) -> None:
    """Other months stay as they are."""
    history = filled(tmp_path, range(3))
    history.add(run(9, started="2026-11-01T00:00:00Z"))
    compact(history, MONTH)
    assert (tmp_path / "runs/2026/11/9-1.json").is_file()
    assert len(held(tmp_path)[0]) == 4


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the order of adding, and however often in between it was compacted, the parts are the same."""
    compact(filled(tmp_path / "once", range(20)), MONTH)
    history = filled(tmp_path / "twice", range(12, 20))
    compact(history, MONTH)
    filled(tmp_path / "twice", range(12))
    compact(history, MONTH)
    assert parts(tmp_path / "once") == parts(tmp_path / "twice")
    assert compact(history, MONTH) == Compacted(month=MONTH)


def test_a_run_that_is_in_a_part_is_not_added_again(tmp_path: Path) -> None:
    """A run or event of a compacted month is known."""
    history = filled(tmp_path, range(5))
    compact(history, MONTH)
    assert not history.add(run(3, value=1.0))
    assert not history.add_event(note(3))
    assert history.add(run(99))
    assert len(held(tmp_path)[0]) == 6


def test_looking_changes_nothing(tmp_path: Path) -> None:
    """Without writing, the result is the same and the files stay."""
    history = filled(tmp_path, range(5))
    before = files(tmp_path)
    done = compact(history, MONTH, write=False)
    assert files(tmp_path) == before
    assert compact(history, MONTH) == done


def test_killed_between_its_steps_it_leaves_a_whole_history(tmp_path: Path) -> None:
    """With the parts written and any of the files not yet removed, everything is there once; the next ends it."""
    filled(tmp_path / "before", range(6))
    expected = held(tmp_path / "before")
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    compact(HistoryDirectory(tmp_path / "after"), MONTH)
    final = files(tmp_path / "after")
    singles = {path: data for path, data in files(tmp_path / "before").items() if path not in final}
    for left in range(len(singles) + 1):
        root = tmp_path / f"killed{left}"
        shutil.copytree(tmp_path / "after", root)
        for path in list(singles)[left:]:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(singles[path])
        (root / "months" / MONTH / ".0123456789abcdef.json.xz.aa.tmp").write_bytes(b"half")
        assert held(root) == expected
        compact(HistoryDirectory(root), MONTH)
        assert {path: data for path, data in files(root).items() if not path.endswith(".tmp")} == final


def test_the_union_of_two_compactions_is_one_history(tmp_path: Path) -> None:
    """Parts that hold the same runs, as after a merge of two copies, count once and become one."""
    for name, numbers in (("a", range(10)), ("b", range(5, 15)), ("all", range(15))):
        compact(filled(tmp_path / name, numbers), MONTH)
    shutil.copytree(tmp_path / "a", tmp_path / "b", dirs_exist_ok=True)
    assert len(parts(tmp_path / "b")) == 4
    assert held(tmp_path / "b") == held(tmp_path / "all")
    compact(HistoryDirectory(tmp_path / "b"), MONTH)
    assert parts(tmp_path / "b") == parts(tmp_path / "all")


def test_what_cannot_be_read_stays_and_is_told(tmp_path: Path) -> None:
    """A damaged file is left where it is, and everything else is packed."""
    history = filled(tmp_path, range(4))
    path = tmp_path / "runs/2026/10/2-1.json"
    path.write_bytes(path.read_bytes()[:100])
    done = compact(history, MONTH)
    assert done.runs == 3
    assert len(done.problems) == 1
    assert "2-1.json: damaged" in done.problems[0]
    assert [each.as_posix() for each in tmp_path.glob("runs/*/*/*")] == [path.as_posix()]


def test_whole_records_of_earlier_versions_come_back_byte_for_byte(tmp_path: Path) -> None:
    """A month with old and new files is packed like any other."""
    history = filled(tmp_path, range(2))
    (tmp_path / "runs/2026/10/7-1.json").write_bytes(dumps(run(7)))
    compact(history, MONTH)
    assert [each.run.run_id for each in held(tmp_path)[0]] == ["0", "1", "7"]
    (part,) = (part for part in HistoryDirectory(tmp_path).months.parts(MONTH) if part.header.kind == "runs")
    node = month.content_of(part.path.read_bytes(), "part")
    assert month.file_of(node, 2, part.header.checksums[2], "part") == dumps(run(7))


def test_a_large_month_takes_several_parts(tmp_path: Path) -> None:
    """A part holds a bounded number of documents, so that memory is bounded however long the month is."""
    history = filled(tmp_path, range(20))
    before = held(tmp_path)
    compact(history, MONTH, most=8)
    assert len(parts(tmp_path)) == 6
    assert held(tmp_path) == before
    assert compact(history, MONTH, most=8) == Compacted(month=MONTH)
    compact(history, MONTH)
    assert len(parts(tmp_path)) == 2


def test_a_reader_is_not_disturbed(tmp_path: Path) -> None:
    """Who is reading while the month is packed gets every run once."""
    history = filled(tmp_path, range(10))
    reading = HistoryDirectory(tmp_path).records()
    seen = [next(reading)]
    compact(history, MONTH)
    seen += reading
    assert seen == held(tmp_path)[0]
    packed = HistoryDirectory(tmp_path).columns()
    first = next(packed)
    history.add(run(50))
    compact(history, MONTH)
    assert [each.run.run_id for each in (first, *packed)] == [each.run.run_id for each in seen]
