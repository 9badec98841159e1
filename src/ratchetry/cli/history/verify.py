"""`ratchetry history verify`: look for what is wrong in a history."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS, EXIT_USAGE

if TYPE_CHECKING:
    from ratchetry.adapters.history_check import Checked

EPILOG = """\b
Examples:
  ratchetry history verify
  ratchetry history verify --history ../data --format json

\b
Exit codes:
  0 nothing is wrong; notes tell what interrupted or concurrent work has left behind
  2 a file is damaged, misplaced, of a newer version, or names what is not there
"""


@click.command(name="verify", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, path: str, history: str | None, output_format: str) -> int:
    """Read every file of a history and hold it against its schema, its checksum, its name and all other files."""
    from ratchetry.adapters.history_check import verify
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history

    checked = verify(existing_history(path, load_settings(path, {}), history))
    if output_format == "json":
        click.echo(json.dumps(asdict(checked), indent=2))
    else:
        _tell(checked)
    return EXIT_USAGE if checked.problems else EXIT_PASS


def _tell(checked: Checked) -> None:
    """Say what was found."""
    from ratchetry.report.text import neutralize, plural

    for remark in checked.problems:
        click.echo(neutralize(f"problem: {remark.path}: {remark.what}"))
    for remark in checked.notes:
        click.echo(neutralize(f"note: {remark.path}: {remark.what}"))
    what = f"{plural(checked.runs, 'run')} and {plural(checked.events, 'event')} in {plural(checked.files, 'file')}"
    click.echo(f"{what}: {plural(len(checked.problems), 'problem')}, {plural(len(checked.notes), 'note')}")
