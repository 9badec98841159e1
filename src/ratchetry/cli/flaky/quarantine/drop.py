"""`ratchetry flaky quarantine drop`: let the failures of a test block again."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  ratchetry flaky quarantine drop tests/test_mail.py::test_send
"""


@click.command(name="drop", epilog=EPILOG)
@click.argument("test")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(test: str, *, actor: str, path: str, history: str | None) -> None:
    """Let the failures of TEST block again."""
    from ratchetry.cli.flaky.quarantine import author_of
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.quarantine import take_out
    from ratchetry.report.text import neutralize

    settings = load_settings(path, {})
    take_out(path, settings, history, test, author=author_of(path, settings, actor))
    click.echo(f"out of quarantine: {neutralize(test)}")
