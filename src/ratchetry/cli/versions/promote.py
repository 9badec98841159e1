"""`ratchetry versions promote`: put a version into use."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry versions promote review-prompt v2 --reason "won the experiment tone"
  ratchetry versions promote review-prompt v1 --reason "v2 fails on large files"
"""


@click.command(name="promote", epilog=EPILOG)
@click.argument("slot")
@click.argument("version")
@click.option("--reason", required=True, help="Why; kept in the file and in the history.")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    slot: str, version: str, *, reason: str, actor: str, path: str, history: str | None, output_format: str
) -> None:
    """Put VERSION of SLOT into use: active-versions.json says so from now on; commit it.

    It is watched from then on: `ratchetry versions check`.
    """
    from ratchetry.cli.experiment import opened
    from ratchetry.cli.flaky.quarantine import author_of
    from ratchetry.pipeline.degradation import active_versions, near_slot, promote

    kept, settings = opened(path, history)
    near = near_slot(active_versions(Path(path)), slot)
    if near:
        click.echo(f"{slot} is a new slot; there is {near}, too", err=True)
    one = promote(kept, Path(path), slot, version, reason=reason, author=author_of(path, settings, actor))
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps({"slot": slot, **msgspec.to_builtins(one)}, indent=2))
        return
    instead = f" instead of {one.previous}" if one.previous else ""
    click.echo(f"{slot}: {version} is in use{instead}; commit active-versions.json")
