"""`ratchetry bench`: what benchmarks say of two states of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

BENCH_COMMANDS: Final[Mapping[str, str]] = {
    "compare": "Compare two commits by benchmarks that run in turn here.",
}

EPILOG: Final = """\b
Examples:
  ratchetry bench compare main
  ratchetry bench compare v1.4 v1.5 --format markdown --plot change.svg
"""


@click.group(name="bench", cls=LazyGroup, package="ratchetry.cli.bench", summaries=BENCH_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Compare two states of a project by their benchmarks."""
