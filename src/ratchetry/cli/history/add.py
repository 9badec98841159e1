"""`ratchetry history add`: keep runs."""

from __future__ import annotations

import json

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
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(records: tuple[str, ...], *, path: str, history: str | None, output_format: str) -> None:
    """Keep the runs of each RECORD: a record's file, a directory of them, or - for standard input.

    A run that is there already stays as it is.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import add_records, open_history
    from ratchetry.report.text import neutralize, plural

    settings = load_settings(path, {})
    kept = add_records(open_history(path, settings, history), records)
    if output_format == "json":
        click.echo(json.dumps({"added": kept.added, "known": kept.known, "history": str(kept.place)}, indent=2))
        return
    known = f"; {plural(kept.known, 'was', 'were')} there already" if kept.known else ""
    click.echo(neutralize(f"kept {plural(kept.added, 'run')}{known}: {kept.place}"))
