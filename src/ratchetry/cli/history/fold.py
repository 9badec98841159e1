"""`ratchetry history fold`: take what waits in the inbox of a git remote into the history there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.adapters.data_branch.folding import Folded

EPILOG = """\b
Examples:
  ratchetry history fold
  ratchetry history fold --compact --squash
  ratchetry history fold --dry-run --format json
"""


@click.command(name="fold", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository whose settings, remotes and login count.")
@click.option("--remote", help="Remote, or address of a repository.  [default: origin]")
@click.option("--ref", help="Branch of the shared history, or full name of a reference.  [default: ratchetry-data]")
@click.option("--compact", is_flag=True, help="Pack months that are over; drop tests that are too old.")
@click.option("--squash", is_flag=True, help="Cut off the past, so that clones stay small (a forced push).")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    path: str,
    remote: str | None,
    ref: str | None,
    compact: bool,
    squash: bool,
    dry_run: bool,
    output_format: str,
) -> None:
    """Take what waits in the inbox of a git remote into the history there; safe to run at any time, by anyone."""
    from ratchetry.cli.history.shared import fold_warnings, sharing_of, show
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.sync import compaction, fold

    settings = load_settings(path, {"history_remote": remote, "history_ref": ref})
    with sharing_of(path, settings) as share:
        folded = fold(
            share, compact=compaction(settings, share.clock.now()) if compact else None, squash=squash, dry_run=dry_run
        )
        show(folded, _lines(folded, share.remote.shown, dry_run=dry_run), fold_warnings(folded), output_format)


def _lines(folded: Folded, place: str, *, dry_run: bool) -> list[str]:
    """Return what a fold has done, for people."""
    verb = "would fold" if dry_run else "folded"
    lines = [f"{verb} {len(folded.folded)} batches with {folded.added} new files into the history at {place}"]
    if folded.removed:
        lines.append(f"{folded.removed} single files are in parts of compacted months now")
    if folded.squashed:
        lines.append("the branch has no past any more")
    return lines
