"""One question in SQL about the views, with nothing of the world within its reach but them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.duckdb_engine import CHUNK, Limits, connected, lock, time_limit
from ratchetry.errors import UsageError

if TYPE_CHECKING:
    import duckdb

LONGEST: Final = 1_000_000
"""Characters that a query may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a query returns: the names of its columns, and its rows, which are computed as they are taken."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


@contextmanager
def answered(sql: str, views: Path, scratch: Path, limits: Limits) -> Iterator[Answer]:
    """Yield the answer to a query over the views in a directory.

    Raises UsageError, with the place in the query, when it cannot be answered, does not read, or takes too long;
    also while rows are taken.
    """
    with connected(str(views), scratch, limits) as connection:
        import duckdb

        lock(connection, views)
        try:
            with time_limit(connection, limits.seconds):
                connection.execute(_only_statement(connection, sql))
                columns = tuple(row[0] for row in connection.description or ())
                yield Answer(columns=columns, rows=_rows(connection))
        except duckdb.Error as error:
            raise UsageError(_explained(str(error))) from error


def _only_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Return the statement that a query is; raises UsageError unless it is one, and reads."""
    import duckdb

    if len(sql) > LONGEST:
        msg = f"the query has more than {LONGEST} characters"
        raise UsageError(msg)
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        msg = f"a query is one statement, not {len(statements)}"
        raise UsageError(msg)
    reading = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if statements[0].type not in reading:
        msg = f"a query reads (SELECT, DESCRIBE, SUMMARIZE, EXPLAIN); {statements[0].type.name} does something else"
        raise UsageError(msg)
    return statements[0]


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    """Yield the rows of what the connection has executed."""
    while chunk := connection.fetchmany(CHUNK):
        yield from chunk


def _explained(text: str) -> str:
    """Return DuckDB's message without the advice that does not hold here."""
    kind, _, rest = text.partition(": ")
    return f"the query cannot be answered: {rest or kind}"
