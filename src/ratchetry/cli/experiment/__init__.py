"""`ratchetry experiment`: whether a new version is better than the one in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import click

from ratchetry.cli.lazy import LazyGroup
from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.settings import Settings

EXPERIMENT_COMMANDS: Final[Mapping[str, str]] = {
    "start": "Start an experiment, and plan what it takes.",
    "status": "Tell where experiments stand; safe to ask every day.",
    "stop": "End an experiment before it is decided.",
    "assign": "Print the version that a unit gets.",
    "record": "Note what became of a unit.",
}

EPILOG: Final = """\b
Examples:
  ratchetry experiment start tone --slot review-prompt --control v1 --treatment v2
  ratchetry experiment assign tone --unit pr-12
  ratchetry experiment record tone --unit pr-12 --metric reward=1
  ratchetry experiment status tone --plot tone.svg
"""


@click.group(
    name="experiment", cls=LazyGroup, package="ratchetry.cli.experiment", summaries=EXPERIMENT_COMMANDS, epilog=EPILOG
)
def command() -> None:
    """Find out whether a new version is better than the one in use.

    Units, such as pull requests, are split between the versions by a hash of their names.  The verdict rests on
    evidence that holds however often it is looked at, and changes nothing by itself: a winner is proposed.
    """


def opened(path: str, history: str | None) -> tuple[HistoryDirectory, Settings]:
    """Return the history and the settings of a repository."""
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history

    settings = load_settings(path, {})
    return existing_history(path, settings, history), settings


def measures_of(texts: Iterable[str]) -> dict[str, float]:
    """Return the measures that NAME=VALUE texts give; raises UsageError for one that gives none."""
    found: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            equals = ""
        if not name or not equals:
            msg = f"--metric {text!r}: must be NAME=VALUE with a number, such as reward=1"
            raise UsageError(msg)
    return found
