"""`ratchetry flaky`: tests that fail now and then, whatever the code is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from ratchetry.cli.lazy import LazyGroup

FLAKY_COMMANDS: Final[Mapping[str, str]] = {
    "list": "List flaky tests, on the evidence of the history.",
    "vet": "Run tests again and again, in shuffled order.",
    "quarantine": "Keep the failures of a test from blocking, for a while.",
}
_DEFAULT: Final = "list"
_HELP: Final = frozenset({"-h", "--help"})

EPILOG: Final = """\b
Examples:
  ratchetry flaky
  ratchetry flaky list --format markdown --plot flaky.svg
  ratchetry flaky vet --new --base main
  ratchetry flaky quarantine list

\b
Without a command, it lists.
"""


class ListingGroup(LazyGroup):
    """A group that lists unless it is told otherwise."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what is left of the arguments; options without a command are those of the list."""
        if not args or (args[0].startswith("-") and args[0] not in _HELP):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(name="flaky", cls=ListingGroup, package="ratchetry.cli.flaky", summaries=FLAKY_COMMANDS, epilog=EPILOG)
def command() -> None:
    """Find flaky tests, vet new ones, and keep known ones from blocking."""
