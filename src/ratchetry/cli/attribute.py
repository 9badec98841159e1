"""`ratchetry attribute`: which changes go with a failure or a step."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry attribute                                   the newest failure or step
  ratchetry attribute --test tests/test_auth.py::test_login
  ratchetry attribute --metric benchmark.parse --format markdown
  ratchetry attribute --run 4711 --plot modules.svg

\b
Probabilities, no verdicts: the commands below the tables make sure.
"""


@click.command(name="attribute", epilog=EPILOG)
@click.option("--test", default="", help="Test whose newest failure to explain.")
@click.option("--metric", default="", help="Metric or benchmark whose newest step to explain.")
@click.option("--run", "run", default="", help="Run whose failure to explain: its identifier.")
@click.option("--branch", default="", help="Branch whose runs count.  [default: the repository's default]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the runs that count.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing of the modules (SVG).")
def command(
    *,
    test: str,
    metric: str,
    run: str,
    branch: str,
    since: datetime | None,
    path: str,
    history: str | None,
    output_format: str,
    plot_file: str | None,
) -> None:
    """Tell which modules, files and commits go with a failure or a step, and how to make sure by bisection.

    Every run that failed shares its blame among what it changed; flaky tests and outages say nothing, and a failure
    that goes on is blamed once, on the change with which it began.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.attribution import Past, Wanted, attribution_report
    from ratchetry.pipeline.history import existing_history

    _require_one(test, metric, run)
    past = Past(
        existing_history(path, load_settings(path, {}), history),
        root=path,
        environ=os.environ,
        branch=branch,
        since=f"{since:%Y-%m-%d}" if since else "",
    )
    report = attribution_report(past, Wanted(test=test, metric=metric, run=run))
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.attribution_plot import plot

        write_atomic(Path(plot_file), plot(report).encode("utf-8"))
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(report), indent=2))
        return
    from ratchetry.report.attribution import RENDERERS

    click.echo(RENDERERS[output_format](report))


def _require_one(*given: str) -> None:
    """Raise UsageError when more than one thing is asked about."""
    if sum(map(bool, given)) > 1:
        msg = "--test, --metric and --run exclude each other: name one of them"
        raise click.UsageError(msg)
