"""Carrying actions out, or showing them, and telling what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.adapters.github import GitHubClient
    from ratchetry.domain.action import Action


def show(actions: Sequence[Action]) -> int:
    """Print what would be done."""
    from ratchetry.report.actions import preview

    click.echo(preview(actions), nl=False)
    return EXIT_PASS


def carry_out(actions: Sequence[Action], client: GitHubClient, *, dry_run: bool = False, heading: str = "") -> int:
    """Do the actions and tell what became of each; one that failed is a warning and changes no exit code."""
    if dry_run:
        return show(actions)
    from ratchetry.adapters.apply import apply
    from ratchetry.cli.ci.messages import append_summary, warn
    from ratchetry.report.actions import outcome, summary

    effects = apply(actions, client)
    for effect in effects:
        if effect.state == "failed":
            warn(outcome(effect))
        else:
            click.echo(outcome(effect))
    if heading:
        append_summary(summary(heading, effects))
    click.echo(f"{client.requests_used} requests to GitHub")
    return EXIT_PASS
