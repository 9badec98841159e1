"""`ratchetry versions`: which version of each macro, agent or prompt is in use, and how it is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

VERSIONS_COMMANDS: Final[Mapping[str, str]] = {
    "show": "Show the versions in use, and why.",
    "promote": "Put a version into use.",
    "check": "Tell whether a version in use has become worse.",
}

EPILOG: Final = """\b
Examples:
  ratchetry versions show
  ratchetry versions promote review-prompt v2 --reason "won the experiment tone"
  ratchetry versions check --plot watch.svg --slot review-prompt
"""


@click.group(
    name="versions", cls=LazyGroup, package="ratchetry.cli.versions", summaries=VERSIONS_COMMANDS, epilog=EPILOG
)
def command() -> None:
    """Show which version of each slot is in use, put one into use, and watch over them.

    The file active-versions.json at the root of the repository says which they are; programs read it there.
    """
