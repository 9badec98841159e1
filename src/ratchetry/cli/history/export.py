"""`ratchetry history export`: the history in other formats."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from ratchetry.errors import UsageError
from ratchetry.fleet.tables import BY_NAME

EPILOG = """\b
Examples:
  ratchetry history export --format parquet --output views
  ratchetry history export --format jsonl --output runs.jsonl --since 2026-01
  ratchetry history export --format csv --table tests --output tests.csv

\b
Parquet: a directory, <view>/month=YYYY-MM/part-<repository>.parquet; of one
that is there already, only months that changed are written.
"""


@click.command(name="export", epilog=EPILOG)
@click.option("--format", "output_format", type=click.Choice(["parquet", "jsonl", "csv"]), required=True)
@click.option("--output", required=True, help="File, - for standard output, or the directory for Parquet.")
@click.option("--table", type=click.Choice(list(BY_NAME)), help="View to export; jsonl without one has whole records.")
@click.option("--since", default="", help="Only runs that started then or later (ISO 8601).")
@click.option("--until", default="", help="Only runs that started before.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(
    *, output_format: str, output: str, table: str | None, since: str, until: str, path: str, history: str | None
) -> None:
    """Write a history as Parquet files, or as a file of JSON Lines or CSV."""
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import open_history
    from ratchetry.pipeline.query import Period, export_parquet

    kept = open_history(path, load_settings(path, {}), history)
    if output_format == "parquet":
        if table or since or until:
            msg = "--table, --since and --until do not go with Parquet, whose directory has all views and months"
            raise UsageError(msg)
        done = export_parquet(kept, Path(output))
        click.echo(
            f"wrote {done.rows} rows of {done.written} months, {done.unchanged} months were current: {output}", err=True
        )
        return
    if output_format == "csv" and table is None:
        msg = f"a CSV file has one view: name it with --table ({', '.join(BY_NAME)})"
        raise UsageError(msg)
    from ratchetry.pipeline.query import record_lines, table_lines, table_rows

    period = Period(since=since, until=until)
    with _opened(output) as file:
        if table is None:
            file.writelines(record_lines(kept, period))
        elif output_format == "jsonl":
            file.writelines(table_lines(kept, table, period))
        else:
            from ratchetry.adapters.export_files import write_csv

            write_csv(file, BY_NAME[table].names, table_rows(kept, table, period))


@contextmanager
def _opened(output: str) -> Iterator[IO[bytes]]:
    """Yield standard output, or a file that takes its name when all is written."""
    if output == "-":
        yield sys.stdout.buffer
        return
    from ratchetry.adapters.export_files import written_whole

    with written_whole(Path(output)) as file:
        yield file
