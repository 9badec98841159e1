"""`ratchetry ci report`: keep the issues about the default branch."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.domain.action import Action
    from ratchetry.domain.record import RunRecord
    from ratchetry.pipeline.ci.improve import Look, There

EPILOG = """\b
Examples:
  ratchetry ci report --batch batch
  ratchetry ci report --history .ratchetry --branch main --dry-run
  ratchetry ci report --history .ratchetry --digest --dry-run

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
@click.option("--digest", is_flag=True, help="Write the weekly digest.  [default: on the event schedule]")
@click.option("--dry-run", is_flag=True, help="Print what would be done to issues; asks GitHub for nothing.")
def command(
    path: str, *, batch: str | None, history: str | None, branch: str, repository: str, digest: bool, dry_run: bool
) -> int:
    """Keep one issue for each gate that fails on the default branch, one for each improvement, and the weekly digest.

    The evidence is the history of the repository at PATH.  An issue is closed after two runs in which its gate
    passed, or when its metric has recovered; runs that were not measured neither open nor close any.
    """
    from ratchetry.pipeline.ci.report import default_branch_of

    task = Task(
        records=(),
        branch=branch or default_branch_of(path, batch, os.environ),
        server=os.environ.get("GITHUB_SERVER_URL", "https://github.com"),
        digest=digest or os.environ.get("GITHUB_EVENT_NAME") == "schedule",
    )
    task = _with_evidence(task, path, batch, history)
    if dry_run:
        from ratchetry.cli.ci.effects import show
        from ratchetry.pipeline.ci.improve import There

        return show(_actions(task, There()))
    return _on_github(task, repository)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be reported on: the runs of a branch, what would help, and whether to write the digest."""

    records: tuple[RunRecord, ...]
    branch: str
    server: str
    digest: bool
    look: Look | None = None


def _on_github(task: Task, repository: str) -> int:
    """Do on GitHub what there is to do; what it refuses is a warning."""
    from ratchetry.cli.ci.effects import carry_out
    from ratchetry.cli.ci.messages import warn
    from ratchetry.errors import GitHubError
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.improve import there

    with github(os.environ, repository) as client:
        try:
            known = there(client, digest=task.digest)
        except GitHubError as error:
            warn(f"no issue was touched: {error}")
            return EXIT_PASS
        return carry_out(_actions(task, known), client, heading="Issues about the default branch")


def _actions(task: Task, known: There) -> tuple[Action, ...]:
    """Return what to do about gates, improvements and the digest, given the issues that are there."""
    from ratchetry.domain.action import UpsertIssue
    from ratchetry.pipeline.ci.improve import digest_action, improvement_actions
    from ratchetry.pipeline.ci.report import planned

    gates = planned(task.records, known.gates, branch=task.branch, server=task.server)
    if task.look is None:
        return gates
    touched = {action.fingerprint for action in gates if isinstance(action, UpsertIssue)}
    after = replace(known, gates=frozenset(known.gates) | touched)
    better = improvement_actions(task.look, task.records, after, branch=task.branch)
    weekly = digest_action(task.look, known) if task.digest else None
    return (*gates, *better, *(() if weekly is None else (weekly,)))


def _with_evidence(task: Task, path: str, batch: str | None, history: str | None) -> Task:
    """Return a task with the runs of the history and of the batch, and what the history says would help."""
    import sys

    from ratchetry.cli.ci.messages import warn
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.improve import look
    from ratchetry.pipeline.ci.report import recent_records
    from ratchetry.pipeline.ci.shared import shared_history
    from ratchetry.pipeline.history import history_at

    settings = load_settings(path, {})
    kept = Path(history) if history else None
    if kept is None:
        with progress_for(sys.stderr, os.environ) as progress:
            kept = shared_history(path, settings, os.environ, progress)
    records = recent_records(kept, settings, Path(batch) if batch else None)
    found = look(history_at(kept, settings), root=Path(path), settings=settings, environ=os.environ, branch=task.branch)
    if found.idle:
        warn(f"nothing is said of improvements: {found.idle}")
    return replace(task, records=records, look=found)
