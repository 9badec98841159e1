"""`ratchetry history compact`: pack months that are over."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.adapters.history_compaction import Compacted

EPILOG = """\b
Examples:
  ratchetry history compact
  ratchetry history compact --month 2026-10 --dry-run
"""


@click.command(name="compact", epilog=EPILOG)
@click.option("--month", metavar="YYYY-MM", help="Only this month.  [default: every month that is over]")
@click.option("--dry-run", is_flag=True, help="Tell what would be packed, and change nothing.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, month: str | None, dry_run: bool, path: str, history: str | None, output_format: str) -> None:
    """Pack the runs and events of months that are over into few small files, from which each can be read as before.

    Every file is proven to come back byte for byte before it is removed.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import compact_months, existing_history

    kept = existing_history(path, load_settings(path, {}), history)
    done = compact_months(kept, SystemClock().now(), month or "", write=not dry_run)
    if output_format == "json":
        click.echo(json.dumps([asdict(result) for result in done], indent=2))
    else:
        _tell(done, dry_run=dry_run)


def _tell(done: tuple[Compacted, ...], *, dry_run: bool) -> None:
    """Say what was packed."""
    from ratchetry.report.text import neutralize, plural

    verb = "would pack" if dry_run else "packed"
    for result in done:
        what = f"{plural(result.runs, 'run')} and {plural(result.events, 'event')}"
        click.echo(f"{result.month}: {verb} {what}, {result.size} bytes into {result.packed}")
        for problem in result.problems:
            click.echo(f"warning: {neutralize(problem)}", err=True)
    if not done:
        click.echo("nothing to pack: no month that is over has files of its own")
