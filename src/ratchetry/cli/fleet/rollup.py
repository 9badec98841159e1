"""`ratchetry fleet rollup`: what reports need of all tests."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry fleet rollup views --output rollups
  ratchetry fleet rollup histories --output rollups

\b
PATH is a directory of views in Parquet (`ratchetry history export`), a history, or a
directory with histories below it. Only files that are new or have changed
are read; what came from files that are gone is removed. `ratchetry fleet report`
takes the output in the place of PATH.
"""


@click.command(name="rollup", epilog=EPILOG)
@click.argument("source", metavar="PATH")
@click.option("--output", required=True, help="Directory of the roll-ups; one that is there is brought up to date.")
@click.option("--path", default=".", show_default=True, help="Repository whose output directory takes what is cached.")
def command(source: str, *, output: str, path: str) -> None:
    """Roll tests up: the failures, the sets of tests that runs share, and which run has which.

    Reports on roll-ups are the same as those on all tests, whose results need not be kept or read for them.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.fleet import rollup
    from ratchetry.pipeline.survey import places_of

    done = rollup(source, Path(output), places_of(path, load_settings(path, {})).cache)
    click.echo(f"wrote {done.rows} rows from {done.written} files, {done.unchanged} were current: {output}", err=True)
