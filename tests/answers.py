"""What engines answer, held against each other: the same rows, whatever their order, numbers to nine digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from ratchetry.fleet.light import ANALYSES
from ratchetry.fleet.results import Reader
from ratchetry.fleet.rows import Cell
from tests.histories import Shape, history

DIGITS: Final = 1e-9
SHAPES: Final = (
    Shape(runs=110),
    Shape(repository="acme/bolt's", seed=2, runs=40, tests=30, per_day=9),
    Shape(repository="alone", seed=3, runs=1),
)


def twisted(record: RunRecord, number: int) -> RunRecord:
    """Return a run with what is rare: ties of time, no start, no commit, no test, no metric, an attempt more."""
    run = replace(record.run, run_id=f"{record.run.repository[-1]}{record.run.run_id}")
    match number % 23:
        case 3:
            return replace(record, run=replace(run, started="2026-01-09T08:00:00Z"))
        case 5:
            return replace(record, run=replace(run, started=""))
        case 7:
            return replace(record, run=replace(run, commit=""), tests=(), metrics={})
        case 11:
            return replace(record, run=replace(run, attempt=2, started="2026-01-09T08:00:00Z"))
        case _:
            return replace(record, run=run)


def write_histories(root: Path) -> tuple[Path, ...]:
    """Write a history for each shape, and return where they are."""
    for number, shape in enumerate(SHAPES):
        kept = HistoryDirectory(root / str(number))
        for at, record in enumerate(history(shape)):
            kept.add(twisted(record, at))
    return tuple(root / str(number) for number in range(len(SHAPES)))


def light_answer(name: str, histories: Iterable[Path]) -> list[dict[str, Cell]]:
    """Return what the light core answers about all repositories of some histories."""
    runs = []
    for root in histories:
        kept = HistoryDirectory(root)
        runs += Reader(kept.names).runs(kept.columns())
    return ANALYSES[name](runs)


def assert_same(left: Iterable[Mapping[str, Cell]], right: Iterable[Mapping[str, Cell]]) -> None:
    """Assert that two answers have the same rows."""
    one, other = sorted(left, key=_order), sorted(right, key=_order)
    assert [_texts(row) for row in one] == [_texts(row) for row in other]
    for row, twin in zip(one, other, strict=True):
        for name in row:
            assert _close(row[name], twin[name]), (name, row, twin)


def _close(left: Cell, right: Cell) -> bool:
    """Tell whether two cells are the same, numbers to nine digits."""
    if isinstance(left, float | int) and isinstance(right, float | int):
        return math.isclose(left, right, rel_tol=DIGITS)
    return left == right


def _texts(row: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Return what a row says besides numbers, by the names of its columns."""
    return sorted((name, str(cell)) for name, cell in row.items() if not isinstance(cell, float | int))


def _order(row: Mapping[str, Cell]) -> list[tuple[str, str]]:
    """Return what rows are sorted by."""
    return _texts(row)
