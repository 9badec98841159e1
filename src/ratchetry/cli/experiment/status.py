"""`ratchetry experiment status`: where experiments stand."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry experiment status
  ratchetry experiment status tone --plot tone.svg
  ratchetry experiment status --format json

\b
Looking every day is safe: evidence, p-values and intervals hold at every
look, whenever you stop.
"""


@click.command(name="status", epilog=EPILOG)
@click.argument("name", default="")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option(
    "--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG) of one experiment."
)
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(name: str, *, output_format: str, plot_file: str | None, path: str, history: str | None) -> None:
    """Tell where all experiments stand, or the one called NAME.

    Only days count that are over and whose units have outcomes, or are too old to get one.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.experiment import opened
    from ratchetry.errors import UsageError
    from ratchetry.pipeline.experiments import standing
    from ratchetry.report.experiments import markdown, plot, terminal

    found = standing(opened(path, history)[0], SystemClock().now(), name)
    if plot_file:
        from ratchetry.adapters.files import write_atomic

        if len(found.statuses) != 1:
            msg = f"--plot draws one experiment, and there are {len(found.statuses)}: name one"
            raise UsageError(msg)
        write_atomic(Path(plot_file), plot(found.statuses[0]).encode("utf-8"))
    match output_format:
        case "json":
            import json

            import msgspec

            click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
        case "markdown":
            click.echo(markdown(found.statuses, found.refused), nl=False)
        case _:
            click.echo(terminal(found.statuses, found.refused))
