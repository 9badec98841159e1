"""`ratchetry ci aggregate`: reconcile runs straight into a history on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.cli.ci import options
from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.pipeline.ci.reconcile import Batch

EPILOG = """\b
Examples:
  ratchetry ci aggregate --metrics-dir downloaded --repository owner/name
  ratchetry ci aggregate --from-github --repository owner/name --history history
  ratchetry ci aggregate --metrics-dir downloaded --dry-run --format json
"""


@click.command(name="aggregate", epilog=EPILOG)
@click.option("--metrics-dir", help="Directory of downloaded summaries: archives, unpacked ones, or records.")
@click.option("--from-github", is_flag=True, help="Ask GitHub for what has run since the history's cursor.")
@click.option("--history", default=".ratchetry", show_default=True, help="Directory of the history.")
@click.option("--repository", default="", help="owner/name.  [default: that of the job or of the checkout's remote]")
@click.option("--branch", default="", help="Branch whose runs teach.  [default: the default branch]")
@options.workflow
@options.most
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(
    *,
    metrics_dir: str | None,
    from_github: bool,
    history: str,
    repository: str,
    branch: str,
    workflow: str,
    most: int,
    dry_run: bool,
    output_format: str,
) -> int:
    """Add to a history the runs that may teach: those of the default branch, in the expected workflow.

    They come from a directory of downloaded artifacts or from GitHub; of a run with several attempts the highest
    counts, and adding the same run again changes nothing.
    """
    if (metrics_dir is None) == (not from_github):
        msg = "name where the runs come from: either --metrics-dir DIR or --from-github"
        raise click.UsageError(msg)
    if metrics_dir is None:
        batch = _from_github(history, repository, workflow, branch, most)
    else:
        batch = _from_directory(metrics_dir, repository, workflow, branch)
    added = 0 if dry_run else _keep(batch, Path(history), moves=metrics_dir is None)
    if output_format == "json":
        from ratchetry.state.cursor import dumps_manifest

        click.echo(dumps_manifest(batch.manifest).replace(b"##[", b"#\\u0023["), nl=False)
        return EXIT_PASS
    from ratchetry.pipeline.ci.batch import told
    from ratchetry.report.learning import lines

    for line in lines(batch.manifest):
        click.echo(line)
    click.echo(f"{told(batch.manifest)}; {'nothing was written' if dry_run else f'{added} added to {history}'}")
    return EXIT_PASS


def _from_github(history: str, repository: str, workflow: str, branch: str, most: int) -> Batch:
    """Return what has run since the history's cursor."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.pipeline.ci.batch import read_cursor
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.ingest import from_github

    with github(os.environ, repository) as client:
        cursor = read_cursor(Path(history))
        return from_github(client, cursor, now=SystemClock().now(), workflow=workflow, branch=branch, most=most)


def _from_directory(metrics_dir: str, repository: str, workflow: str, branch: str) -> Batch:
    """Return what is in a directory of downloaded artifacts."""
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.analyze.provenance import Expected
    from ratchetry.pipeline.ci.ingest import from_directory, repository_here

    expected = Expected(
        repository=repository or repository_here(".", os.environ),
        branch=branch or default_branch(str(Path.cwd()), os.environ) or "main",
        workflow=workflow,
    )
    return from_directory(Path(metrics_dir), expected)


def _keep(batch: Batch, history: Path, *, moves: bool) -> int:
    """Add a batch to a history, and return how many runs were new."""
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.ci.batch import keep, write_cursor
    from ratchetry.pipeline.history import history_at

    added = keep(batch, history_at(history, load_settings(".", {})))
    if moves:
        write_cursor(history, batch.manifest.cursor)
    return added
