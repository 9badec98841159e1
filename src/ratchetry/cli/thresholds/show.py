"""`ratchetry thresholds show`: each bound, its last value, and what its next move needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry thresholds show
  ratchetry thresholds show --format markdown
  ratchetry thresholds show coverage.line --plot coverage.svg
"""


@click.command(name="show", epilog=EPILOG)
@click.argument("metric", required=False)
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--branch", default="", help="Branch whose runs teach.  [default: the repository's default]")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG) of METRIC.")
def command(
    metric: str | None, *, path: str, history: str | None, branch: str, output_format: str, plot_file: str | None
) -> None:
    """Show the bounds, or that of METRIC: where each stands, what its next move needs, and what moved it."""
    from ratchetry.cli.thresholds import workplace
    from ratchetry.pipeline.ratchet import look, policy_of
    from ratchetry.pipeline.ratchet_report import moving_bound, standing
    from ratchetry.report.ratchet import standing as terminal
    from ratchetry.report.ratchet import standing_markdown

    place = workplace(path, history, branch)
    learned = look(place.history, place.thresholds, policy_of(place.settings), branch=place.branch)
    rows = standing(learned, place.held)
    if metric is not None:
        if metric not in {row.metric for row in rows}:
            msg = f"{metric}: has no bound; there are {', '.join(row.metric for row in rows) or 'none'}"
            raise UsageError(msg)
        rows = tuple(row for row in rows if row.metric == metric)
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.ratchet_plot import plot

        if metric is None:
            msg = "--plot: name the metric to draw, such as `ratchetry thresholds show coverage.line --plot FILE.svg`"
            raise UsageError(msg)
        write_atomic(Path(plot_file), plot(moving_bound(learned, place.thresholds, metric)).encode("utf-8"))
    match output_format:
        case "json":
            import json

            refused = [asdict(one) for one in learned.folded.refused]
            click.echo(json.dumps({"bounds": [asdict(row) for row in rows], "refused": refused}, indent=2))
        case "markdown":
            click.echo(standing_markdown(rows), nl=False)
        case _:
            click.echo(terminal(rows))
    for one in learned.folded.refused:
        click.echo(f"warning: event {one.event} does not count: {one.reason}", err=True)
