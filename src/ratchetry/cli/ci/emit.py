"""`ratchetry ci emit`: check a stage's fragment before it is uploaded."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ratchetry.cli.ci.stage import MEASURED_IN_JOBS, tell

EPILOG = """\b
Examples:
  ratchetry ci emit --stage test --key 3.13 --fragments fragments

\b
Exit codes:
  0 there is a fragment to upload   2 usage error
"""


@click.command(name="emit", epilog=EPILOG)
@click.option(
    "--stage",
    type=click.Choice(MEASURED_IN_JOBS),
    required=True,
    envvar="RATCHETRY_STAGE",
    show_envvar=True,
    help="Stage whose fragment it is.",
)
@click.option("--key", default="default", envvar="RATCHETRY_KEY", show_envvar=True, help="What tells this job apart.")
@click.option(
    "--fragments",
    default="fragments",
    envvar="RATCHETRY_FRAGMENTS",
    show_envvar=True,
    show_default=True,
    help="Directory with the fragment.",
)
def command(stage: str, key: str, fragments: str) -> None:
    """Check the fragment that a stage left and set the step outputs name and path, which say what to upload.

    Where there is none that can be used, because the step before it died, one is written that says so: that the
    stage was not measured.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.pipeline.ci.stage import check_fragment

    tell(check_fragment(stage, key, Path(fragments), environ=os.environ, clock=SystemClock()), {})
