"""`ratchetry ci feedback`: write the one comment on a pull request."""

from __future__ import annotations

import os

import click

from ratchetry.errors import EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry ci feedback
  ratchetry ci feedback --dry-run --event workflow_run.json
  ratchetry ci feedback --record .ratchetry/record.json --dry-run

\b
Exit codes:
  0 written, unchanged or nothing to write; what GitHub refuses is a warning
  2 usage error, such as an event that is no workflow_run
"""


@click.command(name="feedback", epilog=EPILOG)
@click.option(
    "--event", default="", envvar="GITHUB_EVENT_PATH", show_envvar=True, help="Payload of the workflow_run event."
)
@click.option("--record", help="Record to show the comment of, without asking GitHub; with --dry-run only.")
@click.option("--dry-run", is_flag=True, help="Print the comment instead of writing it.")
def command(event: str, record: str | None, *, dry_run: bool) -> int:
    """Write the one comment on the pull request whose run has ended, or edit the one that is there.

    Meant for the event workflow_run: what the run has uploaded is data, and the pull request is the one whose head
    GitHub says is the run's.  Nothing is checked out, and at most six requests are made.
    """
    if record is not None:
        return _preview(record, dry_run=dry_run)
    from ratchetry.adapters.workflow_run_event import read_ended_run
    from ratchetry.domain.action import UpsertComment
    from ratchetry.errors import GitHubError
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.feedback import feedback

    run = read_ended_run(event)
    with github(os.environ, run.repository) as client:
        try:
            decided = feedback(run, client)
        except GitHubError as error:
            from ratchetry.cli.ci.messages import warn

            warn(f"no comment was written: {error}")
            return EXIT_PASS
        if isinstance(decided, UpsertComment):
            from ratchetry.cli.ci.effects import carry_out

            return carry_out((decided,), client, dry_run=dry_run)
    return _stay_silent(decided.reason, warning=decided.warning)


def _stay_silent(reason: str, *, warning: bool) -> int:
    """Say why there is no comment."""
    from ratchetry.cli.ci.messages import warn
    from ratchetry.report.text import neutralize

    if warning:
        warn(f"no comment was written: {reason}")
    else:
        click.echo(f"no comment: {neutralize(reason)}")
    return EXIT_PASS


def _preview(record: str, *, dry_run: bool) -> int:
    """Print the comment that a record makes."""
    if not dry_run:
        msg = "--record only shows the comment of a record: add --dry-run"
        raise click.UsageError(msg)
    from pathlib import Path

    from ratchetry.pipeline.past import read_record
    from ratchetry.report.comment import render

    click.echo(render(read_record(Path(record)), link=""), nl=False)
    return EXIT_PASS
