"""`ratchetry history pull`: bring the history at a git remote into the local one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.adapters.data_branch.pulling import Pulled

EPILOG = """\b
Examples:
  ratchetry history pull
  ratchetry history pull --remote https://github.com/owner/name --history ../data
  ratchetry history pull --dry-run
"""


@click.command(name="pull", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository whose settings, remotes and login count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--remote", help="Remote, or address of a repository.  [default: origin]")
@click.option("--ref", help="Branch of the shared history, or full name of a reference.  [default: ratchetry-data]")
@click.option("--dry-run", is_flag=True, help="Show what would be brought, and write nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *, path: str, history: str | None, remote: str | None, ref: str | None, dry_run: bool, output_format: str
) -> None:
    """Bring the runs and events at a git remote into the local history; what is only here stays."""
    from ratchetry.cli.history.shared import sharing_of, show
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.sync import pull

    settings = load_settings(path, {"history_remote": remote, "history_ref": ref})
    with sharing_of(path, settings, history) as share:
        pulled = pull(share, dry_run=dry_run)
        show(pulled, _lines(pulled, share.remote.shown, dry_run=dry_run), _warnings(pulled), output_format)


def _lines(pulled: Pulled, place: str, *, dry_run: bool) -> list[str]:
    """Return what a pull has done, for people."""
    if not pulled.commit:
        return [f"nothing to pull: {place} has no history yet"]
    verb = "would bring" if dry_run else "brought"
    lines = [f"{verb} {pulled.written} files from {place}, {pulled.known} were here already"]
    if pulled.removed:
        lines.append(f"{pulled.removed} single files are in parts of compacted months now")
    return lines


def _warnings(pulled: Pulled) -> list[str]:
    """Return what a pull has left out."""
    from ratchetry.cli.history.shared import left_out_lines

    return left_out_lines(pulled.left_out, pulled.first_left_out)
