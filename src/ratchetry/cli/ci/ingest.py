"""`ratchetry ci ingest`: collect what has run since the last learning run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ratchetry.cli.ci import options
from ratchetry.errors import EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry ci ingest --output batch
  ratchetry ci ingest --output batch --history .ratchetry --repository owner/name

\b
Exit codes:
  0 collected, also when there was nothing new   2 usage or state error
  3 GitHub could not be asked: nothing was decided, the next learning run begins where this one did
"""


@click.command(name="ingest", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--output",
    default="batch",
    envvar="RATCHETRY_BATCH",
    show_envvar=True,
    show_default=True,
    help="Directory for the batch.",
)
@click.option("--history", help="Directory with the history whose cursor to begin at.  [default: it is pulled]")
@click.option("--repository", default="", help="owner/name on GitHub.  [default: that of the job]")
@options.workflow
@options.most
def command(path: str, *, output: str, history: str | None, repository: str, workflow: str, most: int) -> int:
    """Collect the runs of the default branch that have ended since the cursor of the history, as a batch.

    Only runs of this repository's default branch and of the expected workflow may teach, and only as far as GitHub
    confirms what their records claim; with the setting learn-from-pull-requests those of its own pull requests, for
    rewards alone.  The batch is a directory of records with a manifest of every decision.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.ci.messages import append_summary, warn
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.batch import read_cursor, told, write_batch
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.ingest import from_github
    from ratchetry.pipeline.ci.shared import shared_history
    from ratchetry.report.learning import markdown

    settings = load_settings(path, {})
    if history is None:
        with progress_for(sys.stderr, os.environ) as progress:
            kept = shared_history(path, settings, os.environ, progress)
    else:
        kept = Path(history)
    with github(os.environ, repository) as client:
        batch = from_github(
            client,
            read_cursor(kept),
            now=SystemClock().now(),
            workflow=workflow,
            most=most,
            pull_requests=settings.learn_from_pull_requests,
        )
        requests = client.requests_used
    write_batch(Path(output), batch)
    lost = batch.manifest.count("lost")
    if lost:
        warn(f"{lost} summaries expired before they were fetched: let the learning workflow run more often")
    click.echo(f"{told(batch.manifest)}; {requests} requests to GitHub")
    append_summary(markdown(batch.manifest))
    return EXIT_PASS
