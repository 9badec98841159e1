"""`ratchetry thresholds simulate`: what a policy would have done over the history."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.domain.thresholds import Thresholds

EPILOG = """\b
Examples:
  ratchetry thresholds simulate
  ratchetry thresholds simulate --k 20 --confidence 0.99 --cool-down 7
  ratchetry thresholds simulate --metric coverage.line --format json
"""


@click.command(name="simulate", epilog=EPILOG)
@click.option("--k", "runs", type=click.IntRange(3, 100), help="Newest runs that all have to clear a bound.")
@click.option("--confidence", type=click.FloatRange(0.5, 1, max_open=True), help="How sure a move has to be.")
@click.option("--cool-down", type=click.FloatRange(0, 365), help="Days between two moves of one bound.")
@click.option("--steps", type=click.IntRange(0, 1000), default=0, help="Most increments of one move; 0 for any number.")
@click.option("--metric", default="", help="Only this one.")
@click.option("--from-file", is_flag=True, help="Begin with the bounds of the file.  [default: each has to be earned]")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--branch", default="", help="Branch whose runs teach.  [default: the repository's default]")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
def command(
    *,
    runs: int | None,
    confidence: float | None,
    cool_down: float | None,
    steps: int,
    metric: str,
    from_file: bool,
    path: str,
    history: str | None,
    branch: str,
    output_format: str,
) -> None:
    """Replay a policy over the history, run by run, and write nothing.

    Shows the moves that it would have made, the honest runs that it would have blocked, and the regressions that it
    would have let through.
    """
    from ratchetry.cli.thresholds import workplace
    from ratchetry.pipeline.ratchet import observations, policy_of
    from ratchetry.pipeline.ratchet_report import simulate
    from ratchetry.report.ratchet import simulated, simulated_markdown

    place = workplace(path, history, branch)
    policy = replace(
        usual := policy_of(place.settings),
        runs=usual.runs if runs is None else runs,
        confidence=usual.confidence if confidence is None else confidence,
        cool_down_days=usual.cool_down_days if cool_down is None else cool_down,
        steps=steps,
    )
    thresholds = _only(place.thresholds, metric)
    if not thresholds.rows:
        msg = f"{metric or place.settings.thresholds}: no bound to simulate; `ratchetry thresholds show` lists them"
        raise UsageError(msg)
    found = observations(place.history, thresholds, branch=place.branch)[0]
    rows = simulate(thresholds, found, policy, from_file=from_file)
    match output_format:
        case "json":
            import json

            click.echo(json.dumps({"policy": asdict(policy), "bounds": [asdict(row) for row in rows]}, indent=2))
        case "markdown":
            click.echo(simulated_markdown(rows), nl=False)
        case _:
            click.echo(simulated(rows))


def _only(thresholds: Thresholds, metric: str) -> Thresholds:
    """Return thresholds with one metric alone, all of them when none is named."""
    return replace(
        thresholds,
        bounds=tuple(row for row in thresholds.bounds if metric in {"", row.metric}),
        wishes=tuple(row for row in thresholds.wishes if metric in {"", row.metric}),
    )
