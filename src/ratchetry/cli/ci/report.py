"""`ratchetry ci report`: keep the issues about the default branch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.domain.record import RunRecord

EPILOG = """\b
Examples:
  ratchetry ci report --batch batch
  ratchetry ci report --history .ratchetry --branch main --dry-run

\b
Exit codes:
  0 done, or nothing to do; what GitHub refuses is a warning   2 usage or state error
"""


@click.command(name="report", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--batch", envvar="RATCHETRY_BATCH", show_envvar=True, help="Directory of the batch that was just persisted."
)
@click.option("--history", help="Directory with the history.  [default: the shared one is pulled]")
@click.option("--branch", default="", help="Default branch.  [default: that of the batch, or of the checkout]")
@click.option("--repository", default="", help="owner/name on GitHub.  [default: that of the job]")
@click.option("--dry-run", is_flag=True, help="Print what would be done to issues; asks GitHub for nothing.")
def command(path: str, *, batch: str | None, history: str | None, branch: str, repository: str, dry_run: bool) -> int:
    """Keep one issue for each gate that fails on the default branch, and close it when the gate passes again.

    The evidence is the history of the repository at PATH.  An issue is closed after two runs in which its gate
    passed; runs that were not measured neither open nor close any.
    """
    from ratchetry.pipeline.ci.report import default_branch_of, planned

    name = branch or default_branch_of(path, batch, os.environ)
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    records = _records(path, batch, history)
    if dry_run:
        from ratchetry.cli.ci.effects import show

        return show(planned(records, frozenset(), branch=name, server=server))
    from ratchetry.act.plan import LABEL
    from ratchetry.adapters.github.open_issues import open_fingerprints
    from ratchetry.cli.ci.effects import carry_out
    from ratchetry.cli.ci.messages import warn
    from ratchetry.errors import GitHubError
    from ratchetry.pipeline.ci.client import github

    with github(os.environ, repository) as client:
        try:
            known = open_fingerprints(client, LABEL)
        except GitHubError as error:
            warn(f"no issue was touched: {error}")
            return EXIT_PASS
        actions = planned(records, known.keys(), branch=name, server=server)
        return carry_out(actions, client, heading="Issues about the default branch")


def _records(path: str, batch: str | None, history: str | None) -> tuple[RunRecord, ...]:
    """Return the runs of the history and of the batch."""
    import sys

    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.report import recent_records
    from ratchetry.pipeline.ci.shared import shared_history

    settings = load_settings(path, {})
    kept = Path(history) if history else None
    if kept is None:
        with progress_for(sys.stderr, os.environ) as progress:
            kept = shared_history(path, settings, os.environ, progress)
    return recent_records(kept, settings, Path(batch) if batch else None)
