"""`ratchetry bandit`: which arm to try next, by what became of those that were tried before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

BANDIT_COMMANDS: Final[Mapping[str, str]] = {
    "choose": "Choose an arm, and say how likely each was.",
    "show": "Show what is known of every arm in every context.",
    "explain": "Tell why a decision was taken as it was.",
    "evaluate": "Estimate what another policy would have earned.",
    "feedback": "Take in which modules' changes break something.",
    "fold": "Write the weights file from the events of the history.",
    "arm": "Add, rename, retire or restore an arm.",
}

EPILOG: Final = """\b
Examples:
  ratchetry bandit choose --arms terse,detailed --context code_type=api --unit pr:12
  ratchetry bandit show --plot posterior.svg
  ratchetry bandit explain --context code_type=api
  ratchetry bandit evaluate --policy ucb1
  ratchetry bandit fold --dry-run
  ratchetry bandit arm rename terse brief
"""


@click.group(name="bandit", cls=LazyGroup, package="ratchetry.cli.bandit", summaries=BANDIT_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Choose between named arms, such as prompts or strategies, by what CI said of them so far."""
