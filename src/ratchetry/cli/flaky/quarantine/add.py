"""`ratchetry flaky quarantine add`: keep the failures of a test from blocking until a day."""

from __future__ import annotations

from datetime import datetime

import click

EPILOG = """\b
Examples:
  ratchetry flaky quarantine add tests/test_mail.py::test_send --reason "waits for #12" --until 2026-12-01
"""


@click.command(name="add", epilog=EPILOG)
@click.argument("test")
@click.option("--reason", required=True, help="Why; shown with each of its failures.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day, at most 180 days away.")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(test: str, *, reason: str, until: datetime, actor: str, path: str, history: str | None) -> None:
    """Keep the failures of TEST from blocking: the identifier that `ratchetry flaky` shows.

    Without the part in brackets it means all cases of a parametrized test.  Saying it again with another day or
    reason replaces what was said before.
    """
    from ratchetry.cli.flaky.quarantine import author_of
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.quarantine import put_in
    from ratchetry.report.text import neutralize

    settings = load_settings(path, {})
    author = author_of(path, settings, actor)
    put_in(path, settings, history, test, reason=reason, until=until.date(), author=author)
    click.echo(f"in quarantine until {until:%Y-%m-%d}: {neutralize(test)}")
