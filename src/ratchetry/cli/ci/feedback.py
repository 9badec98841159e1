"""`ratchetry ci feedback`: write the one comment on a pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ratchetry.adapters.github import GitHubClient
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.domain.workflow_run import EndedRun
    from ratchetry.pipeline.ci.feedback import Trusted
    from ratchetry.pipeline.ci.trusted import Configuration
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry ci feedback
  ratchetry ci feedback --comment failures
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
@click.option(
    "--comment",
    type=click.Choice(["always", "changes", "failures", "off"]),
    envvar="RATCHETRY_COMMENT_MODE",
    show_envvar=True,
    help="When there is to be a comment.  [default: the setting of the default branch]",
)
@click.option("--history", help="Directory with the history.  [default: the shared one is fetched]")
@click.option("--dry-run", is_flag=True, help="Print the comment instead of writing it.")
def command(event: str, record: str | None, *, comment: str | None, history: str | None, dry_run: bool) -> int:
    """Write the one comment on the pull request whose run has ended, or edit the one that is there.

    Meant for the event workflow_run: what runs have uploaded is data, and the pull request is the one whose head
    GitHub says is the run's.  Settings and history are those of the default branch.  Nothing is checked out.
    """
    if record is not None:
        return _preview(record, dry_run=dry_run)
    from ratchetry.adapters.workflow_run_event import read_ended_run
    from ratchetry.errors import GitHubError
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.feedback import PULL_REQUEST

    run = read_ended_run(event)
    if run.event != PULL_REQUEST:
        return _stay_silent(f"the run {run.name} is of the event {run.event}", warning=False)
    with github(os.environ, run.repository) as client:
        try:
            return _written(run, client, comment, history, dry_run=dry_run)
        except GitHubError as error:
            from ratchetry.cli.ci.messages import warn

            warn(f"no comment was written: {error}")
            return EXIT_PASS


def _written(run: EndedRun, client: GitHubClient, comment: str | None, history: str | None, *, dry_run: bool) -> int:
    """Decide on the comment and write it; raises GitHubError when GitHub cannot be asked."""
    import sys
    from tempfile import TemporaryDirectory

    from ratchetry.cli.ci.effects import carry_out
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci import trusted
    from ratchetry.pipeline.ci.feedback import Silence, feedback

    with progress_for(sys.stderr, os.environ) as progress, TemporaryDirectory() as place:

        def opened(settings: Settings) -> HistoryDirectory:
            if history:
                return trusted.existing(Path(history), settings)
            return trusted.history_of(Path(place), settings, run.repository, os.environ, progress)

        decided = feedback(run, client, _trusted(run, client, comment, place, opened))
    if isinstance(decided, Silence):
        return _stay_silent(decided.reason, warning=decided.warning)
    return carry_out((decided,), client, dry_run=dry_run)


def _trusted(
    run: EndedRun, client: GitHubClient, comment: str | None, place: str, opened: Callable[[Settings], HistoryDirectory]
) -> Trusted:
    """Return what the comment may rely on; raises GitHubError when GitHub cannot be asked."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.pipeline.ci.base_runs import BaseRuns
    from ratchetry.pipeline.ci.feedback import Trusted
    from ratchetry.pipeline.ci.trusted import branch_of, configuration

    branch = branch_of(run, client)
    settings = _settings(configuration(client, branch, os.environ.get("RATCHETRY_CONFIG", "")), comment)
    base = BaseRuns(open=lambda: opened(settings), now=SystemClock().now(), root=place, environ=os.environ)
    server = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    return Trusted(default_branch=branch, settings=settings, base=base, server=server)


def _settings(found: Configuration, comment: str | None) -> Settings:
    """Return the settings of the default branch, of the job and of the command line; raises ConfigError."""
    from ratchetry.cli.options import toml_layer
    from ratchetry.settings import Layer, environment_layer, resolve

    file = toml_layer(found.text.encode(), found.name) if found.name else Layer(origin="no configuration file")
    given = Layer(origin="the command line", values={"comment": comment} if comment else {})
    return resolve(file, environment_layer(os.environ), given)


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
    from ratchetry.domain.review import NotCompared, Review
    from ratchetry.pipeline.past import read_record
    from ratchetry.report.comment import render

    alone = NotCompared(reason="a record alone is shown, without a history")
    click.echo(render((Review(record=read_record(Path(record)), comparison=alone),)), nl=False)
    return EXIT_PASS
