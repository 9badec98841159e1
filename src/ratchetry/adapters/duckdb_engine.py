"""DuckDB over the views in Parquet files: for SQL, and for the shared expressions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.parquet_files import files_of, require_sql
from ratchetry.errors import UsageError
from ratchetry.fleet.rows import Cell, Row
from ratchetry.fleet.tables import IN_FILES, ROLLED, ROLLUPS, VIEWS, Kind, View

if TYPE_CHECKING:
    import duckdb

    from ratchetry.fleet.frames import Frame, Frames

TYPES: Final[Mapping[Kind, str]] = {
    "text": "VARCHAR",
    "name": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
    "date": "DATE",
}
_REMOTE: Final = ("s3://", "gs://", "gcs://", "r2://", "az://", "abfss://", "hf://", "http://", "https://")
CHUNK: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a connection may use; 0 threads means one for each core."""

    memory: str = "2GB"
    spill: str = "20GB"
    threads: int = 0
    seconds: float = 60.0


@contextmanager
def connected(source: str, scratch: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with every view of a directory or object store of views, empty where there are no files.

    What does not fit into memory goes below `scratch`.  Raises UsageError when there are no views.
    """
    require_sql()
    import duckdb

    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute("SET memory_limit = ?", [limits.memory])
        connection.execute("SET temp_directory = ?", [str(scratch)])
        connection.execute("SET max_temp_directory_size = ?", [limits.spill])
        connection.execute(f"SET threads = {limits.threads or os.cpu_count() or 1}")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        found = {name: _patterns(connection, source, name) for name in IN_FILES}
        if not any(found.values()):
            msg = f"{source}: holds no views; `ratchetry history export --format parquet` writes them"
            raise UsageError(msg)
        for view in (*VIEWS, *(ROLLUPS if found[ROLLED] else ())):
            connection.execute(_definition(view, found[view.name]))
        yield connection


def lock(connection: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Leave a connection nothing of the world but to read the views' files, for good."""
    files = [str(path) for view in VIEWS for path in files_of(source, view.name)]
    connection.execute(f"SET allowed_paths = [{', '.join(map(_quoted, files))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


@contextmanager
def time_limit(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt whatever the connection does after some seconds; raises UsageError then."""
    import duckdb

    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        msg = f"the query took more than {seconds:g} s and was stopped: narrow it down, or raise --timeout"
        raise UsageError(msg) from error
    finally:
        timer.cancel()


def frames_of(connection: duckdb.DuckDBPyConnection) -> Frames:
    """Return the views of a connection as lazy frames, roll-ups where it has them."""
    import narwhals as nw

    names = [row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
    return {name: nw.from_native(connection.table(name)) for name in names}


def collected(frame: Frame) -> list[dict[str, Cell]]:
    """Return the rows of a frame that lives on DuckDB."""
    import duckdb
    import narwhals as nw

    relation = nw.to_native(frame)
    if not isinstance(relation, duckdb.DuckDBPyRelation):
        msg = f"a frame of DuckDB was expected, not {type(relation).__name__}"
        raise TypeError(msg)
    rows: Sequence[Row] = relation.fetchall()
    return [dict(zip(relation.columns, row, strict=True)) for row in rows]


def _patterns(connection: duckdb.DuckDBPyConnection, source: str, view: str) -> tuple[str, ...]:
    """Return what to read a view from: its files in a directory, a pattern in an object store; nothing without any."""
    if source.startswith(_REMOTE):
        pattern = f"{source.rstrip('/')}/{view}/**/*.parquet"
        found = connection.execute("SELECT count(*) FROM glob(?)", [pattern]).fetchone()
        return (pattern,) if found and found[0] else ()
    return tuple(str(path) for path in files_of(Path(source), view))


def _definition(view: View, patterns: Sequence[str]) -> str:
    """Return the statement that defines a view over files, or an empty one."""
    if not patterns:
        columns = ", ".join(f'NULL::{TYPES[column.kind]} AS "{column.name}"' for column in view.columns)
        return f'CREATE VIEW "{view.name}" AS SELECT {columns} WHERE false'  # names of our own tables
    columns = ", ".join(f'"{name}"' for name in view.names)
    files = f"read_parquet([{', '.join(map(_quoted, patterns))}], hive_partitioning = false)"
    return f'CREATE VIEW "{view.name}" AS SELECT {columns} FROM {files}'  # noqa: S608  # nosec B608: names are ours, paths quoted


def _quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
