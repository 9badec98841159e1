"""The views as Parquet files: `<view>/month=YYYY-MM/part-<repository>.parquet`, one for each repository and month.

Months come first because every question is about a span of time and retention drops months; a repository writes only
files of its own, so many can write side by side.  The same rows give the same bytes; a file is there whole or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.files import write_atomic
from ratchetry.adapters.outcome_arrays import BATCH, batches, tests_table
from ratchetry.domain.fingerprint import short_hash
from ratchetry.errors import UsageError
from ratchetry.fleet.results import RunTests
from ratchetry.fleet.rows import Row
from ratchetry.fleet.tables import BY_NAME, Kind, View

if TYPE_CHECKING:
    import pyarrow as pa

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")
_BOUNDED: Final = ("repository", "started", "time", "day", "week")
"""Columns whose smallest and largest value is noted, so that readers skip what lies outside; half the work of writing
would go into doing so for all."""
_PAGE: Final = 16_384
"""Values that are encoded at once; Arrow's own default is meant for rows that are wider."""
INSTALL: Final = 'pip install "ratchetry[sql]"'


def require_sql() -> None:
    """Raise UsageError, saying how to install them, when the libraries of the extra `sql` are missing."""
    missing = [library for library in ("duckdb", "narwhals", "pyarrow") if find_spec(library) is None]
    if missing:
        msg = f"SQL and Parquet need {' and '.join(missing)}, which is not installed: {INSTALL}"
        raise UsageError(msg)


def part_path(view: str, month: str, repository: str) -> str:
    """Return where the rows of one repository and month stand, below the directory of the views."""
    readable = _UNSAFE.sub("-", repository).strip("-")[:60]
    return f"{view}/month={month}/part-{readable}-{short_hash(repository)[:8]}.parquet"


def schema_of(view: View) -> pa.Schema:
    """Return the columns of a view as Arrow types; what is never NULL is said to be so, which is quicker to write."""
    import pyarrow as pa

    types: dict[Kind, pa.DataType] = {
        "text": pa.string(),
        "name": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us"),
        "date": pa.date32(),
    }
    return pa.schema(
        [pa.field(column.name, types[column.kind], nullable=not column.required) for column in view.columns]
    )


def write_rows(target: Path, view: View, rows: Iterable[Row]) -> int:
    """Write rows of a view into a file, none if there are none, and return how many."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True))
    if not columns:
        target.unlink(missing_ok=True)
        return 0
    schema = schema_of(view)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    write_tables(target, view, [pa.table(arrays, schema=schema)])
    return len(columns[0])


def write_tests(target: Path, runs: Sequence[RunTests]) -> int:
    """Write the tests of runs into a file, none if there are none, and return how many."""
    rows = sum(len(run.tests) for run in runs)
    if not rows:
        target.unlink(missing_ok=True)
        return 0
    write_tables(target, BY_NAME["tests"], (tests_table(batch) for batch in batches(runs)))
    return rows


def write_tables(target: Path, view: View, tables: Iterable[pa.Table]) -> None:
    """Write tables into one file, in one step."""
    import pyarrow.parquet as pq

    buffer = BytesIO()
    repeated = [column.name for column in view.columns if column.kind != "text"]
    bounded = [name for name in _BOUNDED if name in view.names]
    writer: pq.ParquetWriter | None = None
    for table in tables:
        if writer is None:
            writer = pq.ParquetWriter(
                buffer,
                table.schema,
                compression="zstd",
                use_dictionary=repeated,
                write_statistics=bounded,
                write_batch_size=_PAGE,
                store_schema=False,
            )
        writer.write_table(table, row_group_size=BATCH)
    if writer is not None:
        writer.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, buffer.getvalue())


def files_of(directory: Path, view: str) -> tuple[Path, ...]:
    """Return the Parquet files of a view in a directory of views, sorted."""
    return tuple(sorted((directory / view).rglob("*.parquet")))
