"""The view `tests` as Arrow columns, made from whole runs at once: no row is ever a Python object."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ratchetry.fleet.results import RunTests
from ratchetry.fleet.rows import module_of, week_of
from ratchetry.fleet.tables import BY_NAME
from ratchetry.history.encoding import LETTERS
from ratchetry.history.numbers import AS_THEY_ARE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Codes = npt.NDArray[np.int32]

BATCH: Final = 262_144
"""Rows after which a group of rows is written: small enough to work on several at once, large enough to compress."""
_NARROW: Final = 32
"""Bits of a date, and of numbers that numpy copies in its stead."""


def batches(runs: Sequence[RunTests]) -> Iterator[Sequence[RunTests]]:
    """Yield runs in groups of about `BATCH` tests."""
    start = rows = 0
    for end, run in enumerate(runs, start=1):
        rows += len(run.tests)
        if rows >= BATCH or end == len(runs):
            yield runs[start:end]
            start, rows = end, 0


class Names:
    """Numbers for texts, in the order in which they are first seen; the list of them is a column's dictionary."""

    def __init__(self, *first: str) -> None:
        self.codes: dict[str, int] = {name: code for code, name in enumerate(first)}

    def code(self, name: str) -> int:
        """Return the number of a text."""
        return self.codes.setdefault(name, len(self.codes))

    def column(self, codes: Codes) -> pa.Array:
        """Return the column that such numbers stand for."""
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(self.codes), pa.string()))


def tests_table(runs: Sequence[RunTests]) -> pa.Table:
    """Return the rows of the view `tests` of some runs, in the order of its columns."""
    import numpy as np
    import pyarrow as pa

    lengths = np.asarray([len(run.tests) for run in runs], np.intp)
    tests = Names()
    test_codes = _test_codes(runs, tests)
    modules = Names()
    module_codes = np.fromiter((modules.code(module_of(name)) for name in tests.codes), np.int32, len(tests.codes))
    rows = int(lengths.sum())
    columns = {
        **_run_columns(runs, lengths),
        "test": tests.column(test_codes),
        "module": modules.column(module_codes[test_codes]),
        "outcome": _outcomes(runs),
        "duration": pa.array(_seconds(runs)),
        "attempts": _attempts(runs, rows),
        "signature": _signatures(runs, rows),
    }
    required = {column.name for column in BY_NAME["tests"].columns if column.required}
    fields = [pa.field(name, column.type, nullable=name not in required) for name, column in columns.items()]
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def _run_columns(runs: Sequence[RunTests], lengths: npt.NDArray[np.intp]) -> dict[str, pa.Array]:
    """Return the columns that are the same for all tests of a run."""
    import pyarrow as pa

    days = [None if run.started is None else run.started.date() for run in runs]
    each = {
        "repository": _encoded(run.repository for run in runs),
        "run_id": _encoded(run.run_id for run in runs),
        "attempt": pa.array([run.attempt for run in runs], pa.int64()),
        "started": pa.array([run.started for run in runs], pa.timestamp("us")),
        "day": pa.array(days, pa.date32()),
        "week": pa.array([week_of(day) for day in days], pa.date32()),
        "commit": _encoded(run.commit for run in runs),
        "branch": _encoded(run.branch for run in runs),
    }
    return {name: _repeated(column, lengths) for name, column in each.items()}


def _encoded(texts: Iterable[str | None]) -> pa.Array:
    """Return texts as numbers and the texts they stand for; Arrow's own way imports half of its library for it."""
    import pyarrow as pa

    names = Names()
    codes = pa.array([None if text is None else names.code(text) for text in texts], pa.int32())
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(names.codes), pa.string()))


def _repeated(column: pa.Array, lengths: npt.NDArray[np.intp]) -> pa.Array:
    """Return each value of a column as often as a run has tests; numpy repeats a number in a tenth of Arrow's time."""
    import numpy as np
    import pyarrow as pa

    if column.null_count:
        return column.take(pa.array(np.repeat(np.arange(len(lengths)), lengths)))
    if isinstance(column, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(_repeated(column.indices, lengths), column.dictionary)
    numbers = column.view(pa.int32() if column.type.bit_width == _NARROW else pa.int64())
    return pa.array(np.repeat(numbers.to_numpy(), lengths)).view(column.type)


def _test_codes(runs: Sequence[RunTests], names: Names) -> Codes:
    """Return the number of every test; runs that share a tuple of identifiers share the work."""
    import numpy as np

    seen: dict[int, Codes] = {}
    for run in runs:
        if id(run.tests) not in seen:
            seen[id(run.tests)] = np.fromiter(map(names.code, run.tests), np.int32, len(run.tests))
    return np.concatenate([seen[id(run.tests)] for run in runs]) if runs else np.zeros(0, np.int32)


def _outcomes(runs: Sequence[RunTests]) -> pa.Array:
    """Return the column of outcomes, from their letters."""
    import numpy as np

    outcomes = Names(*LETTERS)
    codes = np.zeros(128, np.int32)
    for outcome, letter in LETTERS.items():
        codes[ord(letter)] = outcomes.code(outcome)
    letters = np.frombuffer("".join(run.outcomes for run in runs).encode("ascii"), np.uint8)
    return outcomes.column(codes[letters])


def _seconds(runs: Sequence[RunTests]) -> npt.NDArray[np.float64]:
    """Return the durations of all tests in seconds."""
    import numpy as np

    # One array of the standard library: making thousands of small ones of numpy takes twice as long.
    numbers = array("d")
    units: list[int] = []
    lengths: list[int] = []
    for digits, part in (row for run in runs for row in run.durations):
        numbers.extend(array("d", part))
        units.append(1 if digits == AS_THEY_ARE else 10**digits)
        lengths.append(len(part))
    return np.asarray(numbers, np.float64) / np.repeat(np.asarray(units, np.float64), lengths)


def _attempts(runs: Sequence[RunTests], rows: int) -> pa.Array:
    """Return the column of attempts: 1, except where a run says otherwise."""
    import numpy as np
    import pyarrow as pa

    attempts = np.ones(rows, np.int64)
    start = 0
    for run in runs:
        for index, number in run.attempts.items():
            attempts[start + index] = number
        start += len(run.tests)
    return pa.array(attempts)


def _signatures(runs: Sequence[RunTests], rows: int) -> pa.Array:
    """Return the column of signatures: empty, except where a run says otherwise."""
    import numpy as np

    names = Names("")
    codes = np.zeros(rows, np.int32)
    start = 0
    for run in runs:
        for index, signature in run.signatures.items():
            codes[start + index] = names.code(signature)
        start += len(run.tests)
    return names.column(codes)
