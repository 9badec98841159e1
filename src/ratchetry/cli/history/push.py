"""`ratchetry history push`: hand the local history's new files to a git remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.pipeline.sync import Sent

EPILOG = """\b
Examples:
  ratchetry history push
  ratchetry history push --remote upstream --no-fold
  ratchetry history push --dry-run

\b
What is pushed waits in an inbox (refs/ratchetry/inbox/), where nobody else's push is in its way, and
is then folded into the branch. Someone else may fold it first, which is just as well.
"""


@click.command(name="push", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository whose settings, remotes and login count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--remote", help="Remote, or address of a repository.  [default: origin]")
@click.option("--ref", help="Branch of the shared history, or full name of a reference.  [default: ratchetry-data]")
@click.option("--no-fold", is_flag=True, help="Leave it to the next fold to take the files out of the inbox.")
@click.option("--dry-run", is_flag=True, help="Ask the remote what it lacks, and send nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    path: str,
    history: str | None,
    remote: str | None,
    ref: str | None,
    no_fold: bool,
    dry_run: bool,
    output_format: str,
) -> None:
    """Hand the runs and events of the local history that a git remote lacks to that remote."""
    from ratchetry.cli.history.shared import sharing_of, show
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.sync import push

    settings = load_settings(path, {"history_remote": remote, "history_ref": ref})
    with sharing_of(path, settings, history) as share:
        sent = push(share, fold=not no_fold, dry_run=dry_run)
        show(sent, _lines(sent, share.remote.shown, dry_run=dry_run), _warnings(sent), output_format)


def _lines(sent: Sent, place: str, *, dry_run: bool) -> list[str]:
    """Return what a push has done, for people."""
    if not sent.paths:
        return [f"nothing to push: {place} has all of this history"]
    runs = sum(path.startswith("runs/") for path in sent.paths)
    what = f"{len(sent.paths)} files ({runs} runs, {sent.size} bytes)"
    if dry_run:
        return [f"would push {what} to {place}"]
    if sent.waiting:
        return [f"pushed {what} to the inbox of {place}, where they wait: {sent.waiting}"]
    return [f"pushed {what} to {place}"]


def _warnings(sent: Sent) -> list[str]:
    """Return what a push has left out, or had to do in another way."""
    from ratchetry.cli.history.shared import fold_warnings

    lines = fold_warnings(sent.folded)
    if sent.left_out:
        path, reason = next(iter(sent.left_out.items()))
        lines.append(f"{len(sent.left_out)} files are not shared, such as {path!r}: {reason}")
    if sent.refused:
        lines.append(f"the server takes no inbox ({sent.refused}), so the branch was pushed to directly")
    return lines
