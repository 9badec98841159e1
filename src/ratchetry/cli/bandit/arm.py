"""`ratchetry bandit arm`: add, rename, retire or restore an arm."""

from __future__ import annotations

import os

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry bandit arm add macros/review.md
  ratchetry bandit arm rename terse brief
  ratchetry bandit arm retire detailed --reason "costs twice as much"
"""


@click.command(name="arm", epilog=EPILOG)
@click.argument("phase", type=click.Choice(["add", "rename", "retire", "restore"]))
@click.argument("name")
@click.argument("to", default="")
@click.option("--reason", default="", help="Why, for those who read the history.")
@click.option("--actor", default="", help="Who does it.  [default: GITHUB_ACTOR]")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *, phase: str, name: str, to: str, reason: str, actor: str, path: str, history: str | None, output_format: str
) -> None:
    """Note in the history that the arm NAME is added, retired, restored, or renamed TO another name.

    What was learned under the old name stays with the arm; a retired arm is not chosen any more.
    """
    if bool(to) != (phase == "rename"):
        msg = "rename takes the old and the new name, everything else one name"
        raise UsageError(msg)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.arms import change_arm

    noted = change_arm(
        path,
        load_settings(path, {}),
        phase=phase,
        name=name,
        to=to,
        reason=reason,
        actor=actor or os.environ.get("GITHUB_ACTOR", ""),
        moment=SystemClock().now(),
        history=history,
    )
    if output_format == "json":
        import json

        click.echo(json.dumps({"id": noted.id, "time": noted.time, "kind": noted.kind, "arm": noted.subject}, indent=2))
        return
    click.echo(f"noted as event {noted.id}; `ratchetry bandit fold` brings it into the weights file")
