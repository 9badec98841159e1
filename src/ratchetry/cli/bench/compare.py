"""`ratchetry bench compare`: two commits, by benchmarks that run in turn on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.domain.bench import BenchReport
    from ratchetry.pipeline.bench.plan import Request
    from ratchetry.pipeline.survey import Places
    from ratchetry.settings import Settings

_SEEDS = 1_000_000

EPILOG = """\b
Examples:
  ratchetry bench compare main                     the files here, against main
  ratchetry bench compare v1.4 v1.5 -k parse       two tags, some of the benchmarks
  ratchetry bench compare HEAD~1 HEAD --pairs 40 --fail
  ratchetry bench compare main --format markdown --plot change.svg

\b
Exit codes:
  0 compared   1 a benchmark became slower, and --fail was given
  3 something could not be measured
"""


@click.command(name="compare", epilog=EPILOG)
@click.argument("base")
@click.argument("head", default=".")
@click.option("-k", "expression", default="", metavar="EXPR", help="Only benchmarks that match it, as pytest's -k.")
@click.option("--benchmark", "pattern", default="", metavar="PATTERN", help="Only benchmarks called so; * is anything.")
@click.option(
    "--pairs", type=click.IntRange(min=6, max=1000), default=20, show_default=True, help="Pairs of processes."
)
@click.option(
    "--margin",
    type=click.FloatRange(min=0, max=1),
    default=0.03,
    show_default=True,
    help="Share of the base up to which a change matters to nobody.",
)
@click.option(
    "--min-time",
    type=click.FloatRange(min=0.0001, max=60),
    help="Seconds that each benchmark is repeated in a process.  [default: what fits]",
)
@click.option(
    "--timer",
    type=click.Choice(["running", "wall"]),
    default="running",
    show_default=True,
    help="Whether times leave out waiting for a processor (on Linux).",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the order.  [default: from the clock]")
@click.option("--timeout", type=float, help="Seconds that all of it may take.  [default: 1800]")
@click.option("--path", default=".", show_default=True, help="Repository with the benchmarks.")
@click.option("--python", help="Interpreter for both sides.  [default: built from what each declares]")
@click.option("--output-dir", help="Where the work is done.  [default: .ratchetry]")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG).")
@click.option("--fail", is_flag=True, help="End with 1 when a benchmark became slower.")
@click.option("--dry-run", is_flag=True, help="Show what would be compared, and in which order.")
@click.option("--keep", is_flag=True, help="Leave the checkouts there until the next comparison.")
def command(
    base: str,
    head: str,
    *,
    expression: str,
    pattern: str,
    pairs: int,
    margin: float,
    min_time: float | None,
    timer: Literal["running", "wall"],
    seed: int | None,
    path: str,
    output_format: str,
    plot_file: str | None,
    fail: bool,
    dry_run: bool,
    keep: bool,
    **flags: object,
) -> int:
    """Compare the benchmarks of HEAD (by default the files here, uncommitted changes included) with those of BASE.

    Both run in turn, pair by pair, on this machine; the verdict rests on the ratios within the pairs, for all at once.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bench.plan import Request
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, flags)
    places = places_of(path, settings)
    request = Request(
        base=base,
        head=head,
        pairs=pairs,
        margin=margin,
        seed=_seed() if seed is None else seed,
        expression=expression,
        pattern=pattern,
        min_time=min_time,
        timer=timer,
        keep=keep,
    )
    if dry_run:
        return _preview(places, settings, request, output_format)
    report = _measured(places, settings, request)
    _show(report, output_format, plot_file)
    return _exit_code(report, fail=fail)


def _seed() -> int:
    """Return a seed that differs from call to call; the report names it."""
    from ratchetry.adapters.clock import SystemClock

    return int(SystemClock().now().timestamp()) % _SEEDS


def _measured(places: Places, settings: Settings, request: Request) -> BenchReport:
    """Return what the comparison found, its progress shown on standard error."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.bench.compare import compare

    with progress_for(sys.stderr, os.environ) as progress:
        report = compare(places, settings, request, environ=os.environ, clock=SystemClock(), progress=progress)
    if request.keep:
        click.echo(f"the checkouts are below {places.output / 'work' / 'bench'}", err=True)
    return report


def _preview(places: Places, settings: Settings, request: Request, output_format: str) -> int:
    """Tell what would be compared, and return the exit code."""
    from ratchetry.pipeline.bench.preview import preview

    shown = preview(places, settings, request, environ=os.environ)
    if output_format == "json":
        import json

        click.echo(json.dumps(shown.document, indent=2))
    else:
        click.echo("\n".join(shown.lines))
    return EXIT_PASS


def _show(report: BenchReport, output_format: str, plot_file: str | None) -> None:
    """Write a report to standard output, and its drawing to a file."""
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.bench_plot import plot

        write_atomic(Path(plot_file), plot(report).encode("utf-8"))
    from ratchetry.report.bench import document, markdown, terminal

    match output_format:
        case "json":
            click.echo(document(report))
        case "markdown":
            click.echo(markdown(report), nl=False)
        case _:
            click.echo(terminal(report))


def _exit_code(report: BenchReport, *, fail: bool) -> int:
    """Return the exit code: slower where that counts, something could not be measured, or all is well."""
    if fail and report.regressed:
        return EXIT_GATE_FAILED
    return EXIT_NOT_MEASURED if report.not_compared else EXIT_PASS
