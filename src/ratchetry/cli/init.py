"""`ratchetry init`: give a repository its configuration, thresholds and workflows."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_PASS, UsageError

if TYPE_CHECKING:
    from ratchetry.domain.record import RunRecord
    from ratchetry.domain.thresholds import Thresholds
    from ratchetry.pipeline.setup import FileChange
    from ratchetry.pipeline.stubs import Pin
    from ratchetry.pipeline.survey import Places
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry init                       measure once, then write what is missing
  ratchetry init --check               show what is missing or differs, write nothing
  ratchetry init --record record.json  seed the thresholds from a run made elsewhere
  ratchetry init --ref v0.1.0          pin the workflows to the commit of a release
  ratchetry init --no-workflows        leave GitHub alone

\b
Exit codes: 0 set up; 1 with --check, something is missing or differs.
"""


@click.command(name="init", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--check", is_flag=True, help="Show the difference and write nothing.")
@click.option("--force", is_flag=True, help="Replace files that differ, and seed the thresholds anew.")
@click.option("--record", type=click.Path(dir_okay=False), help="Run record to seed the thresholds from.")
@click.option("--ref", default="", help="Commit or tag of ratchetry to pin the workflows to.  [default: this version]")
@click.option("--repository", default="", help="owner/name of the ratchetry to call.  [default: ratchetry/ratchetry]")
@click.option("--no-workflows", "workflows", flag_value=False, default=True, help="Write no GitHub workflows.")
def command(path: str, *, check: bool, force: bool, record: str | None, **options: object) -> int:
    """Write configuration, thresholds, score model and workflows into the repository at PATH.

    The first bounds are what a first run measures, never invented.  Files that are there already stay as they are.
    The workflows call those of ratchetry at one commit: that of --ref, the one that stands in them already, the one
    that was installed, or that of the tag of this version, which GitHub is asked for.
    """
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.setup import apply_setup, plan_setup
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, {})
    places = places_of(path, settings)
    exists = (places.root / settings.thresholds).is_file()
    pin = _pin(places.root, options) if options["workflows"] else None
    branch = default_branch(str(places.root), os.environ)
    if check:
        changes = plan_setup(places.root, settings, None, pin=pin, branch=branch)
        return _show(changes, settings.thresholds, thresholds_exist=exists)
    bounds = None if exists and not force else _first_bounds(places, settings, record)
    changes = plan_setup(places.root, settings, bounds, pin=pin, branch=branch)
    written = {change.path for change in apply_setup(places.root, changes, force=force)}
    for change in changes:
        click.echo(f"{_said_of(change, written=change.path in written):32} {change.path}")
    if bounds is None:
        click.echo(f"{'kept':32} {settings.thresholds}")
    return EXIT_PASS


def _pin(root: Path, options: Mapping[str, object]) -> Pin:
    """Return what the workflows are pinned to; raises UsageError when that is not known."""
    from importlib.metadata import PackageNotFoundError, distribution

    from ratchetry.adapters.fetch import HttpFetch
    from ratchetry.pipeline.stubs import choose_pin

    try:
        installed = distribution("ratchetry").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        installed = ""
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    ref, repository = str(options["ref"]), str(options["repository"])
    return choose_pin(root, ref=ref, repository=repository, installed=installed, fetch=HttpFetch(), api=api)


def _first_bounds(places: Places, settings: Settings, record: str | None) -> Thresholds:
    """Return the bounds that a first measurement just meets."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.pipeline.past import read_record
    from ratchetry.pipeline.setup import seeded

    clock = SystemClock()
    measured = read_record(Path(record)) if record else _measure(places, settings)
    bounds = seeded(measured, today=f"{clock.now():%Y-%m-%d}")
    if not bounds.bounds:
        msg = "nothing could be measured, so no bound can be seeded; `ratchetry doctor` tells what is missing"
        raise UsageError(msg)
    return bounds


def _measure(places: Places, settings: Settings) -> RunRecord:
    """Return the record of a first run, shown and saved like any other."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.run import run
    from ratchetry.pipeline.save import save

    with progress_for(sys.stderr, os.environ) as progress:
        result = run(places, settings, environ=os.environ, clock=SystemClock(), progress=progress)
    save(places, settings, result.record)
    return result.record


def _show(changes: tuple[FileChange, ...], thresholds: str, *, thresholds_exist: bool) -> int:
    """Write the difference between what is there and what is wanted; return the exit code that tells of one."""
    for change in changes:
        if change.state != "same":
            before = (change.present or "").splitlines(keepends=True)
            after = change.wanted.splitlines(keepends=True)
            label = f"{change.path} ({change.state})"
            click.echo("".join(difflib.unified_diff(before, after, label, change.path)), nl=False)
    if not thresholds_exist:
        click.echo(f"{thresholds} is missing: `ratchetry init` seeds it from a first measurement")
    complete = thresholds_exist and all(change.state == "same" for change in changes)
    return EXIT_PASS if complete else EXIT_GATE_FAILED


def _said_of(change: FileChange, *, written: bool) -> str:
    """Return in a few words what happened to a file."""
    if written:
        return "written" if change.state == "missing" else "replaced"
    return "unchanged" if change.state == "same" else "kept (differs; --force replaces)"
