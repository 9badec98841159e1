"""`ratchetry fleet report`: many repositories, added up."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

EPILOG = """\b
Examples:
  ratchetry fleet report histories
  ratchetry fleet report views --weeks 12 --format markdown
  ratchetry fleet report s3://bucket/views --engine duckdb --since 2026-01-01

\b
PATH is a history, a directory with histories below it, or a directory of
views in Parquet (`ratchetry history export`); URL one of views that the
engine can read. Without --engine, histories are read by the light core,
which needs no library, and views by DuckDB.
"""


@click.command(name="report", epilog=EPILOG)
@click.argument("source", metavar="PATH|URL")
@click.option("--engine", type=click.Choice(["light", "duckdb", "spark"]), help="What computes.")
@click.option("--weeks", type=click.IntRange(min=1, max=1040), default=26, show_default=True, help="Full weeks back.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, instead of --weeks.")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--master", default="local[2]", show_default=True, help="Where Spark runs: local[N], spark://…, sc://…")
@click.option("--path", default=".", show_default=True, help="Repository whose output directory takes what is cached.")
def command(
    source: str,
    *,
    engine: str | None,
    weeks: int,
    since: datetime | None,
    output_format: str,
    master: str,
    path: str,
) -> None:
    """Report on repositories: pass rate, coverage, flaky tests, lead time of regressions, debt and cost.

    By repository, owner and week, with what degrades on evidence, and the tests that are flaky in several places.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.fleet.render import RENDERERS
    from ratchetry.pipeline.fleet import ENGINES, Request, report
    from ratchetry.pipeline.survey import places_of

    today = SystemClock().now().date()
    first = since.date() if since else today - timedelta(days=today.weekday() + 7 * weeks)
    places = places_of(path, load_settings(path, {}))
    chosen = next((name for name in ENGINES if name == engine), None)
    request = Request(source=source, engine=chosen, since=first, master=master, scratch=places.cache)
    click.echo(RENDERERS[output_format](report(request)))
