"""`ratchetry history import`: runs that other tools, other histories and GitHub have kept."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Unpack, get_args

import click

from ratchetry.cli.history.import_options import Kind, Options, wish_of
from ratchetry.errors import EXIT_PASS, EXIT_USAGE

if TYPE_CHECKING:
    from ratchetry.pipeline.importing.keep import Outcome

_TOLD: Final = 20

EPILOG: Final = """\b
Examples:
  ratchetry history import --from pytest-benchmark .benchmarks
  ratchetry history import --from junit 'reports/**/*.xml' --group directory
  ratchetry history import --from junit old/ --pattern '(?P<commit>[0-9a-f]{40})'
  ratchetry history import --from github-action-benchmark data.js --dry-run
  ratchetry history import --from octocov reports/ --repository owner/name
  ratchetry history import --from branch https://github.com/owner/name
  ratchetry history import --from artifacts --github

\b
Exit codes:
  0 imported, or all there already; what was left out is told on standard error
  2 nothing that could be imported was found, or the command makes no sense
  3 GitHub, or the server of a branch, could not be asked
"""


@click.command(name="import", epilog=EPILOG)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--from",
    "kind",
    required=True,
    type=click.Choice(get_args(Kind)),
    help="What the sources are.",
)
@click.option("--path", default=".", show_default=True, help="Repository whose settings, remotes and login count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option(
    "--repository", default="", help="owner/name: what says another one is left out.  [default: the source's]"
)
@click.option("--commit", help="junit: commit that was tested.")
@click.option("--branch", help="junit: branch that was tested.")
@click.option("--started", help="junit: when (ISO 8601), for reports that do not say it.  [default: their last change]")
@click.option(
    "--pattern", help="junit: regular expression that finds (?P<commit>), (?P<branch>), (?P<started>) in paths."
)
@click.option(
    "--group", type=click.Choice(["file", "directory", "all"]), help="junit: one run for each.  [default: file]"
)
@click.option("--suite", multiple=True, help="github-action-benchmark: import only this suite (repeatable).")
@click.option("--better", multiple=True, metavar="GLOB=higher|lower", help="octocov: direction of custom metrics.")
@click.option("--ref", help="branch: its name, or full name of a reference.  [default: ratchetry-data]")
@click.option("--github", is_flag=True, default=None, help="artifacts: those that GitHub still keeps (GITHUB_TOKEN).")
@click.option("--workflow", help="artifacts: file of the workflow on GitHub.  [default: .github/workflows/ci.yml]")
@click.option(
    "--most", type=click.IntRange(1), help="artifacts: summaries to fetch from GitHub at most.  [default: 800]"
)
@click.option("--dry-run", is_flag=True, help="Show what would be imported, and write nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    sources: tuple[str, ...],
    *,
    kind: Kind,
    path: str,
    history: str | None,
    repository: str,
    dry_run: bool,
    output_format: str,
    **options: Unpack[Options],
) -> int:
    """Keep the runs that each SOURCE holds: files, directories, globs, or git remotes, as --from says.

    Importing them again has no effect.  What a source does not say stays empty; an imported run has no gates, so it
    counts neither as passed nor as failed.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.importing.run import Place, import_runs

    wish = wish_of(kind, options, sources)
    with progress_for(sys.stderr, os.environ) as progress:
        place = Place(
            path=path,
            settings=load_settings(path, {}),
            history=history,
            environ=os.environ,
            clock=SystemClock(),
            progress=progress,
        )
        outcome = import_runs(place, wish, sources, repository=repository, write=not dry_run)
    _tell(outcome, output_format)
    return EXIT_PASS if outcome.found or outcome.events else EXIT_USAGE


def _tell(outcome: Outcome, output_format: str) -> None:
    """Say what became of the sources, and what was left out on standard error."""
    from ratchetry.report.text import neutralize, plural

    if output_format == "json":
        click.echo(json.dumps(asdict(outcome), indent=2))
    else:
        click.echo(neutralize("; ".join(_parts(outcome))))
    for note in outcome.notes[:_TOLD]:
        click.echo(neutralize(f"note: {note.where}: {note.what}"), err=True)
    for one in outcome.reasons[:_TOLD]:
        click.echo(neutralize(f"left out: {one.where}: {one.reason}"), err=True)
    if outcome.left_out > _TOLD:
        click.echo(f"left out: {outcome.left_out:,} in all, of which the first {_TOLD} are told", err=True)
    if not (outcome.found or outcome.events):
        click.echo("error: nothing was found that can be imported", err=True)
    elif outcome.left_out:
        click.echo(f"warning: {plural(outcome.left_out, 'thing was', 'things were')} left out", err=True)


def _parts(outcome: Outcome) -> list[str]:
    """Return what an import has done, for people."""
    from ratchetry.report.text import plural

    verb = "would import" if outcome.dry_run else "imported"
    parts = [f"{verb} {plural(outcome.added, 'run')}"]
    if outcome.events:
        parts[0] += f" and {plural(outcome.events, 'event')}"
    if outcome.known:
        parts.append(f"{plural(outcome.known, 'was', 'were')} there already")
    if outcome.found:
        parts.append(f"they started from {outcome.first or 'an unknown time'} to {outcome.last or 'an unknown time'}")
    return [*parts[:-1], f"{parts[-1]}: {outcome.place}"]
