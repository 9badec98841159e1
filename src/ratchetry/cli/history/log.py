"""`ratchetry history log`: note what happened outside of the runs."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry history log "release 2.1 is live" --kind deployment --subject production
  ratchetry history log "runners were slow" --kind incident --time 2026-11-20T18:00:00Z
"""


@click.command(name="log", epilog=EPILOG)
@click.argument("message")
@click.option("--kind", type=click.Choice(["deployment", "incident", "note"]), default="note", show_default=True)
@click.option("--subject", default="", help="What it is about, such as an environment or a service.")
@click.option("--time", "when", help="When it happened, ISO 8601.  [default: now]")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    message: str,
    *,
    kind: str,
    subject: str,
    when: str | None,
    actor: str,
    path: str,
    history: str | None,
    output_format: str,
) -> None:
    """Note in the history what happened: MESSAGE, to be seen beside the runs of that time."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import log_event, open_history

    settings = load_settings(path, {})
    moment = parsed_time(when) if when else SystemClock().now()
    kept = open_history(path, settings, history)
    noted = log_event(
        kept,
        moment,
        message,
        kind=kind,
        subject=subject,
        actor=actor,
        repository=_repository(path, settings.output_dir),
    )
    if output_format == "json":
        import json

        click.echo(json.dumps({"id": noted.event.id, "time": noted.event.time, "added": noted.added}, indent=2))
    else:
        click.echo(f"{'noted' if noted.added else 'was noted already'}: {noted.event.id} at {noted.event.time}")


def parsed_time(text: str) -> datetime:
    """Return the moment that a text says, in UTC; raises UsageError when it says none."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        msg = f"--time {text!r}: not a time; write it as 2026-11-20T18:00:00Z"
        raise UsageError(msg) from error


def _repository(path: str, output_dir: str) -> str:
    """Return what the repository is called in the records of its runs."""
    from ratchetry.adapters.git import inspect
    from ratchetry.adapters.github_event import read_event

    named = read_event(os.environ).repository
    return named or inspect(path, "", output_dir=output_dir, environ=os.environ).repository
