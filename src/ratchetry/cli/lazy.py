"""Groups of commands that import a command only when it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from keyword import iskeyword

import click


class LazyGroup(click.Group):
    """A group that knows the names and summaries of its commands, and imports one only to call it.

    The command `backfill` of the package `ratchetry.cli.history` is the value `command` of the module
    `ratchetry.cli.history.backfill`; a hyphen in the name is an underscore in that of the module, and a keyword, such
    as `import`, has one more at its end.
    """

    def __init__(self, *, package: str, summaries: Mapping[str, str], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click's own keywords, passed on
        self.package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order a new user meets them."""
        del ctx
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported from the module of its name, or None if there is none."""
        del ctx
        if cmd_name not in self.summaries:
            return None
        module = f"{cmd_name.replace('-', '_')}{'_' if iskeyword(cmd_name) else ''}"
        command = import_module(f"{self.package}.{module}").command
        assert isinstance(command, click.Command), cmd_name  # noqa: S101  # a slip of ours, caught by every test
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))


def commands_below(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command of a group and of the groups in it, each with its name below that group."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield f"{prefix}{name}", command
        if isinstance(command, click.Group):
            yield from commands_below(command, f"{prefix}{name} ")
