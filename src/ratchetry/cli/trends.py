"""`ratchetry trends`: where the metrics of a history go."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.domain.trend_report import TrendReport
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry trends
  ratchetry trends --metric 'coverage.*' --plot coverage.svg
  ratchetry trends --since 2026-01-01 --format markdown
  ratchetry trends --metrics-dir records --output trend-report.json

\b
The trend report (--format json, --output) is described by
`ratchetry schema trend-report`.
"""


@click.command(name="trends", epilog=EPILOG)
@click.option("--metric", default="", help="Name, or pattern with *, of the metrics to show.")
@click.option("--branch", default="", help="Branch of the runs.  [default: the repository's default]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the runs.  [default: all]")
@click.option("--path", default=".", show_default=True, help="Repository whose settings and bounds count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--metrics-dir", help="Directory of run records (*.json), or of a history, to use instead.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--output", type=click.Path(dir_okay=False), help="File for the trend report (JSON).")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG).")
def command(
    *,
    metric: str,
    branch: str,
    since: datetime | None,
    path: str,
    history: str | None,
    metrics_dir: str | None,
    output_format: str,
    output: str | None,
    plot_file: str | None,
) -> None:
    """Tell where the metrics of a history go: which improve or worsen, how fast, and when a bound is hit.

    Each with its slope and 95% interval, the newest 7 days against the 23 before, and whether that is more than chance
    among all metrics.  A change of level is no trend: the trend is that since it.
    """
    from ratchetry.adapters.files import write_atomic
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.trends import Wish, trends
    from ratchetry.state.trend_report import dumps

    settings = load_settings(path, {})
    wish = Wish(branch=branch, since=f"{since:%Y-%m-%d}" if since else "", metric=metric)
    with _source(path, settings, history, metrics_dir) as kept:
        found = trends(kept, wish, root=Path(path), settings=settings, environ=os.environ)
    if output:
        write_atomic(output, dumps(found.report))
    if plot_file:
        from ratchetry.report.trends import plot

        write_atomic(plot_file, plot(found.report, found.series).encode("utf-8"))
    click.echo(_rendered(found.report, output_format), nl=False)


def _source(
    path: str, settings: Settings, history: str | None, metrics_dir: str | None
) -> AbstractContextManager[HistoryDirectory]:
    """Return the history to look at; raises UsageError when two are named, or one that is not there."""
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.metrics_directory import history_in

    if metrics_dir is None:
        return nullcontext(existing_history(path, settings, history))
    if history is not None:
        msg = "--history and --metrics-dir both name what to look at: give one of them"
        raise UsageError(msg)
    return history_in(metrics_dir, settings)


def _rendered(report: TrendReport, output_format: str) -> str:
    """Return a report in a format, with a newline at its end."""
    from ratchetry.report.sparkline import BLOCKS, PLAIN
    from ratchetry.report.text import encodable
    from ratchetry.report.trends import markdown, terminal
    from ratchetry.state.trend_report import dumps

    if output_format == "json":
        return dumps(report).decode("utf-8")
    encoding = sys.stdout.encoding
    blocks = BLOCKS if encodable(BLOCKS, encoding) == BLOCKS else PLAIN
    text = markdown(report, blocks) if output_format == "markdown" else f"{terminal(report, blocks)}\n"
    return encodable(text, encoding)
