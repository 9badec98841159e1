"""Tests as Arrow columns: the rows of the view, made without a row."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from ratchetry.adapters import outcome_arrays
from ratchetry.domain.record import RunRecord
from ratchetry.fleet import results
from ratchetry.fleet.rows import ROWS
from ratchetry.fleet.tables import BY_NAME
from tests.builders import record
from tests.histories import ids
from tests.odd_runs import odd_runs


@given(odd_runs())
def test_columns_are_those_of_the_rows(runs: list[RunRecord]) -> None:
    """Whatever is missing or repeated, the table says what the rows say, in their order."""
    table = outcome_arrays.tests_table([results.tests_of(run) for run in runs])
    names = BY_NAME["tests"].names
    assert tuple(table.column_names) == names
    rows = [tuple(row[name] for name in names) for row in table.to_pylist()]
    assert rows == [row for run in runs for row in ROWS["tests"](run)]


def test_batches_hold_whole_runs_and_all_of_them() -> None:
    """No run is divided, and a batch ends with the run that fills it."""
    names = ids(outcome_arrays.BATCH // 2)
    half = replace(results.tests_of(record()), tests=names, outcomes="P" * len(names))
    assert [len(batch) for batch in outcome_arrays.batches([half] * 5)] == [2, 2, 1]
    assert [*outcome_arrays.batches([])] == []
