"""Dropping rows that are too old."""

from __future__ import annotations

import shutil
from pathlib import Path

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_months import read_part
from ratchetry.adapters.history_retention import prune, remove_orphans
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
