"""`ratchetry history backfill`: measure past commits."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_BROKEN, EXIT_NOT_MEASURED, EXIT_PASS, UsageError
from ratchetry.settings import STAGES

if TYPE_CHECKING:
    from ratchetry.pipeline.backfill.execute import Outcome
    from ratchetry.pipeline.backfill.plan import Thinning
    from ratchetry.pipeline.backfill.prepare import Prepared, Range, Request
    from ratchetry.ports import History

DEFAULT_COMMITS = 50
DEFAULT_STAGES = ("quality", "test")

EPILOG = """\b
Examples:
  ratchetry history backfill
  ratchetry history backfill --commits 200 --every 5
  ratchetry history backfill --since 2025-01-01 --sample 40 --stage test
  ratchetry history backfill --tags 'v*' --jobs 4
  ratchetry history backfill --dry-run

\b
Killed or interrupted, it goes on where it stopped when it is started again.
"""


@click.command(name="backfill", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--commits", type=click.IntRange(min=1), help=f"Measure so many, the newest first.  [default: {DEFAULT_COMMITS}]"
)
@click.option("--since", metavar="DATE", help="Measure those committed on this day (ISO 8601, UTC) or later.")
@click.option("--tags", metavar="[GLOB]", is_flag=False, flag_value="*", help="Measure those with such a tag.")
@click.option("--every", type=click.IntRange(min=1), help="Measure each K-th only, counted from the newest.")
@click.option("--sample", type=click.IntRange(min=2), help="Measure so many, spread evenly over all in question.")
@click.option("--branch", default="", help="Branch to go back on.  [default: the one that origin calls its default]")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(STAGES),
    help=f"Run only this (repeatable).  [default: {', '.join(DEFAULT_STAGES)}]",
)
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Commits at a time.  [default: one for each core]")
@click.option("--timeout", type=float, help="Seconds that each commit may take.  [default: 1800]")
@click.option("--python", help="Interpreter for all commits.  [default: built from what each declares]")
@click.option("--no-cache", "cache", flag_value=False, default=None, help="Measure equal files again.")
@click.option("--output-dir", help="Where the work is done and the caches are.  [default: .ratchetry]")
@click.option("--history", "history_dir", help="Directory of the history.  [default: the output directory]")
@click.option("--retry-failed", is_flag=True, help="Measure those again that could not be measured.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--dry-run", is_flag=True, help="Show what would be measured, what is there already, how long it takes.")
def command(
    path: str,
    *,
    commits: int | None,
    since: str | None,
    tags: str | None,
    every: int | None,
    sample: int | None,
    branch: str,
    stages: tuple[str, ...],
    jobs: int | None,
    history_dir: str | None,
    retry_failed: bool,
    output_format: str,
    dry_run: bool,
    **flags: object,
) -> int:
    """Measure past commits of the repository at PATH, so that trends exist on the first day.

    Each commit is checked out in a private directory, its suite runs in an environment built from what it declares,
    and its run is kept in the history under the moment at which it was committed.  A commit that cannot be measured
    is kept, too, with the reason.  The working tree and the .git of the repository are never written to.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.backfill.prepare import Request, prepare
    from ratchetry.pipeline.history import open_history
    from ratchetry.pipeline.survey import places_of

    request = Request(
        range=_range(since, tags),
        thinning=_thinning(commits, every, sample, bounded=since is not None or tags is not None),
        stages=tuple(name for name in STAGES if name in (stages or DEFAULT_STAGES)),
        ref=branch,
        retry_failed=retry_failed,
    )
    settings = load_settings(path, flags)
    history = open_history(path, settings, history_dir)
    prepared = prepare(places_of(path, settings), settings, request, history, os.environ)
    act = _show if dry_run else _measure
    return act(prepared, history, _jobs(jobs, request), output_format)


def _show(prepared: Prepared, history: History, jobs: int, output_format: str) -> int:
    """Tell what would be measured, and return the exit code."""
    from ratchetry.pipeline.backfill.preview import preview

    shown = preview(prepared, history, jobs)
    click.echo(json.dumps(shown.document, indent=2) if output_format == "json" else "\n".join(shown.lines))
    return EXIT_PASS


def _measure(prepared: Prepared, history: History, jobs: int, output_format: str) -> int:
    """Measure the commits, tell how it went, and return the exit code."""
    from ratchetry.adapters.machine import cores
    from ratchetry.cli.backfill_progress import listener_for
    from ratchetry.pipeline.backfill.execute import execute
    from ratchetry.pipeline.backfill.report import document, summary

    total = len(prepared.plan.tasks)
    if prepared.cut_off:
        click.echo(f"ratchetry: {prepared.cut_off}", err=True)
    try:
        with listener_for(sys.stderr, os.environ, total) as listener:
            outcome = execute(prepared, history, jobs=jobs, cores=cores(), listener=listener)
    except KeyboardInterrupt:
        click.echo("what was measured is in the history; the same command goes on from there", err=True)
        raise
    if output_format == "json":
        click.echo(json.dumps(document(outcome.rows, prepared.plan, prepared.left_out), indent=2))
    else:
        click.echo("\n".join(summary(outcome.rows, prepared.plan, prepared.left_out)))
    return _exit_code(outcome)


def _exit_code(outcome: Outcome) -> int:
    """Return the exit code: something broke, no commit could be measured, or all is well."""
    for error in outcome.broken:
        click.echo(f"ratchetry itself broke: {error}", err=True)
    if outcome.broken:
        return EXIT_BROKEN
    nothing = bool(outcome.rows) and not any(row.measured for row in outcome.rows)
    return EXIT_NOT_MEASURED if nothing else EXIT_PASS


def _range(since: str | None, tags: str | None) -> Range:
    """Return which commits are in question; raises UsageError for a date that is none."""
    from ratchetry.pipeline.backfill.prepare import Since, Tagged, Whole

    if since is not None and tags is not None:
        msg = "--since and --tags exclude each other"
        raise UsageError(msg)
    if tags is not None:
        return Tagged(glob=tags)
    if since is None:
        return Whole()
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        msg = f"--since: {since!r} is no date in ISO 8601, such as 2025-01-31"
        raise UsageError(msg) from error
    return Since(moment=moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _thinning(commits: int | None, every: int | None, sample: int | None, *, bounded: bool) -> Thinning:
    """Return which of them are measured; raises UsageError for options that contradict each other."""
    from ratchetry.pipeline.backfill.plan import Evenly, Every

    if sample is not None:
        if commits is not None or every is not None:
            msg = "--sample excludes --commits and --every: it says how many commits there will be"
            raise UsageError(msg)
        return Evenly(count=sample)
    return Every(step=every or 1, limit=commits or (None if bounded else DEFAULT_COMMITS))


def _jobs(jobs: int | None, request: Request) -> int:
    """Return how many commits are measured at once: one where times are measured, which others would distort."""
    from ratchetry.adapters.machine import cores

    return 1 if "benchmark" in request.stages else jobs or cores()
