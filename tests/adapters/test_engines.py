"""Whatever a history holds: the light core, DuckDB over all results and DuckDB over roll-ups answer alike."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from ratchetry.adapters.duckdb_engine import Limits, collected, connected, frames_of
from ratchetry.adapters.rollup_files import update_rollups
from ratchetry.domain.record import RunRecord
from ratchetry.fleet.expressions import ANALYSES
from ratchetry.fleet.light import ANALYSES as LIGHT
from ratchetry.fleet.results import results_of
from ratchetry.fleet.rows import Cell
from tests.answers import assert_same
from tests.odd_runs import odd_runs, write_views


def answers(place: Path) -> dict[str, list[dict[str, Cell]]]:
    """Return what DuckDB answers to every analysis of views or roll-ups."""
    with connected(str(place), place / "spill", Limits(threads=1)) as connection:
        frames = frames_of(connection)
        return {name: collected(analysis(frames)) for name, analysis in ANALYSES.items()}


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(odd_runs())
def test_all_engines_answer_alike(runs: list[RunRecord]) -> None:
    """Runs again, ties of time, missing commits and starts, skipped and repeated tests, names of any characters."""
    with TemporaryDirectory() as directory:
        views, rollups = Path(directory, "views"), Path(directory, "rollups")
        write_views(views, runs)
        update_rollups(views, rollups)
        everything, rolled = answers(views), answers(rollups)
    for name, analysis in LIGHT.items():
        expected = analysis([results_of(run) for run in runs])
        assert_same(everything[name], expected)
        assert_same(rolled[name], expected)
