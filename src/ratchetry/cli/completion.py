"""`ratchetry completion`: what a shell needs to complete commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

EPILOG = """\b
Examples:
  ratchetry completion bash >> ~/.bashrc
  ratchetry completion zsh >> ~/.zshrc
  ratchetry completion fish > ~/.config/fish/completions/ratchetry.fish
"""


@click.command(name="completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands and options in SHELL."""
    from ratchetry.cli.app import cli

    kind = get_completion_class(shell)
    if kind is None:  # click.Choice lets only shells through that click knows
        raise click.UsageError(shell)
    click.echo(kind(cli, {}, "ratchetry", "_RATCHETRY_COMPLETE").source())
