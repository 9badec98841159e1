"""`ratchetry history prune`: drop rows that are too old."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.pipeline.history import Retention

EPILOG = """\b
Examples:
  ratchetry history prune --keep-tests-days 400 --dry-run
  ratchetry history prune --keep-tests-days 400
"""


@click.command(name="prune", epilog=EPILOG)
@click.option(
    "--keep-tests-days",
    "days",
    type=click.IntRange(min=0),
    help="Days for which each test and finding is kept; 0 means for ever.  [default: the setting]",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be dropped, and change nothing.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, days: int | None, dry_run: bool, path: str, history: str | None, output_format: str) -> None:
    """Drop the tests, findings and evidence of runs in months that ended too long ago.

    Everything else of the runs stays, and so do sums over each test.  What was dropped is noted as an event.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import Retention, existing_history, prune_tests

    settings = load_settings(path, {"history_keep_tests_days": days})
    kept = existing_history(path, settings, history)
    limit = settings.history_keep_tests_days
    done = prune_tests(kept, SystemClock().now(), limit, write=not dry_run) if limit else Retention(months=())
    if output_format == "json":
        click.echo(json.dumps(asdict(done), indent=2))
    else:
        _tell(done, limit, dry_run=dry_run)


def _tell(done: Retention, days: int, *, dry_run: bool) -> None:
    """Say what was dropped."""
    from ratchetry.report.text import neutralize, plural

    verb = "would drop" if dry_run else "dropped"
    for result in done.months:
        click.echo(f"{result.month}: {verb} {plural(result.tests, 'test result')} of {plural(result.runs, 'run')}")
        for problem in result.problems:
            click.echo(f"warning: {neutralize(problem)}", err=True)
    if not done.months:
        reason = f"no run has tests from a month that ended {days} days ago" if days else "tests are kept for ever"
        click.echo(f"nothing to drop: {reason}")
