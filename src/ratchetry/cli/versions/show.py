"""`ratchetry versions show`: the versions in use."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry versions show
  ratchetry versions show --format json
"""


@click.command(name="show", epilog=EPILOG)
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(*, output_format: str, path: str, history: str | None) -> None:
    """Show the version of each slot that is in use, since when and why, and what rollbacks did."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.experiment import opened
    from ratchetry.pipeline.degradation import active_versions, versions_report
    from ratchetry.report.versions import shown_markdown, shown_terminal

    active = active_versions(Path(path))
    report = versions_report(opened(path, history)[0], active, SystemClock().now())
    match output_format:
        case "json":
            import json

            import msgspec

            rollbacks = [one for status in report.slots for one in status.rollbacks]
            found = {"slots": active.slots, "promotions": report.promotions, "rollbacks": rollbacks}
            click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
        case "markdown":
            click.echo(shown_markdown(active, report), nl=False)
        case _:
            click.echo(shown_terminal(active, report))
