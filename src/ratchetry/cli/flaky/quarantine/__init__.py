"""`ratchetry flaky quarantine`: tests whose failures do not block, for a while."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click

from ratchetry.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from ratchetry.pipeline.quarantine import Author
    from ratchetry.settings import Settings

QUARANTINE_COMMANDS: Final[Mapping[str, str]] = {
    "add": "Put a test into quarantine until a day.",
    "list": "List the tests in quarantine.",
    "drop": "Take a test out of quarantine.",
}

EPILOG: Final = """\b
Examples:
  ratchetry flaky quarantine add tests/test_mail.py::test_send --reason "waits for #12" --until 2026-12-01
  ratchetry flaky quarantine list
  ratchetry flaky quarantine drop tests/test_mail.py::test_send
"""


@click.group(
    name="quarantine",
    cls=LazyGroup,
    package="ratchetry.cli.flaky.quarantine",
    summaries=QUARANTINE_COMMANDS,
    epilog=EPILOG,
)
def command() -> None:
    """Keep the failures of a test from blocking: it runs and is shown, but does not count as failed.

    The list stands in the history, never in the code, so that a pull request cannot excuse itself; it ends by itself.
    """


def author_of(path: str, settings: Settings, actor: str) -> Author:
    """Return who decides now, of which repository."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.adapters.git import inspect
    from ratchetry.adapters.github_event import read_event
    from ratchetry.pipeline.quarantine import Author

    named = read_event(os.environ).repository
    repository = named or inspect(path, "", output_dir=settings.output_dir, environ=os.environ).repository
    return Author(repository=repository, actor=actor, moment=SystemClock().now())
