"""`ratchetry ci stage`: measure one stage and write its fragment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ratchetry.cli.ci import options
from ratchetry.errors import EXIT_BROKEN, EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS
from ratchetry.settings import STAGES

if TYPE_CHECKING:
    from ratchetry.domain.record import Status
    from ratchetry.pipeline.ci.stage import Written

MEASURED_IN_JOBS: Final = tuple(name for name in STAGES if name != "score")
EXIT_OF: Final[Mapping[Status, int]] = {
    "passed": EXIT_PASS,
    "skipped": EXIT_PASS,
    "failed": EXIT_GATE_FAILED,
    "not_measured": EXIT_NOT_MEASURED,
}

EPILOG = """\b
Examples:
  ratchetry ci stage quality --fragments fragments
  ratchetry ci stage test packages/core --key 3.13 --fragments fragments

\b
Exit codes:
  0 measured, whatever the gates will say   1 the stage failed
  2 usage, configuration or state error     3 not measured
  4 ratchetry itself broke; --evaluate-only makes 0 of 1 and 3
"""


@click.command(name="stage", epilog=EPILOG)
@click.argument("name", type=click.Choice(MEASURED_IN_JOBS))
@click.argument("path", default=".")
@click.option("--key", default="default", envvar="RATCHETRY_KEY", show_envvar=True, help="What tells this job apart.")
@click.option(
    "--fragments",
    default="fragments",
    envvar="RATCHETRY_FRAGMENTS",
    show_envvar=True,
    show_default=True,
    help="Directory for the fragment.",
)
@options.evaluate_only
@click.option("--output-dir", help="Where reports and caches go.  [default: .ratchetry]")
@click.option("--python", help="Interpreter that runs the tests.  [default: found in the usual places]")
@click.option("--osv-url", help="Advisory service that speaks the OSV protocol.")
def command(name: str, path: str, *, key: str, fragments: str, evaluate_only: bool, **flags: object) -> int:
    """Measure the stage NAME of the repository at PATH, and write what it measured as a fragment.

    The fragment goes to a directory below --fragments that is named like the artifact to upload, with what the
    stage leaves for people beside it.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, flags)
    places = places_of(path, settings)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.ci.stage import run_stage

    with progress_for(sys.stderr, os.environ) as progress:
        written = run_stage(
            places,
            settings,
            stage=name,
            key=key,
            fragments=Path(fragments),
            environ=os.environ,
            clock=SystemClock(),
            progress=progress,
        )
    tell(written, {"status": written.result.status})
    if written.broken:
        return EXIT_BROKEN
    return EXIT_PASS if evaluate_only else EXIT_OF[written.result.status]


def tell(written: Written, outputs: Mapping[str, str]) -> None:
    """Say how a stage ended, set the outputs of the step, and warn of what went wrong on the way."""
    from ratchetry.cli.ci.messages import set_step_outputs, warn
    from ratchetry.report.text import neutralize

    reason = f": {neutralize(written.result.reason)}" if written.result.reason else ""
    click.echo(f"{written.name}: {written.result.status.replace('_', ' ')}{reason}")
    if written.problem:
        warn(written.problem)
    for error in written.broken:
        click.echo(f"ratchetry itself broke: {type(error).__name__}: {error}", err=True)
    set_step_outputs({**outputs, "name": written.name, "path": str(written.path)})
