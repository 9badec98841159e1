"""`ratchetry ci`: the steps of the GitHub workflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

CI_COMMANDS: Final[Mapping[str, str]] = {
    "stage": "Measure one stage and write its fragment.",
    "emit": "Check a stage's fragment before it is uploaded.",
    "score": "Judge the fragments of a run and write its record.",
    "sarif": "Write the findings of a run for code scanning.",
    "feedback": "Write the one comment on a pull request.",
    "ingest": "Collect what has run since the last learning run.",
    "persist": "Add a batch to the shared history.",
    "learn": "Append to the history what follows from it.",
    "propose": "Propose what was learned as one pull request.",
    "report": "Keep the issues about the default branch.",
    "tasks": "Synchronize the file of improvement tasks.",
    "aggregate": "Reconcile runs straight into a history here.",
}

EPILOG: Final = """\b
Examples:
  ratchetry ci stage quality --key 3.13 --fragments fragments
  ratchetry ci emit --stage quality --key 3.13 --fragments fragments
  ratchetry ci score --fragments fragments --expected quality
"""


@click.group(name="ci", cls=LazyGroup, package="ratchetry.cli.ci", summaries=CI_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Do the steps of the GitHub workflows: every input is a flag, or the variable that its help names."""
