"""`ratchetry ci persist`: add a batch to the shared history."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ratchetry.errors import EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry ci persist --batch batch

\b
Exit codes:
  0 the history has the batch   2 usage or state error
  3 the server cannot be reached: the cursor has not moved, so nothing is lost
"""


@click.command(name="persist", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--batch",
    default="batch",
    envvar="RATCHETRY_BATCH",
    show_envvar=True,
    show_default=True,
    help="Directory that `ratchetry ci ingest` wrote.",
)
@click.option("--history", help="Directory of the local history.  [default: the output directory]")
def command(path: str, *, batch: str, history: str | None) -> int:
    """Pull the shared history of the repository at PATH, add a batch, move the cursor, and push.

    Runs that the history has stay as they are; doing it again changes nothing.
    """
    from ratchetry.cli.ci.messages import warn
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.batch import read_batch
    from ratchetry.pipeline.ci.shared import persist

    settings = load_settings(path, {})
    found = read_batch(Path(batch))
    with progress_for(sys.stderr, os.environ) as progress:
        done = persist(path, settings, found, environ=os.environ, progress=progress, history=history)
    click.echo(f"{done.added} of {len(found.records)} runs were new; {done.sent} files sent")
    if done.waiting:
        warn(f"the batch waits in the inbox of the history: {done.waiting}")
    return EXIT_PASS
