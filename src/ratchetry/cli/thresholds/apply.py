"""`ratchetry thresholds apply`: move the bounds of the file as far as the history supports."""

from __future__ import annotations

import difflib

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry thresholds apply --dry-run         what would change, as a difference
  ratchetry thresholds apply
  ratchetry thresholds apply --body pull-request.md
"""


@click.command(name="apply", epilog=EPILOG)
@click.option("--path", default=".", show_default=True, help="Repository whose file is written.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--branch", default="", help="Branch whose runs teach.  [default: the repository's default]")
@click.option("--body", type=click.Path(dir_okay=False), help="File for the moves and their evidence, in Markdown.")
@click.option("--dry-run", is_flag=True, help="Show the difference, and write nothing.")
def command(*, path: str, history: str | None, branch: str, body: str | None, dry_run: bool) -> None:
    """Note the moves that are due in the history, and write all moves into quality-thresholds.json.

    The same history gives the same bytes, and a second call changes nothing.  With disable-learning, only what was
    noted before is written.
    """
    from pathlib import Path

    from ratchetry.adapters.files import read_bounded, write_atomic
    from ratchetry.cli.thresholds import workplace
    from ratchetry.domain.ratchet_report import move_of
    from ratchetry.pipeline.ratchet import learn_thresholds, newest_start, propose_thresholds
    from ratchetry.report.ratchet import move_words, proposal_body

    place = workplace(path, history, branch)
    target = place.places.root / place.settings.thresholds
    if not target.is_file():
        msg = f"{place.settings.thresholds}: no file with bounds to move; `ratchetry init` seeds one"
        raise UsageError(msg)
    news = learn_thresholds(place.history, place.thresholds, place.settings, branch=place.branch)
    events = (*place.history.events(), *news)
    as_of = newest_start(place.history)
    data = read_bounded(target, place.settings.thresholds)
    proposal = propose_thresholds(data, events, origin=place.settings.thresholds, as_of=as_of)
    moves = tuple(map(move_of, proposal.moves))
    if dry_run:
        old, new = (text.splitlines(keepends=True) for text in (proposal.before, proposal.text))
        name = place.settings.thresholds
        click.echo("".join(difflib.unified_diff(old, new, name, name)), nl=False)
        return
    for one in news:
        place.history.add_event(one)
    if proposal.changed:
        write_atomic(target, proposal.text.encode())
    if body:
        write_atomic(Path(body), proposal_body(moves).encode())
    for move in moves:
        click.echo(move_words(move))
    click.echo(f"{place.settings.thresholds}: {'written' if proposal.changed else 'nothing to move'}")
