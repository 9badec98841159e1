"""`ratchetry experiment assign`: the version that a unit gets."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry experiment assign tone --unit pr-12
  ratchetry experiment assign tone --unit pr-12 --format json

\b
Prints the version alone, so that a script can use it:
  version=$(ratchetry experiment assign tone --unit "pr-$NUMBER")
"""

_REMARKS = {
    "outside": "takes no part: this is the control, and nothing was noted",
    "ended": "the experiment has ended: this is its winner, or else the control, and nothing was noted",
    "frozen": "learning is disabled: this is the control, and nothing was noted",
}


@click.command(name="assign", epilog=EPILOG)
@click.argument("name")
@click.option("--unit", required=True, help="What is decided for, such as a pull request: pr-12.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(name: str, *, unit: str, output_format: str, path: str, history: str | None) -> None:
    """Print the version that a unit gets in the experiment NAME, and note the decision.

    The same unit gets the same version, and is noted once, however often this is asked.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.experiment import opened
    from ratchetry.pipeline.experiments import assign
    from ratchetry.report.text import neutralize

    kept, settings = opened(path, history)
    found = assign(kept, name, unit, SystemClock().now(), frozen=settings.disable_learning)
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
        return
    if found.state in _REMARKS:
        click.echo(f"{neutralize(unit)}: {_REMARKS[found.state]}", err=True)
    click.echo(found.arm)
