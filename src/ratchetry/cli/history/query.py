"""`ratchetry history query`: questions in SQL."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.adapters.sql_query import Answer

ON_TERMINALS: Final = 200
"""Rows that a table on a terminal has, unless --limit asks for others."""

EPILOG = """\b
Examples:
  ratchetry history query --list
  ratchetry history query "SELECT day, avg(coverage) FROM runs GROUP BY day ORDER BY day"
  ratchetry history query --file slowest.sql --format csv > slowest.csv
  ratchetry history query "SELECT * FROM tests WHERE outcome = 'failed'" --format json
"""


@click.command(name="query", epilog=EPILOG)
@click.argument("sql", required=False)
@click.option("--file", "file", help="File with the query; - for standard input.")
@click.option("--list", "listed", is_flag=True, help="Show the views and their columns.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@click.option("--limit", type=click.IntRange(min=0), help="Rows to print.  [default: 200 on terminals, else all]")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="Seconds."
)
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(
    sql: str | None,
    *,
    file: str | None,
    listed: bool,
    output_format: str,
    limit: int | None,
    timeout: float,
    path: str,
    history: str | None,
) -> None:
    """Answer a question in SQL (DuckDB's) about the runs of a history.

    The query can read the views and nothing else: no files, no network, no settings.
    """
    if listed:
        click.echo(_views(output_format))
        return
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import open_history
    from ratchetry.pipeline.query import query
    from ratchetry.pipeline.survey import places_of

    text = _text(sql, file)
    settings = load_settings(path, {})
    cache = places_of(path, settings).output
    with query(open_history(path, settings, history), cache, text, timeout) as answer:
        most = ON_TERMINALS if limit is None and output_format == "table" and sys.stdout.isatty() else limit
        WRITERS[output_format](answer, most)


def _text(sql: str | None, file: str | None) -> str:
    """Return the query; raises UsageError unless it is given once."""
    if (sql is None) == (file is None):
        msg = "give a query, or a file that holds one with --file; --list shows what can be asked about"
        raise UsageError(msg)
    if file is None:
        return sql or ""
    from ratchetry.adapters.files import read_bounded

    data = sys.stdin.buffer.read() if file == "-" else read_bounded(Path(file), file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"{file}: not UTF-8: {error.reason} at byte {error.start}"
        raise UsageError(msg) from error


def _views(output_format: str) -> str:
    """Return the views and their columns."""
    from ratchetry.fleet.tables import VIEWS

    rows = [(view.name, column.name, column.kind, column.what) for view in VIEWS for column in view.columns]
    if output_format == "json":
        import json

        return json.dumps(
            [dict(zip(("view", "column", "type", "meaning"), row, strict=True)) for row in rows], indent=2
        )
    lines = []
    for view in VIEWS:
        lines += [f"{view.name}: {view.what}"]
        lines += [f"  {column.name:14} {column.kind:8} {column.what}" for column in view.columns]
    return "\n".join(lines)


def _write_table(answer: Answer, most: int | None) -> None:
    """Write an answer as a table."""
    from ratchetry.report.plain_table import plain_table

    rows = list(islice(answer.rows, most))
    click.echo(plain_table(answer.columns, rows))
    left = next(answer.rows, None) is not None
    more = f" (the first of more: --limit {2 * len(rows) or 100} shows others)" if left else ""
    click.echo(f"{len(rows)} row{'' if len(rows) == 1 else 's'}{more}", err=True)


def _write_json(answer: Answer, most: int | None) -> None:
    """Write an answer as a JSON array of objects, row by row."""
    import json

    from ratchetry.report.cells import for_json

    before = "["
    for row in islice(answer.rows, most):
        fields = {name: for_json(value) for name, value in zip(answer.columns, row, strict=True)}
        click.echo(f"{before}\n{json.dumps(fields, ensure_ascii=False)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _write_csv(answer: Answer, most: int | None) -> None:
    """Write an answer as CSV (RFC 4180); NULL is an empty field."""
    import csv

    from ratchetry.report.cells import for_csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([for_csv(value) for value in row] for row in islice(answer.rows, most))


WRITERS: Final[Mapping[str, Callable[[Answer, int | None], None]]] = {
    "table": _write_table,
    "json": _write_json,
    "csv": _write_csv,
}
