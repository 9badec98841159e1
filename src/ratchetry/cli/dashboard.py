"""`ratchetry dashboard`: a static page that shows a history, written to a directory or served on this machine."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.pipeline.dashboard.build import Built
    from ratchetry.pipeline.dashboard.fleet import FleetBuilt

EPILOG = """\b
Examples:
  ratchetry dashboard
  ratchetry dashboard --serve
  ratchetry dashboard --output site --since 2026-01-01
  ratchetry dashboard --fleet histories --output site

\b
The page needs no server and asks nobody for anything: open DIR/index.html,
or publish DIR as it is.
"""


@click.command(name="dashboard", epilog=EPILOG)
@click.option("--output", metavar="DIR", help="Directory to write.  [default: dashboard in the output directory]")
@click.option("--serve", is_flag=True, help="Show it to browsers on this machine until interrupted.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port of --serve; 0: any.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End --serve after so many seconds.")
@click.option("--branch", default="", help="Branch of series and trends.  [default: the repository's default]")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the runs.  [default: all]")
@click.option("--path", default=".", show_default=True, help="Repository whose settings and state files count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--fleet", "sources", multiple=True, metavar="DIR", help="Directory of histories of many repositories.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    output: str | None,
    serve: bool,
    port: int,
    seconds: float | None,
    branch: str,
    since: datetime | None,
    path: str,
    history: str | None,
    sources: tuple[str, ...],
    output_format: str,
) -> None:
    """Write a page that shows a history: verdict, trends, tests, benchmarks, causes, what was learned and done.

    It works from a disk and from any web server, under a policy that allows no request to anywhere else.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.dashboard.build import Asked, build
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.places import places_of

    settings = load_settings(path, {})
    places = places_of(path, settings)
    asked = Asked(
        root=places.root,
        settings=settings,
        environ=os.environ,
        branch=branch,
        since=f"{since:%Y-%m-%d}" if since else "",
    )
    target = Path(output) if output else places.output / "dashboard"
    if sources:
        from ratchetry.pipeline.dashboard.fleet import build_fleet

        told = _fleet_told(build_fleet(sources, asked, target), output_format)
    else:
        told = _told(build(existing_history(path, settings, history), asked, target), output_format)
    click.echo(told)
    if serve:
        _serve(target, port, seconds)


def _told(built: Built, output_format: str) -> str:
    """Return what was written, for people or as JSON."""
    if output_format == "json":
        import json

        return json.dumps(_fields(built), indent=2)
    counts = built.counts
    what = ", ".join(f"{counts.get(name, 0):,} {name}" for name in ("runs", "metrics", "benchmarks", "tests"))
    lines = [f"{built.index}: {what}", f"{built.files:,} files, {built.bytes:,} bytes; page {built.page_bytes:,} bytes"]
    return _lines(*lines, *(f"without {name}: {reason}" for name, reason in sorted(built.absent.items())))


def _fleet_told(built: FleetBuilt, output_format: str) -> str:
    """Return what was written for a fleet, for people or as JSON."""
    if output_format == "json":
        import json

        document = {
            "index": str(built.index),
            "page_bytes": built.page_bytes,
            "dashboards": {name: _fields(one) for name, one in built.dashboards.items()},
            "missing": dict(built.missing),
        }
        return json.dumps(document, indent=2)
    missing = (f"without {name}: {reason}" for name, reason in sorted(built.missing.items()))
    return _lines(f"{built.index}: {len(built.dashboards):,} repositories", *missing)


def _lines(*lines: str) -> str:
    """Return lines for a terminal: names come from histories, so nothing in them may steer it."""
    from ratchetry.report.text import encodable, neutralize

    return encodable("\n".join(map(neutralize, lines)), sys.stdout.encoding)


def _fields(built: Built) -> dict[str, object]:
    """Return what was written by the names of the JSON document."""
    return {
        "index": str(built.index),
        "files": built.files,
        "bytes": built.bytes,
        "page_bytes": built.page_bytes,
        "counts": dict(built.counts),
        "absent": dict(built.absent),
    }


def _serve(root: Path, port: int, seconds: float | None) -> None:
    """Serve a directory until interrupted, or for some seconds."""
    from ratchetry.adapters.loopback import served

    with contextlib.suppress(KeyboardInterrupt), served(root, port) as address:
        click.echo(f"{address}  (Ctrl-C ends it)")
        threading.Event().wait(seconds)
