"""`ratchetry bandit feedback`: what CI says of modules, into the weights file."""

from __future__ import annotations

from pathlib import Path

import click

from ratchetry.errors import EXIT_NOT_MEASURED, EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry bandit feedback --trend-report trends.json
  ratchetry bandit feedback --trend-report trends.json --weights-file bandit_weights.json --influence 0.1
  ratchetry bandit feedback --trend-report trends.json --dry-run

\b
Exit codes:
  0 taken in, also when nothing was new   2 usage or state error
  3 the report could not say anything of modules
"""


@click.command(name="feedback", epilog=EPILOG)
@click.option("--trend-report", "report_file", required=True, metavar="FILE", help="What `ratchetry trends` wrote.")
@click.option("--weights-file", metavar="FILE", help="File to update.  [default: that of the settings]")
@click.option(
    "--influence",
    type=click.FloatRange(min=0, max=1),
    default=0.2,
    show_default=True,
    help="Share that CI has in the priorities.",
)
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
def command(*, report_file: str, weights_file: str | None, influence: float, path: str, dry_run: bool) -> int:
    """Take in which modules' changes break something, and raise the priorities of those where that is certain.

    Taking the same report in again changes nothing: priorities are worked out anew from what people have set and from
    the evidence, both of which stand in the file.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.feedback import take_feedback
    from ratchetry.report.priorities import terminal

    taken = take_feedback(
        Path(path),
        load_settings(path, {}),
        report_file,
        weights_file=weights_file,
        influence=influence,
        write=not dry_run,
    )
    if taken.reason:
        click.echo(f"{taken.place}: nothing was taken in: {taken.reason}")
        return EXIT_PASS if taken.reason == "learning is disabled" else EXIT_NOT_MEASURED
    click.echo(terminal(taken.weights))
    done = "nothing new" if not taken.changed else "would be written" if dry_run else "written"
    click.echo(f"\n{taken.place}: {done}")
    return EXIT_PASS
