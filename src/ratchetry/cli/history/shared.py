"""What the commands that share a history have in common."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ratchetry.report.text import neutralize, neutralize_lines

if TYPE_CHECKING:
    from ratchetry.adapters.data_branch.folding import Folded
    from ratchetry.adapters.data_branch.pulling import Pulled
    from ratchetry.pipeline.sync import Sent, Sharing
    from ratchetry.settings import Settings


@contextmanager
def sharing_of(path: str, settings: Settings, history: str | None = None) -> Iterator[Sharing]:
    """Yield how a history is shared, as settings and flags say; progress is shown for as long as the body lasts."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.sync import sharing

    with progress_for(sys.stderr, os.environ) as progress:
        yield sharing(path, settings, history=history, environ=os.environ, clock=SystemClock(), progress=progress)


def show(result: Sent | Folded | Pulled, lines: Sequence[str], warnings: Sequence[str], output_format: str) -> None:
    """Write a result as JSON or in words, and warnings on standard error."""
    click.echo(json.dumps(asdict(result), indent=2) if output_format == "json" else neutralize_lines("\n".join(lines)))
    for warning in warnings:
        click.echo(f"warning: {neutralize(warning)}", err=True)


def fold_warnings(folded: Folded) -> list[str]:
    """Return what a fold has left where it was, and why."""
    lines = [f"{ref} stays in the inbox: {reason}" for ref, reason in folded.left.items()]
    if folded.differing:
        lines.append(f"{folded.differing} files were there already with another content, which stays")
    return [*lines, *left_out_lines(folded.left_out, ""), *folded.notes]


def left_out_lines(left_out: Mapping[str, int], first: str) -> list[str]:
    """Return how many entries of trees were not taken, for each reason, and one of them."""
    example = f", such as {first}" if first else ""
    return [f"{count} entries were not taken: {reason}{example}" for reason, count in left_out.items()]
