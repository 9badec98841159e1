"""Tests as roll-ups: what failed, the sets of tests that runs share, and which run has which.

A result that is not among those that failed, of a test in the run's set, has passed: nothing that is counted is lost,
durations and what was skipped are.  Nothing looks beyond one file, so that each is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ratchetry.domain.fingerprint import short_hash
from ratchetry.fleet.frames import FAILING, SKIPPED
from ratchetry.fleet.tables import IN_FILES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Numbers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_KEY: Final = ("repository", "run_id", "attempt")
_PLACE: Final = (*_KEY, "started", "day", "week", "commit", "branch")


@dataclass(slots=True, kw_only=True)
class _Suites:
    """The sets of tests that were seen, by repository and the codes of their tests in the order of a run."""

    names: list[str]
    known: dict[tuple[str, bytes], tuple[str, Numbers]] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)

    def of(self, repository: str, codes: Numbers) -> tuple[str, Numbers]:
        """Return the identifier of a set, the same for the same tests in any order, and the number of each result."""
        key = (repository, codes.tobytes())
        if key not in self.known:
            numbers = _numbered(codes)
            members = sorted((self.names[code], int(number)) for code, number in zip(codes, numbers, strict=True))
            suite = short_hash(*(f"{number} {name}" for name, number in members))
            self.known[key] = suite, numbers
            self.rows[repository, suite] = members
        return self.known[key]


def rolled(tests: pa.Table) -> Mapping[str, pa.Table]:
    """Return the roll-ups of rows of the view `tests`, by the names of their views."""
    import numpy as np
    import pyarrow as pa

    tests = tests.unify_dictionaries().combine_chunks()
    column = _encoded(tests, "test")
    suites = _Suites(names=column.dictionary.to_pylist())
    codes = column.indices.to_numpy().astype(np.int64)
    skipped, failed = _with_outcome(tests, (SKIPPED,)), _with_outcome(tests, FAILING)
    firsts: list[int] = []
    used: list[str] = []
    failing: list[Numbers] = []
    counts: list[Numbers] = []
    for run in _runs(tests):
        decided = run[~skipped[run]]
        firsts.append(int(run[0]))
        suite, numbers = suites.of(tests["repository"][firsts[-1]].as_py(), codes[decided])
        used.append(suite)
        failing.append(decided[failed[decided]])
        counts.append(numbers[failed[decided]])
    nothing = np.zeros(0, np.int64)
    hit = tests.take(pa.array(np.concatenate([nothing, *failing])))
    runs = tests.select(list(_PLACE)).take(pa.array(np.asarray(firsts, np.int64)))
    return {
        "failing": _as_view("failing", {**_columns(hit), "number": pa.array(np.concatenate([nothing, *counts]))}),
        "suites": _as_view("suites", _members(suites)),
        "suite_runs": _as_view("suite_runs", {**_columns(runs), "suite": pa.array(used, pa.string())}),
    }


def _encoded(tests: pa.Table, name: str) -> pa.DictionaryArray:
    """Return a column as numbers and the texts that they stand for."""
    import pyarrow as pa

    column = tests[name].combine_chunks()
    return column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()


def _with_outcome(tests: pa.Table, outcomes: tuple[str, ...]) -> Flags:
    """Return which results are one of some outcomes."""
    import numpy as np

    column = _encoded(tests, "outcome")
    wanted = np.asarray([outcome in outcomes for outcome in column.dictionary.to_pylist()], np.bool_)
    found: Flags = wanted[column.indices.to_numpy()]
    return found


def _runs(tests: pa.Table) -> Iterator[Numbers]:
    """Yield the places of each run's results, in the order in which runs come."""
    import numpy as np

    repositories, runs = (_encoded(tests, name).indices.to_numpy() for name in _KEY[:2])
    keys = np.stack([repositories, runs, tests["attempt"].to_numpy()], axis=1).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])[: len(keys)]
    pieces: dict[tuple[int, ...], list[Numbers]] = {}
    for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
        pieces.setdefault(tuple(keys[start].tolist()), []).append(np.arange(start, end))
    for found in pieces.values():
        yield np.concatenate(found)


def _numbered(codes: Numbers) -> Numbers:
    """Return which one each result is of those under the same identifier, from 0."""
    import numpy as np

    numbers = np.zeros(len(codes), np.int64)
    values, counts = np.unique(codes, return_counts=True)
    for value in values[counts > 1]:
        at = np.flatnonzero(codes == value)
        numbers[at] = np.arange(len(at))
    return numbers


def _members(suites: _Suites) -> dict[str, pa.Array]:
    """Return the columns of the view of sets."""
    import pyarrow as pa

    rows = [(*key, *member) for key, members in sorted(suites.rows.items()) for member in members]
    repositories, names, tests, numbers = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {
        "repository": pa.array(repositories, pa.string()),
        "suite": pa.array(names, pa.string()),
        "test": pa.array(tests, pa.string()),
        "number": pa.array(numbers, pa.int64()),
    }


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return the columns of a table by their names."""
    return {name: table[name] for name in table.column_names}


def _as_view(name: str, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    """Return columns as a table of a view, in its order and types."""
    import pyarrow as pa

    from ratchetry.adapters.parquet_files import schema_of

    schema = schema_of(IN_FILES[name])
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)
