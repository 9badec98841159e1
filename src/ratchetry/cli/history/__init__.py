"""`ratchetry history`: the runs and events of a repository, kept for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

HISTORY_COMMANDS: Final[Mapping[str, str]] = {
    "add": "Keep runs, given as records.",
    "show": "Show one run.",
    "log": "Note a deployment, an incident or anything else.",
    "compact": "Pack months that are over.",
    "prune": "Drop tests and findings that are too old.",
    "verify": "Look for what is wrong.",
    "push": "Hand new runs to a git remote.",
    "pull": "Bring the runs at a git remote here.",
    "fold": "Take new runs out of a remote's inbox.",
    "query": "Answer questions in SQL.",
    "export": "Write Parquet files, JSON Lines or CSV.",
    "backfill": "Measure past commits.",
    "import": "Keep what other tools and histories hold.",
}

EPILOG: Final = """\b
Examples:
  ratchetry history show latest
  ratchetry history log "release 2.1 is live" --kind deployment
  ratchetry history verify
"""


@click.group(name="history", cls=LazyGroup, package="ratchetry.cli.history", summaries=HISTORY_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Keep, query and share the runs of a repository."""
