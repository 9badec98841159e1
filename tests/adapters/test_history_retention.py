"""Dropping rows that are too old."""

from __future__ import annotations

import json
import lzma
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_months import read_part
from ratchetry.adapters.history_retention import prune, remove_orphans
from ratchetry.errors import StateError
from ratchetry.history import month
from tests.adapters.history_runs import files, run

MONTH = "2026-10"
WHEN = "2026-11-20T00:00:00Z"


def filled(root: Path, numbers: range) -> HistoryDirectory:
    """Return a history with some runs."""
    history = HistoryDirectory(root)
    for number in numbers:
        history.add(run(number))
    return history


def sums(root: Path) -> list[month.MonthTests]:
    """Return the sums over tests in a history."""
    kept = (part for part in HistoryDirectory(root).months.parts(MONTH) if part.header.kind == "tests")
    return [month.tests_of(read_part(part.path), str(part.path)) for part in kept]


def test_rows_go_and_sums_stay(tmp_path: Path) -> None:
    """Runs keep what they are but for tests, findings and evidence; the tests are added up."""
    history = filled(tmp_path, range(10))
    done = prune(history, MONTH, WHEN)
    assert (done.runs, done.tests, done.problems) == (10, 20, ())
    fresh = HistoryDirectory(tmp_path)
    assert [columns.pruned for columns in fresh.columns()] == [True] * 10
    assert all(not (each.tests or each.findings or each.failures) for each in fresh.records())
    assert [each.metrics for each in fresh.records()] == [run(number).metrics for number in range(10)]
    (month_sums,) = sums(tmp_path)
    ((chunk, tests),) = month_sums.chunks.items()
    assert fresh.names(chunk) == (("tests/test_a.py::test_a",), ("tests/test_a.py::test_b",))
    assert tests.outcomes == {"P": [10, 8], "F": [0, 2]}
    assert verify(fresh).problems == ()


def test_pruning_again_changes_nothing(tmp_path: Path) -> None:
    """What has been dropped is not dropped, and not added up, again."""
    history = filled(tmp_path, range(4))
    prune(history, MONTH, WHEN)
    before = files(tmp_path)
    assert prune(history, MONTH, "2027-01-01T00:00:00Z").runs == 0
    assert files(tmp_path) == before


def test_a_late_run_is_added_up_once(tmp_path: Path) -> None:
    """Runs that arrive after their month was pruned get sums of their own."""
    history = filled(tmp_path, range(4))
    prune(history, MONTH, WHEN)
    history.add(run(20))
    assert prune(HistoryDirectory(tmp_path), MONTH, WHEN).runs == 1
    assert sorted(tests.runs for each in sums(tmp_path) for tests in each.chunks.values()) == [1, 4]
    assert len(list(HistoryDirectory(tmp_path).records())) == 5


def test_killed_after_adding_up_it_does_not_add_up_twice(tmp_path: Path) -> None:
    """With the sums written and the rows still there, the next pruning only drops the rows."""
    history = filled(tmp_path / "a", range(4))
    compact(history, MONTH)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    prune(HistoryDirectory(tmp_path / "b"), MONTH, WHEN)
    for path, data in files(tmp_path / "b").items():
        if path.startswith("months/") and month.header_of(data, path).kind == "tests":
            (tmp_path / "a" / path).write_bytes(data)
    prune(HistoryDirectory(tmp_path / "a"), MONTH, WHEN)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_looking_changes_nothing(tmp_path: Path) -> None:
    """Without writing, it is told what would go."""
    history = filled(tmp_path, range(4))
    before = files(tmp_path)
    assert prune(history, MONTH, WHEN, write=False).tests == 8
    assert files(tmp_path) == before


def test_names_that_nothing_refers_to_go(tmp_path: Path) -> None:
    """After pruning, the names of findings are gone, and those of metrics and of the sums stay."""
    history = filled(tmp_path, range(4))
    assert remove_orphans(history) == 0
    prune(history, MONTH, WHEN)
    assert remove_orphans(history) == 1
    assert verify(HistoryDirectory(tmp_path)).notes == ()


def test_no_names_go_while_a_file_cannot_be_read(tmp_path: Path) -> None:
    """A damaged run might refer to any names: then all stay."""
    filled(tmp_path, range(2))
    (tmp_path / "runs/2026/10/0-1.json").write_bytes(b"damaged")
    (tmp_path / "runs/2026/10/1-1.json").unlink()
    before = files(tmp_path)
    assert remove_orphans(HistoryDirectory(tmp_path)) == 0
    assert files(tmp_path) == before


def test_of_two_parts_the_pruned_one_counts(tmp_path: Path) -> None:
    """Whatever a union leaves side by side, rows that were dropped do not come back, nor by the next compaction."""
    history = filled(tmp_path / "a", range(4))
    compact(history, MONTH)
    rows = {path: data for path, data in files(tmp_path / "a").items() if path.startswith("months/")}
    prune(HistoryDirectory(tmp_path / "a"), MONTH, WHEN)
    more = filled(tmp_path / "b", range(5))
    compact(more, MONTH)
    for path, data in (rows | files(tmp_path / "b")).items():
        (tmp_path / "a" / path).write_bytes(data)
    for _ in range(2):
        fresh = HistoryDirectory(tmp_path / "a")
        assert [columns.pruned for columns in fresh.columns()] == [True, True, True, True, False]
        assert verify(fresh).problems == ()
        compact(fresh, MONTH)
    assert sum(part.header.kind == "runs" for part in fresh.months.parts(MONTH)) == 1


def test_runs_without_rows_are_not_pruned_again_and_again(tmp_path: Path) -> None:
    """There is nothing to drop of a run that was not measured, so it is not told to be without rows."""
    history = HistoryDirectory(tmp_path)
    history.add(replace(run(1), tests=(), findings=(), failures=()))
    assert prune(history, MONTH, WHEN).runs == 0
    assert [columns.pruned for columns in history.columns()] == [False]


def test_a_header_that_is_wrong_about_pruning_is_a_problem(tmp_path: Path) -> None:
    """What a part says of itself decides which copy of a run counts, so `verify` compares it with its content."""
    history = filled(tmp_path, range(2))
    compact(history, MONTH)
    (path,) = tmp_path.glob("months/*/*")
    first, second = (lzma.LZMADecompressor() for _ in range(2))
    header = json.loads(first.decompress(path.read_bytes()))
    content = second.decompress(first.unused_data)
    data = lzma.compress(json.dumps(header | {"pruned": [1]}).encode()) + lzma.compress(content)
    path.unlink()
    path.with_name(f"{month.part_checksum(data)}.json.xz").write_bytes(data)
    (problem,) = verify(HistoryDirectory(tmp_path)).problems
    assert "which runs were pruned" in problem.what
    for wrong in ([0, 0], [2], [-1]):
        data = lzma.compress(json.dumps(header | {"pruned": wrong}).encode()) + lzma.compress(content)
        with pytest.raises(StateError, match="ascending"):
            month.header_of(data, "part")
