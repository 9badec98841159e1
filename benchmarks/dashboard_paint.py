"""Measures how soon a browser shows the overview of a large dashboard, and how much it transfers for that.

    python benchmarks/dashboard_paint.py DIR [--rounds N] [--slowdown FACTOR] [--format table|json]

DIR is a dashboard, such as one that `python benchmarks/dashboard.py --keep DIR` leaves in `DIR/dashboard`: by default
of 5,000 runs, 20,000 tests and 500 benchmarks.  Chromium visits it on a web server of this machine, each time with a
fresh profile; with --slowdown, its processor is that many times slower.  Ends with exit code 1 when the median of the
first paint is 1 s or more, or an overview takes more than 2 MB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

CHECKOUT: Final = Path(__file__).parents[1]
PAINT: Final = 1000.0
"""Milliseconds until something is painted, less than."""
BYTES: Final = 2_000_000


class Visit(msgspec.Struct):
    """One visit: milliseconds from its start, and what was transferred."""

    first_paint: float
    first_contentful_paint: float
    drawn: float
    """When the whole overview was in the page."""
    elements: int
    bytes: int
    requests: int


class Visits(msgspec.Struct):
    """All visits, and the version of the browser."""

    version: str
    visits: list[Visit]


class _Quiet(SimpleHTTPRequestHandler):
    """A web server without a log."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def visited(site: Path, rounds: int, slowdown: float) -> Visits:
    """Return what a browser measured of a dashboard."""
    script = CHECKOUT / "scripts" / "install_chromium.sh"
    done = subprocess.run([script], stdout=subprocess.PIPE, text=True, check=True)
    chromium, packages = done.stdout.split()
    program = CHECKOUT / "tests" / "dashboard" / "driver" / "paint.mjs"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        orders = {"url": f"http://127.0.0.1:{server.server_address[1]}", "rounds": rounds, "slowdown": slowdown}
        command = ("node", program, packages, chromium, json.dumps(orders))
        found = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        server.shutdown()
    return msgspec.json.decode(found.stdout, type=Visits)


def figures(found: Visits) -> dict[str, object]:
    """Return the medians and the worst of all visits."""
    times: dict[str, Sequence[float]] = {
        "first_paint": [one.first_paint for one in found.visits],
        "first_contentful_paint": [one.first_contentful_paint for one in found.visits],
        "drawn": [one.drawn for one in found.visits],
    }
    result: dict[str, object] = {"chromium": found.version, "visits": len(found.visits)}
    for name, values in times.items():
        result |= {f"{name}_ms": round(median(values)), f"{name}_worst_ms": round(max(values))}
    return result | {
        "bytes": max(one.bytes for one in found.visits),
        "requests": max(one.requests for one in found.visits),
        "elements": max(one.elements for one in found.visits),
    }


def main() -> int:
    """Return the exit code: 0 when the overview is there soon enough, and small enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--slowdown", type=float, default=1.0)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    found = visited(options.site, options.rounds, options.slowdown)
    result = figures(found)
    rows = ["| what | figure |", "|---|---|", *(f"| {name} | {value} |" for name, value in result.items())]
    print(json.dumps(result, indent=2) if options.format == "json" else "\n".join(rows))
    soon = median(one.first_paint for one in found.visits) < PAINT
    return 0 if soon and max(one.bytes for one in found.visits) <= BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
