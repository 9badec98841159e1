"""`ratchetry history add`: keep runs."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry history add record.json
  ratchetry history add artifacts/ --history ../data
  ratchetry history add - < record.json
"""


@click.command(name="add", epilog=EPILOG)
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(records: tuple[str, ...], *, path: str, history: str | None) -> None:
    """Keep the runs of each RECORD: a record's file, a directory of them, or - for standard input.

    Keeping a run again has no effect.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import add_records, open_history

    settings = load_settings(path, {})
    kept = add_records(open_history(path, settings, history), records)
    click.echo(f"kept {kept.added} runs, {kept.known} were there already: {kept.place}")
