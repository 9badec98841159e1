"""`ratchetry thresholds relax`: loosen a bound until a day, with a reason and under a name."""

from __future__ import annotations

import os
from datetime import datetime

import click

EPILOG = """\b
Examples:
  ratchetry thresholds relax coverage.line --to 85 --reason "waits for #12" --until 2026-12-01
"""


@click.command(name="relax", epilog=EPILOG)
@click.argument("metric")
@click.option("--to", required=True, type=float, help="The looser bound.")
@click.option("--reason", required=True, help="Why; shown in every report.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day, at most 90 days away.")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so.  [default: git's user.name]")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    metric: str,
    *,
    to: float,
    reason: str,
    until: datetime,
    actor: str,
    path: str,
    history: str | None,
    output_format: str,
) -> None:
    """Hold METRIC to a looser bound for a while.

    The waiver is written into quality-thresholds.json, and noted in the history.  It counts once it stands on the
    default branch, so that no pull request can excuse itself; it shows in every report, and ends by itself.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.domain.thresholds import Waiver
    from ratchetry.pipeline.relax import actor_name, relax
    from ratchetry.report.text import neutralize
    from ratchetry.state.thresholds import canonical

    now = SystemClock().now()
    waiver = Waiver(
        metric=canonical(metric),
        to=to,
        reason=reason.strip(),
        actor=actor_name(path, actor, os.environ),
        since=f"{now:%Y-%m-%d}",
        until=f"{until:%Y-%m-%d}",
    )
    relax(path, load_settings(path, {}), history, waiver, now=now, environ=os.environ)
    if output_format == "json":
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(waiver), indent=2))
        return
    shown = f"{waiver.metric} waived to {to:g} until {waiver.until}"
    click.echo(neutralize(f"{shown}, once this stands on the default branch: commit the file"))
