"""`ratchetry report`: a recorded run in the form that somebody, or another program, reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from ratchetry.errors import UsageError

FORMATS: Final = (
    "table",
    "json",
    "markdown",
    "html",
    "sarif",
    "junit",
    "cobertura",
    "openmetrics",
    "otlp",
    "outputs",
)

EPILOG = """\b
Examples:
  ratchetry report                                   the newest run, as a table
  ratchetry report 9876543210-2 --format html --output report.html
  ratchetry report 7f5546a --format junit --output junit.xml
  ratchetry report .ratchetry/record.json --format sarif
  ratchetry report --format otlp --endpoint http://127.0.0.1:4318

\b
Exit codes:
  0 written   2 there is no such run, or it cannot be read
  3 what the form is made of was not measured
  A collector that takes nothing is a warning: the exit code stays 0.
"""


@click.command(name="report", epilog=EPILOG)
@click.argument("run", metavar="[RUN|FILE|-]", default="")
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="File to write instead of printing.")
@click.option("--endpoint", metavar="URL", help="Send otlp to the collector there, instead of printing.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(
    run: str, *, output_format: str, output: str | None, endpoint: str | None, path: str, history: str | None
) -> None:
    """Show a recorded run, or write it for another program; without a name the newest one.

    RUN is a run's id, its id and attempt as in 9876543210-2, the beginning of either, or a commit; FILE is a record
    that `ratchetry run` wrote, - one on standard input.
    """
    if endpoint and output_format != "otlp":
        msg = f"--endpoint sends otlp, and --format says {output_format}: leave out one of them"
        raise UsageError(msg)
    from ratchetry.adapters.files import write_atomic
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.export import find, for_a_log, rendered
    from ratchetry.pipeline.save import place_in_checkout

    found, origin = find(run, path, load_settings(path, {}), history)
    if found.pruned:
        click.echo("note: the tests and findings of this run are too old and have been dropped", err=True)
    if output_format == "table" and not output:
        from rich.console import Console

        from ratchetry.report.terminal import print_record

        print_record(found.record, Console())
        return
    data = rendered(found, output_format, origin=origin, prefix=place_in_checkout(Path(path).resolve(), os.environ))
    if output:
        write_atomic(output, data)
    if endpoint:
        _send(data, endpoint)
    elif not output:
        click.echo(for_a_log(data, output_format), nl=False)


def _send(documents: bytes, endpoint: str) -> None:
    """Send documents, and say what became of them; a collector that takes none is a warning."""
    from ratchetry.adapters.otlp_http import sender
    from ratchetry.pipeline.export import send
    from ratchetry.report.text import neutralize, plural

    sent, problems = send(documents, sender(endpoint, os.environ))
    click.echo(f"sent {plural(sent, 'document')} of {len(documents.splitlines())}")
    for problem in problems:
        click.echo(f"warning: {neutralize(problem)}", err=True)
