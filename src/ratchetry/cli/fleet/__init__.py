"""`ratchetry fleet`: many repositories at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

FLEET_COMMANDS: Final[Mapping[str, str]] = {
    "report": "Add up repositories, owners and weeks, and tell what degrades.",
    "rollup": "Keep of all tests what reports need, so that none is read twice.",
}

EPILOG: Final = """\b
Examples:
  ratchetry fleet report histories
  ratchetry fleet report views --engine spark --format markdown
  ratchetry fleet rollup views --output rollups
"""


@click.group(name="fleet", cls=LazyGroup, package="ratchetry.cli.fleet", summaries=FLEET_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Report on the histories of many repositories."""
