"""`ratchetry ci propose`: take over what was learned, by one standing pull request."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.domain.proposal import FileProposals
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry ci propose
  ratchetry ci propose --history .ratchetry --dry-run

\b
Exit codes:
  0 done, or nothing to do; what GitHub refuses is a warning   2 usage or state error
  3 the server of the history cannot be reached
"""


@click.command(name="propose", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--history", help="Directory with the history.  [default: the shared one is pulled]")
@click.option("--branch", default="", help="Branch to propose to.  [default: the repository's default]")
@click.option("--repository", default="", help="owner/name on GitHub.  [default: that of the job]")
@click.option("--dry-run", is_flag=True, help="Show the text and the differences; asks GitHub for nothing.")
def command(path: str, *, history: str | None, branch: str, repository: str, dry_run: bool) -> int:
    """Fold the events of the history into the files of the repository at PATH, and propose what changes.

    Bounds, weights of arms and versions in use come in one pull request, brought up to date in place and closed when
    nothing is left.  The setting `propose` makes it commits, or nothing at all.
    """
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.cli.ci.messages import warn
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.ci.propose import action_of, proposals, proposing
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.survey import places_of
    from ratchetry.report.proposal import refused_words

    settings = load_settings(path, {})
    root = places_of(path, settings).root
    base = branch or default_branch(str(root), os.environ) or "main"
    if history is None and proposing(settings):
        _pull(path, settings)
    found = proposals(root, settings, existing_history(path, settings, history), branch=base)
    for file in found.files:
        if file.refused:
            warn(refused_words(file))
    if found.idle:
        click.echo(f"nothing is proposed: {found.idle}")
        return EXIT_PASS
    if dry_run:
        return _show(found)
    from ratchetry.cli.ci.effects import carry_out
    from ratchetry.pipeline.ci.client import github

    with github(os.environ, repository) as client:
        return carry_out((action_of(found, settings, base),), client, heading="What was learned")


def _pull(path: str, settings: Settings) -> None:
    """Bring in what the shared history has."""
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.shared import shared_history

    with progress_for(sys.stderr, os.environ) as progress:
        shared_history(path, settings, os.environ, progress)


def _show(found: FileProposals) -> int:
    """Print what would be proposed."""
    from ratchetry.report.proposal import preview

    names = ", ".join(file.path for file in found.files) or "no file that learning keeps"
    click.echo(preview(found.changed) if found.changed else f"nothing to propose: {names}")
    return EXIT_PASS
