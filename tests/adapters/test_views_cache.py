"""The views of a history in Parquet files: complete, deterministic, and written anew only where something changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.parquet_files import files_of, part_path, schema_of
from ratchetry.adapters.views_cache import update_views
from ratchetry.domain.event import event
from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.errors import StateError, UsageError
from ratchetry.fleet.rows import ROWS, event_row
from ratchetry.fleet.tables import BY_NAME, VIEWS
from tests.builders import RUN, record
from tests.histories import Shape, history


def kept(root: Path, *records: RunRecord) -> HistoryDirectory:
    """Return a history with some runs and an event."""
    found = HistoryDirectory(root)
    for one in records or history(Shape(runs=12, per_day=1)):
        found.add(one)
    found.add_event(event("log", time="2026-01-06T00:00:00Z", subject="x", data={"text": "y"}))
    return found


def contents(target: Path) -> dict[str, bytes]:
    """Return the Parquet files of a directory by their paths."""
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*.parquet")}


def rows_in(target: Path, view: str) -> list[tuple[object, ...]]:
    """Return the rows of a view, file by file."""
    tables = [pq.ParquetFile(path).read() for path in files_of(target, view)]
    return [tuple(row[name] for name in BY_NAME[view].names) for table in tables for row in table.to_pylist()]


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_files_hold_the_rows_of_the_history(tmp_path: Path, view: str) -> None:
    """What is written is what the records say, row by row."""
    source = kept(tmp_path)
    update_views(tmp_path, source, tmp_path / "views")
    if view == "events":
        assert rows_in(tmp_path / "views", view) == [event_row(one) for one in source.events()]
    else:
        assert rows_in(tmp_path / "views", view) == [row for one in source.records() for row in ROWS[view](one)]


def test_types_are_those_of_the_view(tmp_path: Path) -> None:
    """Every file has the columns of its view, in their order and types."""
    update_views(tmp_path, kept(tmp_path), tmp_path / "views")
    for view in VIEWS:
        for path in files_of(tmp_path / "views", view.name):
            assert pq.read_schema(path).equals(schema_of(view)), path


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two directories of one history are alike, byte by byte."""
    source = kept(tmp_path)
    for name in ("one", "two"):
        update_views(tmp_path, source, tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two") != {}


def test_only_months_that_changed_are_written(tmp_path: Path) -> None:
    """A run more touches its month alone; without one nothing is written."""
    source = kept(tmp_path, *history(Shape(runs=60, per_day=1)))
    views = tmp_path / "views"
    first = update_views(tmp_path, source, views)
    assert (first.written, first.unchanged) == (3, 0)
    again = update_views(tmp_path, source, views)
    assert (again.written, again.unchanged, again.rows) == (0, 3, 0)
    before = {path: path.stat().st_mtime_ns for path in views.rglob("*.parquet")}
    source.add(record(run=replace(RUN, repository="acme/anvil", run_id="new", started="2026-02-27T00:00:00Z")))
    assert update_views(tmp_path, source, views).written == 1
    touched = {path.parent.name for path, time in before.items() if path.stat().st_mtime_ns != time}
    assert touched == {"month=2026-02"}


def test_a_file_that_is_gone_is_written_again(tmp_path: Path) -> None:
    """What someone has removed comes back, and so does everything when the note about it is damaged."""
    source, views = kept(tmp_path), tmp_path / "views"
    update_views(tmp_path, source, views)
    whole = contents(views)
    next(views.glob("tests/*/*.parquet")).unlink()
    assert update_views(tmp_path, source, views).written == 1
    assert contents(views) == whole
    next((views / "_sources").glob("*.json")).write_text("{", encoding="utf-8")
    assert update_views(tmp_path, source, views).written == 1


def test_repositories_have_files_of_their_own(tmp_path: Path) -> None:
    """Several histories share a directory, and hostile names stay inside of it."""
    for number, name in enumerate(("../../etc", "_hidden", ".x", "ü" * 300, "")):
        root = tmp_path / str(number)
        update_views(root, kept(root, record(run=replace(RUN, repository=name))), tmp_path / "views")
    parts = files_of(tmp_path / "views", "runs")
    assert len(parts) == 5
    assert all(path.name.startswith("part-") and len(path.name) < 100 for path in parts)
    assert part_path("runs", "2026-01", "a/b") != part_path("runs", "2026-01", "a-b")


def test_runs_without_a_date_are_kept_apart(tmp_path: Path) -> None:
    """They have a month of their own, and no start."""
    update_views(tmp_path, kept(tmp_path, record(run=replace(RUN, started=""))), tmp_path / "views")
    (path,) = files_of(tmp_path / "views", "runs")
    assert path.parent.name == "month=0000-00"
    (row,) = rows_in(tmp_path / "views", "runs")
    assert row[3:5] == (None, None)


def test_tests_of_one_name_are_all_there(tmp_path: Path) -> None:
    """A name that stands several times in a run has as many rows."""
    twice = (TestResult(id="t.py::a", outcome="failed", signature="s"), TestResult(id="t.py::a", outcome="passed"))
    update_views(tmp_path, kept(tmp_path, record(tests=twice)), tmp_path / "views")
    place = BY_NAME["tests"].names.index("outcome")
    assert [row[place] for row in rows_in(tmp_path / "views", "tests")] == ["failed", "passed"]


def test_a_damaged_run_is_named(tmp_path: Path) -> None:
    """A file of the history that cannot be read ends it with the file's name."""
    source = kept(tmp_path)
    damaged = next(tmp_path.glob("runs/*/*/*.json"))
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(StateError, match=damaged.name):
        update_views(tmp_path, source, tmp_path / "views")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the place of the directory is refused."""
    (tmp_path / "views").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="views"):
        update_views(tmp_path, kept(tmp_path), tmp_path / "views")
