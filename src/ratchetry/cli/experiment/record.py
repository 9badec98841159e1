"""`ratchetry experiment record`: what became of a unit, measured outside of CI."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry experiment record tone --unit pr-12 --metric reward=1
  ratchetry experiment record speed --unit pr-12 --metric latency_p99=1.8 --metric error_rate=0.02

\b
A unit is recorded once: name all its metrics in one call.
"""


@click.command(name="record", epilog=EPILOG)
@click.argument("name")
@click.option("--unit", required=True, help="The unit, as it was assigned.")
@click.option("--metric", "metrics", multiple=True, required=True, metavar="NAME=VALUE", help="A metric and its value.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(name: str, *, unit: str, metrics: tuple[str, ...], path: str, history: str | None) -> None:
    """Note what became of a unit of the experiment NAME.

    Outcomes of pull requests come from their CI runs by themselves; this is for what CI does not see.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.experiment import measures_of, opened
    from ratchetry.pipeline.experiments import record
    from ratchetry.report.text import neutralize

    kept, settings = opened(path, history)
    if settings.disable_learning:
        click.echo("learning is disabled: nothing was noted", err=True)
        return
    new = record(kept, name, unit, measures_of(metrics), SystemClock().now())
    click.echo(f"{'recorded' if new else 'recorded before, the same'}: {neutralize(unit)}")
