"""`ratchetry ci learn`: append to the history what follows from it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS, EXIT_USAGE

if TYPE_CHECKING:
    from ratchetry.domain.lesson import Lessons
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry ci learn
  ratchetry ci learn --history .ratchetry --dry-run
  ratchetry ci learn --history .ratchetry --format json

\b
Exit codes:
  0 done, also when nothing follows   2 usage or state error; the other learners have done what they could
  3 the server cannot be reached: what was learned is kept here, and follows again elsewhere
"""


@click.command(name="learn", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--history", help="Directory with the history; nothing is pulled then, nor pushed.")
@click.option("--branch", default="", help="Branch whose runs teach.  [default: the repository's default]")
@click.option("--dry-run", is_flag=True, help="Show what follows, and append nothing.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(path: str, *, history: str | None, branch: str, dry_run: bool, output_format: str) -> int:
    """Let every learner look at the history of the repository at PATH, and append what follows as events.

    Bounds move, decisions get their outcomes, experiments their verdicts, versions that became worse an alarm, and
    advice is given and judged.
    A second call appends nothing, and two at once lose nothing.  RATCHETRY_DISABLE_LEARNING=1 stops all of it.
    """
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.cli.ci.messages import append_summary, warn
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.ci.learn import append, learn
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.survey import places_of
    from ratchetry.report.lessons import markdown

    settings = load_settings(path, {})
    root = places_of(path, settings).root
    _pull(path, settings, history)
    kept = existing_history(path, settings, history)
    named = branch or default_branch(str(root), os.environ) or "main"
    lessons = learn(root, settings, kept, branch=named, environ=os.environ)
    if not dry_run:
        append(kept, lessons)
    _tell(lessons, output_format, dry_run=dry_run)
    for problem in lessons.problems:
        warn(problem)
    if not dry_run:
        append_summary(markdown(lessons))
        _push(path, settings, history, lessons)
    return EXIT_USAGE if lessons.problems else EXIT_PASS


def _pull(path: str, settings: Settings, history: str | None) -> None:
    """Bring in what the shared history has, unless a directory was named, or learning is disabled."""
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.shared import shared_history

    if history is None and not settings.disable_learning:
        with progress_for(sys.stderr, os.environ) as progress:
            shared_history(path, settings, os.environ, progress)


def _push(path: str, settings: Settings, history: str | None, lessons: Lessons) -> None:
    """Push what was appended, unless a directory was named."""
    from ratchetry.cli.ci.messages import warn
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.shared import share_back

    if history is not None or lessons.idle:
        return
    with progress_for(sys.stderr, os.environ) as progress:
        done = share_back(path, settings, os.environ, progress)
    if done.waiting:
        warn(f"what was learned waits in the inbox of the history: {done.waiting}")


def _tell(lessons: Lessons, output_format: str, *, dry_run: bool) -> None:
    """Print what was learned."""
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(lessons), indent=2))
        return
    from ratchetry.report.lessons import told

    click.echo(told(lessons, dry_run=dry_run))
