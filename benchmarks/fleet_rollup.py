"""Measures roll-ups of a fleet: how large they are, how long they take, and what a report costs with and without them.

The fleet is made up and seeded as in history_queries.py: repositories of 500 runs with 2,000 tests each, whose tests
change with every tenth run.  The report comes from a process of its own for each source, imports and reading included;
both must find the same.  Beside the figures stands the load of the machine: wall times mean little where it is above
the number of cores.

    python -m benchmarks.fleet_rollup [--repositories N] [--json FILE]

Ends with exit code 1 when the reports differ, roll-ups take more than a quarter of the space of the results that they
stand for, or bringing them up to date when nothing has changed takes more than a second of CPU.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from time import process_time
from typing import Final

from benchmarks.history_queries import NAMES, load, record_of, runs_of
from ratchetry.adapters.parquet_files import files_of, part_path, write_rows, write_tests
from ratchetry.adapters.rollup_files import update_rollups
from ratchetry.fleet.results import RunTests
from ratchetry.fleet.rows import ROWS
from ratchetry.fleet.tables import BY_NAME, ROLLUPS

STEP: Final = 10
"""Runs after which a test goes and another comes."""
SHARE: Final = 0.25
IDLE: Final = 1.0
REPORT: Final = """
import hashlib, resource, sys, time
from datetime import date
from pathlib import Path
from ratchetry.pipeline.fleet import Request, report
from ratchetry.fleet.render import as_json
begun = time.monotonic()
place = Path(sys.argv[1])
found = report(Request(source=str(place), engine="duckdb", since=date(2026, 1, 1), master="", scratch=place))
used = resource.getrusage(resource.RUSAGE_SELF)
said = repr((found.flaky, [(line.name, line.runs, line.flaky_tests) for line in found.weeks]))
digest = hashlib.sha256(said.encode())
print(used.ru_utime + used.ru_stime, time.monotonic() - begun, used.ru_maxrss / 1024, digest.hexdigest()[:16])
"""


def changing(runs: Iterator[RunTests]) -> Iterator[RunTests]:
    """Yield runs in which a test goes and another comes now and then."""
    names = list(NAMES)
    shared = tuple(names)
    for number, run in enumerate(runs):
        if number % STEP == STEP - 1:
            at = number * 7 % len(names)
            names[at] = f"{names[at].rpartition('_')[0]}_{len(names) + number}"
            shared = tuple(names)
        yield replace(run, tests=shared)


def write_fleet(root: Path, repositories: int) -> int:
    """Write the views of a fleet, a file for each repository and month, and return how many rows of tests there are."""
    rows = 0
    for repository in range(repositories):
        chance = random.Random(repository)  # noqa: S311 - data to query, no secret
        by_month: dict[str, list[RunTests]] = {}
        for run in changing(runs_of(repository)):
            by_month.setdefault(f"{run.started:%Y-%m}", []).append(run)
        for month, runs in by_month.items():
            records = [record_of(run, chance, with_tests=False) for run in runs]
            rows += write_tests(root / part_path("tests", month, runs[0].repository), runs)
            for view in ("runs", "changes"):
                cells = chain.from_iterable(map(ROWS[view], records))
                write_rows(root / part_path(view, month, runs[0].repository), BY_NAME[view], cells)
    return rows


def size(root: Path, views: Sequence[str]) -> int:
    """Return the bytes of some views in a directory."""
    return sum(path.stat().st_size for view in views for path in files_of(root, view))


def reported(place: Path) -> dict[str, float | str]:
    """Return what the report on a directory needed, and the hash of what it found."""
    done = subprocess.run([sys.executable, "-c", REPORT, str(place)], capture_output=True, text=True, check=True)
    cpu, wall, peak, digest = done.stdout.split()
    return {"cpu_seconds": float(cpu), "wall_seconds": float(wall), "peak_megabytes": float(peak), "found": digest}


def main() -> int:
    """Return the exit code: 0 when the bounds are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", type=int, default=50, help="how many there are, of a million rows each")
    parser.add_argument("--json", default="", help="file to write the figures to")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        views, rollups = Path(directory, "views"), Path(directory, "rollups")
        rows = write_fleet(views, options.repositories)
        seconds = []
        for _ in range(2):
            before = process_time()
            done = update_rollups(views, rollups)
            seconds.append(process_time() - before)
        space = [size(views, ("tests",)), size(rollups, [view.name for view in ROLLUPS])]
        figures: dict[str, object] = {
            "rows": rows,
            "load": load(),
            "result_bytes": space,
            "rollup_cpu_seconds": seconds,
            "unchanged_files": done.unchanged,
        }
        reports = {"all results": reported(views), "roll-ups": reported(rollups)}
    print(json.dumps({**figures, "reports": reports}, indent=2))
    broken = ["the reports differ"] if reports["all results"]["found"] != reports["roll-ups"]["found"] else []
    broken += [f"{space[1]} bytes of {space[0]}"] if space[1] > SHARE * space[0] else []
    broken += [f"{seconds[1]:.1f} s when nothing has changed"] if seconds[1] > IDLE else []
    if options.json:
        Path(options.json).write_text(
            json.dumps({**figures, "reports": reports, "broken_bounds": broken}, indent=2) + "\n", encoding="utf-8"
        )
    print("\n".join(broken))
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
