"""`ratchetry flaky quarantine list`: the tests whose failures do not block now."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry flaky quarantine list
  ratchetry flaky quarantine list --format json
"""


@click.command(name="list", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(*, path: str, history: str | None, output_format: str) -> None:
    """List the tests in quarantine, until when and why."""
    import json

    import msgspec

    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.quarantine import quarantine_now
    from ratchetry.report.plain_table import plain_table

    found = quarantine_now(existing_history(path, load_settings(path, {}), history), SystemClock().now())
    if output_format == "json":
        click.echo(json.dumps([msgspec.to_builtins(one) for one in found], indent=2))
    elif found:
        rows = [(one.test, one.until, one.since[:10], one.reason) for one in found]
        click.echo(plain_table(("test", "until", "since", "reason"), rows))
    else:
        click.echo("no test is in quarantine")
