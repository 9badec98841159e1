"""`ratchetry thresholds`: the bounds, what moves them, and who has loosened one for a while."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from ratchetry.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.analyze.enforcement import Held
    from ratchetry.domain.thresholds import Thresholds
    from ratchetry.pipeline.survey import Places
    from ratchetry.settings import Settings

THRESHOLDS_COMMANDS: Final[Mapping[str, str]] = {
    "show": "Show each bound, and what its next move needs.",
    "check": "Hold a record to the bounds in force.",
    "simulate": "Replay a policy over the history.",
    "apply": "Move the bounds as far as the history supports.",
    "relax": "Loosen a bound until a day, with a reason.",
}

EPILOG: Final = """\b
Examples:
  ratchetry thresholds show
  ratchetry thresholds check
  ratchetry thresholds simulate --k 20
  ratchetry thresholds apply --dry-run
  ratchetry thresholds relax coverage.line --to 85 --reason "waits for #12" --until 2026-12-01
"""


@click.group(
    name="thresholds",
    cls=LazyGroup,
    package="ratchetry.cli.thresholds",
    summaries=THRESHOLDS_COMMANDS,
    epilog=EPILOG,
)
def command() -> None:
    """Show, check, simulate, move and relax the bounds of quality-thresholds.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What the commands start from: the repository, its bounds here and in force, and its history."""

    places: Places
    settings: Settings
    thresholds: Thresholds
    held: Held
    history: HistoryDirectory
    branch: str


def workplace(path: str, history: str | None, branch: str) -> Workplace:
    """Return what the commands start from; raises UsageError, ConfigError or StateError for what has to be mended."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bounds import bounds_in_force, load_thresholds
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, {})
    places = places_of(path, settings)
    return Workplace(
        places=places,
        settings=settings,
        thresholds=load_thresholds(places.root, settings),
        held=bounds_in_force(places, settings, environ=os.environ, clock=SystemClock()),
        history=existing_history(path, settings, history),
        branch=branch or default_branch(str(places.root), os.environ),
    )
