"""`ratchetry experiment stop`: end an experiment before it is decided."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry experiment stop tone --reason "the prompt is gone"
"""


@click.command(name="stop", epilog=EPILOG)
@click.argument("name")
@click.option("--reason", required=True, help="Why; kept with it.")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str, *, reason: str, actor: str, path: str, history: str | None, output_format: str) -> None:
    """End the experiment NAME; it stays inconclusive, and its evidence stays in the history."""
    from ratchetry.cli.experiment import opened
    from ratchetry.cli.flaky.quarantine import author_of
    from ratchetry.pipeline.experiments import stop
    from ratchetry.report.experiments import terminal

    kept, settings = opened(path, history)
    status = stop(kept, name, reason, author_of(path, settings, actor))
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(status), indent=2))
        return
    click.echo(terminal([status]))
