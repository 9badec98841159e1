"""`ratchetry history show`: one run of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.domain.record import RunRecord

EPILOG = """\b
Examples:
  ratchetry history show latest
  ratchetry history show 9876543210-2 --format markdown
  ratchetry history show 7f5546a --format json
"""


@click.command(name="show", epilog=EPILOG)
@click.argument("run")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True
)
def command(run: str, *, path: str, history: str | None, output_format: str) -> None:
    """Show a RUN of the history.

    RUN is a run's id, its id and attempt as in 9876543210-2, the beginning of either, a commit, or latest.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.lookup import find_run

    found = find_run(existing_history(path, load_settings(path, {}), history), run)
    _print(found.record, output_format)
    if found.pruned:
        click.echo("note: the tests and findings of this run are too old and have been dropped", err=True)


def _print(record: RunRecord, output_format: str) -> None:
    """Write a record to standard output."""
    match output_format:
        case "json":
            from ratchetry.state.record import dumps

            # a job's log takes commands from lines that hold ##[, wherever they come from
            click.echo(dumps(record).replace(b"##[", b"#\\u0023["), nl=False)
        case "markdown":
            from ratchetry.report.markdown import render

            click.echo(render(record))
        case _:
            from rich.console import Console

            from ratchetry.report.terminal import print_record

            print_record(record, Console())
