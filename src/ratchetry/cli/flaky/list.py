"""`ratchetry flaky list`: flaky tests, on the evidence of the history."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry flaky list
  ratchetry flaky list --days 30 --format json
  ratchetry flaky list --history ../data --branch main --plot flaky.svg
"""


@click.command(name="list", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--branch", default="", help="Branch whose runs count.  [default: the one that origin calls its default]")
@click.option("--pull-requests", is_flag=True, help="Count the runs of pull requests as well.")
@click.option("--days", type=click.IntRange(min=1, max=36_500), help="Look back so far.  [default: at all runs]")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG).")
def command(
    *,
    path: str,
    history: str | None,
    branch: str,
    pull_requests: bool,
    days: int | None,
    output_format: str,
    plot_file: str | None,
) -> None:
    """List the tests that fail now and then, whatever the code is.

    With the rate of each and its 95% interval, when it failed last, what it costs, and the likeliest cause.  Tests
    that a commit broke are not flaky, and failures of outages say nothing: they are told apart and listed, too.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.flaky import Selection, document, flaky_report
    from ratchetry.pipeline.history import existing_history
    from ratchetry.report.flaky import markdown, terminal

    now = SystemClock().now()
    since = f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" if days else ""
    chosen = branch or default_branch(path, os.environ)
    selection = Selection(branch=chosen, pull_requests=pull_requests, since=since)
    report = flaky_report(existing_history(path, load_settings(path, {}), history), selection, now)
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.flaky_plot import plot

        write_atomic(Path(plot_file), plot(report).encode("utf-8"))
    match output_format:
        case "json":
            import json

            click.echo(json.dumps(document(report), indent=2))
        case "markdown":
            click.echo(markdown(report), nl=False)
        case _:
            click.echo(terminal(report))
