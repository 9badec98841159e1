"""`ratchetry detect`: where the level of a series changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.domain.change_point import Detection
    from ratchetry.domain.series import Series

EPILOG = """\b
Examples:
  ratchetry detect                                      the series of the history here
  ratchetry detect --metric 'benchmark.*' --online      which benchmarks just changed
  ratchetry detect --input timings.json --format json
  ratchetry detect --metric 'benchmark.*' --plot benchmarks.svg
  seq 1 9 | jq -s . | ratchetry detect --input -

\b
FILE holds a JSON list of numbers, or of objects with value and, if wanted,
time, commit and machine; or JSON Lines, one series a line, each answered
with a line as soon as it is read.
"""


@click.command(name="detect", epilog=EPILOG)
@click.option("--input", "source", metavar="FILE", help="File with series, - for standard input.")
@click.option("--online", is_flag=True, help="Say only whether the end of each series has changed.")
@click.option("--metric", default="", help="Name, or pattern with *, of the history's series to look at.")
@click.option("--branch", default="", help="Branch of the history's runs.  [default: the repository's default]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the history's runs.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG).")
def command(
    source: str | None,
    *,
    online: bool,
    metric: str,
    branch: str,
    since: datetime | None,
    path: str,
    history: str | None,
    output_format: str,
    plot_file: str | None,
) -> None:
    """Find where the level of a series changed: of the history's metrics and benchmarks, or of those in a file."""
    from ratchetry.report.change_points import RENDERERS, detection_json

    found: list[tuple[Series, Detection]] = []
    if source is None:
        from ratchetry.analyze.change_point.project import detect_all

        series = _of_history(path, history, branch=branch, metric=metric, since=f"{since:%Y-%m-%d}" if since else "")
        found = list(zip(series, detect_all(series), strict=True))
    else:
        with _lines(source) as lines:
            for each, detection in _each(lines, source):
                if output_format == "json":
                    click.echo(detection_json(detection, online=online))
                if output_format != "json" or plot_file:
                    found.append((each, detection))
    if source is None or output_format != "json":
        click.echo(RENDERERS[output_format](tuple(detection for _, detection in found), online=online))
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.change_points import plot

        write_atomic(plot_file, plot(found).encode("utf-8"))


def _each(lines: Iterable[bytes], source: str) -> Iterator[tuple[Series, Detection]]:
    """Yield each series of a file with what is found in it."""
    from ratchetry.analyze.change_point.detection import detect
    from ratchetry.state.series_file import read_series

    for series in read_series(lines, "standard input" if source == "-" else source):
        yield series, detect(series)


def _of_history(path: str, history: str | None, *, branch: str, metric: str, since: str) -> tuple[Series, ...]:
    """Return the series of a history."""
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.series import history_series

    kept = existing_history(path, load_settings(path, {}), history)
    return history_series(kept, root=path, environ=os.environ, branch=branch, metric=metric, since=since)


@contextmanager
def _lines(source: str) -> Iterator[Iterator[bytes]]:
    """Yield the lines of a file or of standard input; raises UsageError when it cannot be read."""
    from ratchetry.state.series_file import LINE_LIMIT

    if source == "-":
        yield iter(lambda: sys.stdin.buffer.readline(LINE_LIMIT + 1), b"")
        return
    try:
        with Path(source).open("rb") as file:
            yield iter(lambda: file.readline(LINE_LIMIT + 1), b"")
    except OSError as error:
        msg = f"{source}: cannot be read: {error.strerror}; name a file with series, or - for standard input"
        raise UsageError(msg) from error
