"""Roll-ups of views: the same answers from fewer rows, brought up to date file by file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ratchetry.adapters.duckdb_engine import Limits, collected, connected, frames_of
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.parquet_files import files_of
from ratchetry.adapters.rollup_files import update_rollups
from ratchetry.adapters.views_cache import update_views
from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.errors import StateError, UsageError
from ratchetry.fleet.expressions import ANALYSES, since
from ratchetry.fleet.rows import Cell
from tests.answers import assert_same, light_answer, write_histories
from tests.builders import RUN, record
from tests.histories import Shape, history

DAY = date(2026, 1, 19)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return histories, with their views and the roll-ups of those beside them."""
    root = tmp_path_factory.mktemp("fleet")
    found = write_histories(root)
    for place in found:
        update_views(place, HistoryDirectory(place), root / "views")
    update_rollups(root / "views", root / "rollups")
    return found


def answer(name: str, place: Path, start: date | None = None) -> list[dict[str, Cell]]:
    """Return what DuckDB answers about the views or roll-ups in a directory."""
    with connected(str(place), place / "spill", Limits()) as connection:
        frames = frames_of(connection)
        return collected(ANALYSES[name](frames if start is None else since(frames, start)))


def kept(root: Path, *records: RunRecord) -> Path:
    """Return the views of a history with some runs."""
    source = HistoryDirectory(root / "history")
    for one in records:
        source.add(one)
    update_views(source.root, source, root / "views")
    return root / "views"


def contents(target: Path) -> dict[str, bytes]:
    """Return the Parquet files of a directory by their paths."""
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*.parquet")}


@pytest.mark.parametrize("name", ANALYSES)
def test_answers_are_those_of_all_results(name: str, histories: tuple[Path, ...]) -> None:
    """Each analysis has the same rows from roll-ups as from the history itself, of all time and since a day."""
    root = histories[0].parent
    assert_same(answer(name, root / "rollups"), light_answer(name, histories))
    assert_same(answer(name, root / "rollups", DAY), answer(name, root / "views", DAY))


def test_results_that_passed_take_no_rows(histories: tuple[Path, ...]) -> None:
    """What is kept of single results are failures."""
    tables = [pq.ParquetFile(path).read() for path in files_of(histories[0].parent / "rollups", "failing")]
    assert {outcome for table in tables for outcome in table["outcome"].to_pylist()} == {"failed", "error", "flaky"}
    assert not files_of(histories[0].parent / "rollups", "tests")


def test_results_under_one_identifier_are_told_apart(tmp_path: Path) -> None:
    """Two results of one name in a run stay two, one of which failed."""
    tests = [TestResult(id="t.py::a", outcome=outcome) for outcome in ("failed", "passed", "passed")]
    runs = [
        record(run=replace(RUN, run_id=str(at), commit="c"), tests=tuple(tests[at:] + tests[:at])) for at in range(3)
    ]
    views = kept(tmp_path, *runs)
    update_rollups(views, tmp_path / "rollups")
    (row,) = answer("flaky", tmp_path / "rollups")
    assert (row["results"], row["failures"], row["flaky_commits"]) == (9, 3, 1)
    assert_same([row], answer("flaky", views))


def test_only_files_that_changed_are_read(tmp_path: Path) -> None:
    """Nothing is read twice; a month more is read alone, and what is gone goes; the same views give the same bytes."""
    runs = [*history(Shape(runs=60, per_day=1))]
    views = kept(tmp_path, *runs[:50])
    first = update_rollups(views, tmp_path / "rollups")
    assert (first.written, first.unchanged) == (6, 0)
    assert update_rollups(views, tmp_path / "rollups").written == 0
    kept(tmp_path, *runs[50:])
    again = update_rollups(views, tmp_path / "rollups")
    assert (again.written, again.unchanged) == (6, 3)
    update_rollups(views, tmp_path / "other")
    assert contents(tmp_path / "rollups") == contents(tmp_path / "other") != {}
    next(views.glob("tests/month=2026-01/*")).unlink()
    update_rollups(views, tmp_path / "rollups")
    assert not [*(tmp_path / "rollups").glob("suites/month=2026-01/*")]
    assert [*(tmp_path / "rollups").glob("suites/month=2026-02/*")]


def test_a_fleet_without_failures_has_roll_ups(tmp_path: Path) -> None:
    """Where nothing failed nothing is flaky, and runs without tests are no obstacle."""
    passed = (TestResult(id="t.py::a", outcome="passed"), TestResult(id="t.py::b", outcome="skipped"))
    views = kept(tmp_path, record(tests=passed), record(run=replace(RUN, run_id="x", commit="c")))
    update_rollups(views, tmp_path / "rollups")
    assert not files_of(tmp_path / "rollups", "failing")
    assert answer("flaky", tmp_path / "rollups") == answer("flaky_weeks", tmp_path / "rollups") == []


def test_what_cannot_be_rolled_up_is_named(tmp_path: Path) -> None:
    """No views, the directory of the views themselves, and a file that is no Parquet."""
    with pytest.raises(UsageError, match="history export"):
        update_rollups(tmp_path, tmp_path / "rollups")
    views = kept(tmp_path, *history(Shape(runs=3)))
    with pytest.raises(UsageError, match="another directory"):
        update_rollups(views, views)
    broken = next(views.glob("tests/*/*.parquet"))
    broken.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(StateError, match=broken.name):
        update_rollups(views, tmp_path / "rollups")
