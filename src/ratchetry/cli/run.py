"""`ratchetry run`: measure a repository and give a verdict."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_BROKEN, EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS
from ratchetry.settings import STAGES

if TYPE_CHECKING:
    from ratchetry.domain.record import RunRecord, Verdict
    from ratchetry.pipeline.run import Result
    from ratchetry.pipeline.save import Files

EXIT_OF: Mapping[Verdict, int] = {
    "pass": EXIT_PASS,
    "warn": EXIT_PASS,
    "fail": EXIT_GATE_FAILED,
    "not_measured": EXIT_NOT_MEASURED,
}

EPILOG = """\b
Examples:
  ratchetry run
  ratchetry run ../other-project --python ../other-project/.venv/bin/python
  ratchetry run --stage quality --stage test --format markdown
  ratchetry run --format json > record.json
  ratchetry run --dry-run
"""


@click.command(name="run", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--stage", "stages", multiple=True, type=click.Choice(STAGES), help="Run only this (repeatable).")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="What standard output is: a readable table, the run record, or the job summary.",
)
@click.option("--output-dir", help="Where the record, reports and caches go.  [default: .ratchetry]")
@click.option("-j", "--jobs", type=int, help="Tools that may run at the same time.  [default: one for each core]")
@click.option("--timeout", type=float, help="Seconds that each stage may take.  [default: 1800]")
@click.option(
    "--no-cache", "cache", flag_value=False, default=None, help="Measure everything anew, also what has not changed."
)
@click.option("--python", help="Interpreter that runs the tests.  [default: found in the usual places]")
@click.option("--base", help="Commit or reference that changes are compared with.")
@click.option("--osv-url", help="Advisory service that speaks the OSV protocol.")
@click.option("--thresholds", help="File with the bounds.  [default: quality-thresholds.json]")
@click.option("--optional", multiple=True, help="Stage or metric family that may go unmeasured (repeatable).")
@click.option(
    "--no-install", "install", flag_value=False, default=None, help="Never build an environment for the tests."
)
@click.option(
    "--in-place", flag_value=True, default=None, help="Run the tests in the repository itself, not in a scratch copy."
)
@click.option("--dry-run", is_flag=True, help="Show what would be run and written, and do nothing.")
def command(path: str, *, output_format: str, dry_run: bool, **flags: object) -> int:
    """Measure the repository at PATH in six stages and give a verdict.

    The stages validate, quality, test, security, benchmark and score run at the same time, each through the real
    tools; their results become one run record, which is held against quality-thresholds.json.
    """
    from ratchetry.cli.options import load_settings

    settings = load_settings(path, flags)
    from ratchetry.pipeline.survey import places_of

    places = places_of(path, settings)
    if dry_run:
        from ratchetry.cli.preview import show

        return show(places, settings, output_format)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.run import run
    from ratchetry.pipeline.save import publish_to_github, save

    with progress_for(sys.stderr, os.environ) as progress:
        result = run(places, settings, environ=os.environ, clock=SystemClock(), progress=progress)
    files = save(places, settings, result.record)
    show_result(result.record, files, output_format)
    publish_to_github(places, result.record, files, os.environ, sys.stderr)
    return exit_code(result)


def show_result(record: RunRecord, files: Files, output_format: str) -> None:
    """Write the record to standard output, the way that was asked for."""
    match output_format:
        case "json":
            from ratchetry.state.record import dumps

            # a job's log takes commands from lines that hold ##[, wherever they come from
            click.echo(dumps(record).replace(b"##[", b"#\\u0023["), nl=False)
        case "markdown":
            from ratchetry.report.markdown import render

            click.echo(render(record))
        case _:
            from rich.console import Console

            from ratchetry.report.terminal import print_record

            places = {"record": str(files.record), "summary": str(files.summary), "report": str(files.report)}
            print_record(record, Console(), places)


def exit_code(result: Result) -> int:
    """Return the exit code of a run: that of its verdict, unless ratchetry itself broke on the way."""
    for error in result.broken:
        click.echo(f"ratchetry itself broke: {type(error).__name__}: {error}", err=True)
    return EXIT_BROKEN if result.broken else EXIT_OF[result.record.verdict]
