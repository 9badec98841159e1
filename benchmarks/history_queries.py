"""Measures three questions to a history: the trend, flaky tests and module blame, and how fast tests become Parquet.

Each engine answers in a process of its own, imports, start and reading included, so that CPU seconds and peak memory
are its alone; a Java machine that it starts is counted with it.  The light core reads the history itself, DuckDB,
Spark and pandas read Parquet files of it.  The data are made up and seeded: 2,000 tests a run, two runs for each
commit, 500 runs to a repository, 40 tests that fail now and then.

    python benchmarks/history_queries.py [--rows N …] [--light N] [--pandas N] [--spark N] [--json FILE]

pandas is measured when it is installed.  Beside each row of figures stands the load of the machine when it was begun:
wall times mean little where it is above the number of cores.  Ends with exit code 1 when the light core needs more than
1 s of CPU or 150 MB for a million rows, DuckDB more than 3 s on the clock for a question about ten million, or a
million rows of tests in a history's own files more than a third of a second of CPU to become Parquet.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.parquet_files import part_path, write_rows, write_tests
from ratchetry.adapters.views_cache import update_views
from ratchetry.domain.record import Change, ChangedFile, Metric, RunInfo, Runner, RunRecord, TestResult
from ratchetry.fleet.results import RunTests
from ratchetry.fleet.rows import ROWS, moment
from ratchetry.fleet.tables import BY_NAME

TESTS: Final = 2_000
RUNS: Final = 500
MILLION: Final = TESTS * RUNS
QUESTIONS: Final = ("trend", "flaky", "blame")
LIGHT_SECONDS: Final = 1.0
LIGHT_MEGABYTES: Final = 150
DUCKDB_SECONDS: Final = 3.0
INGEST: Final = 3e6
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NAMES: Final = tuple(f"tests/unit/test_module_{at // 20}.py::TestThing::test_case_{at}" for at in range(TESTS))
RUNNER: Final = Runner(os="Linux", cpu_model="AMD EPYC 7763", cores=4, python="3.12.1")

_BEFORE: Final = """
import resource, sys, time
from pathlib import Path
place = sys.argv[1]
def spent():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
def lap(name, found):
    global cpu, wall
    print(name, spent() - cpu, time.monotonic() - wall, found)
    cpu, wall = spent(), time.monotonic()
cpu, wall = 0.0, time.monotonic()
"""
_AFTER: Final = """
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0, 0)
"""
_CHILD: Final[Mapping[str, str]] = {
    "light": """
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.fleet.light import ANALYSES
from ratchetry.fleet.results import Reader
runs = []
for root in sorted(Path(place).iterdir()):
    history = HistoryDirectory(root)
    runs += Reader(history.names).runs(history.columns())
lap("start", len(runs))
for name in ("trend", "flaky", "blame"):
    lap(name, len(ANALYSES[name](runs)))
""",
    "duckdb": """
from ratchetry.adapters.duckdb_engine import Limits, collected, connected, frames_of
from ratchetry.fleet.expressions import ANALYSES
with connected(place, Path(place) / "spill", Limits(memory="8GB", threads=2)) as connection:
    frames = frames_of(connection)
    lap("start", 0)
    for name in ("trend", "flaky", "blame"):
        lap(name, len(collected(ANALYSES[name](frames))))
""",
    "spark": """
from ratchetry.adapters.spark_engine import collected, frames_of, session
from ratchetry.fleet.expressions import ANALYSES
import os
ticks = os.sysconf("SC_CLK_TCK")
def machines():
    rows = [path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    return sum(int(row[11]) + int(row[12]) for row in rows if int(row[2]) == os.getpgrp()) / ticks
spent = machines
with session("local[2]", Path(place) / "spark") as running:
    frames = frames_of(running, place)
    lap("start", 0)
    for name in ("trend", "flaky", "blame"):
        lap(name, len(collected(ANALYSES[name](frames))))
    peak = max(
        int(line.split()[1]) / 1024
        for path in Path("/proc").glob("[0-9]*")
        if (path / "stat").exists() and int((path / "stat").read_text().rpartition(")")[2].split()[2]) == os.getpgrp()
        for line in (path / "status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    print("machine", peak, 0, 0)
""",
    "pandas": """
import pandas as pd
def view(name, columns):
    return pd.concat([pd.read_parquet(path, columns=columns) for path in sorted(Path(place, name).rglob("*.parquet"))])
key = ["repository", "run_id", "attempt"]
runs = view("runs", [*key, "started", "day", "branch", "tests_passed", "tests_failed", "coverage"])
tests = view("tests", [*key, "started", "branch", "commit", "test", "module", "outcome"])
changes = view("changes", [*key, "path"])
lap("start", len(tests))
runs["decided"] = runs.tests_passed + runs.tests_failed
runs["day"] = pd.to_datetime(runs["day"])
daily = runs.groupby(["repository", "day"]).agg(
    passed=("tests_passed", "sum"), decided=("decided", "sum"), covered=("coverage", "sum"), n=("coverage", "count")
).reset_index("repository")
rolled = {days: daily.groupby("repository").rolling(f"{days}D").sum() for days in (7, 30)}
lap("trend", sum(len(window.passed / window.decided) for window in rolled.values()) // 2)
decided = tests[tests.outcome != "skipped"].assign(bad=lambda frame: frame.outcome != "passed")
per = decided.groupby(["repository", "test", "commit"]).bad.agg(["min", "max"])
both = per[per["min"] != per["max"]].groupby(["repository", "test"]).size()
ordered = decided.sort_values(["started", "run_id", "attempt"])
before = ordered.groupby(["repository", "branch", "test"]).bad.shift()
flips = (before.notna() & (before != ordered.bad)).groupby([ordered.repository, ordered.test]).sum()
lap("flaky", ((both.reindex(flips.index).fillna(0) > 0) | (flips > 2)).sum())
failed = decided[decided.bad][[*key, "module"]].drop_duplicates()
pairs = changes.merge(failed, on=key).groupby(["repository", "path", "module"]).size()
lap("blame", len(pairs))
""",
}


def runs_of(repository: int) -> Iterator[RunTests]:
    """Yield the tests of one repository's runs: 40 tests fail now and then, others while a commit has broken them."""
    chance = random.Random(repository)  # noqa: S311 - data to query, no secret
    flaky = chance.sample(range(TESTS), 40)
    durations = [round(chance.expovariate(20.0), 3) for _ in range(TESTS)]
    for number in range(RUNS):
        letters = ["P"] * TESTS
        for at in flaky:
            if chance.random() < 0.05:
                letters[at] = "F"
        if number % 50 < 6:
            for at in range(number // 50, TESTS, 500):
                letters[at] = "F"
        shift = number % 97
        yield RunTests(
            repository=f"owner{repository // 10}/name{repository}",
            run_id=f"{repository}-{number}",
            attempt=1,
            started=moment((START + timedelta(minutes=210 * number)).isoformat()),
            branch="main",
            commit=f"{repository:08x}{number // 2:032x}",
            tests=NAMES,
            outcomes="".join(letters),
            durations=((-1, [*durations[shift:], *durations[:shift]]),),
            attempts={},
            signatures={},
        )


def record_of(run: RunTests, chance: random.Random, *, with_tests: bool) -> RunRecord:
    """Return the record of a run: its metrics, what it changes, and its tests when they are wanted."""
    failed = run.outcomes.count("F")
    counts = {"tests.passed": TESTS - failed, "tests.failed": failed, "coverage.line": 80 + chance.random()}
    outcomes: Mapping[str, str] = {"P": "passed", "F": "failed"}
    rows = zip(run.tests, run.outcomes, run.durations[0][1], strict=True) if with_tests else ()
    return RunRecord(
        run=RunInfo(
            repository=run.repository,
            run_id=run.run_id,
            event="push",
            commit=run.commit or "",
            branch=run.branch,
            started=f"{run.started:%Y-%m-%dT%H:%M:%SZ}",
            duration=300.0,
            runner=RUNNER,
        ),
        change=Change(
            files=tuple(
                ChangedFile(path=f"src/package/module_{at}.py", added=9, deleted=3)
                for at in sorted(chance.sample(range(100), 3))
            )
        ),
        metrics={
            name: Metric(value=float(value), unit="count", better="higher", stage="test")
            for name, value in counts.items()
        },
        tests=tuple(
            TestResult(id=name, outcome="passed" if outcomes[letter] == "passed" else "failed", duration=seconds)
            for name, letter, seconds in rows
        ),
        verdict="fail" if failed > 40 else "pass",
    )


def write_history(root: Path, repositories: int) -> None:
    """Write the histories of some repositories, each into a directory of its own."""
    for repository in range(repositories):
        chance = random.Random(repository)  # noqa: S311 - data to query, no secret
        history = HistoryDirectory(root / f"{repository:04}")
        for run in runs_of(repository):
            history.add(record_of(run, chance, with_tests=True))


def write_views(root: Path, repositories: int) -> float:
    """Write the views of some repositories as Parquet files, and return the CPU seconds that their tests took."""
    seconds = 0.0
    for repository in range(repositories):
        chance = random.Random(repository)  # noqa: S311 - data to query, no secret
        tests = list(runs_of(repository))
        records = [record_of(run, chance, with_tests=False) for run in tests]
        name = tests[0].repository
        before = process_time()
        write_tests(root / part_path("tests", "2026-01", name), tests)
        seconds += process_time() - before
        for view in ("runs", "changes", "metrics"):
            rows = (row for record in records for row in ROWS[view](record))
            write_rows(root / part_path(view, "2026-01", name), BY_NAME[view], rows)
    return seconds


def ingest_history(root: Path, target: Path) -> float:
    """Return the CPU seconds in which the views of a history are written from its own files: the least of three."""
    spent: list[float] = []
    for attempt in range(3):
        history = HistoryDirectory(root)
        before = process_time()
        update_views(root, history, target / str(attempt))
        spent.append(process_time() - before)
    return min(spent)


def load() -> float:
    """Return how many processes wanted a core in the last minute, 0 where that is not known."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def measure(engine: str, place: Path) -> dict[str, dict[str, float]]:
    """Return what an engine needed for each question: CPU and wall seconds, rows found, and its peak megabytes."""
    code = _BEFORE + _CHILD[engine] + _AFTER
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], capture_output=True, text=True, check=False, start_new_session=True
    )
    if done.returncode:
        sys.exit(f"{engine} failed:\n{done.stderr}")
    rows = (line.split() for line in done.stdout.splitlines())
    return {
        name: {"cpu_seconds": float(cpu), "wall_seconds": float(wall), "rows": float(found)}
        for name, cpu, wall, found in rows
    }


def summary(engine: str, rows: int, place: Path) -> dict[str, object]:
    """Return the figures of one engine at one size."""
    busy = load()
    laps = measure(engine, place)
    peak = max(laps[name]["cpu_seconds"] for name in ("peak", "machine") if name in laps)
    timed = {name: lap for name, lap in laps.items() if name not in {"peak", "machine"}}
    return {"engine": engine, "rows": rows, "load": busy, "peak_megabytes": peak, **timed}


def table(results: Sequence[Mapping[str, object]]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| engine | rows | start CPU s | trend CPU s (wall) | flaky | blame | peak MB | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in results:
        cells = [f"{_lap(row, name, 'cpu_seconds'):.2f} ({_lap(row, name, 'wall_seconds'):.2f})" for name in QUESTIONS]
        start = f"{_lap(row, 'start', 'cpu_seconds'):.2f}"
        lines.append(
            f"| {row['engine']} | {row['rows']:,} | {start} | {' | '.join(cells)} | {row['peak_megabytes']:.0f} "
            f"| {row['load']:.1f} |"
        )
    return "\n".join(lines)


def _lap(row: Mapping[str, object], name: str, figure: str) -> float:
    """Return one figure of one question."""
    lap = row[name]
    return float(lap[figure]) if isinstance(lap, dict) else 0.0


def broken_bounds(results: Sequence[Mapping[str, object]], ingest: float | None) -> list[str]:
    """Return what is slower or larger than it may be; rows of tests per CPU second are None when not measured."""
    slow_ingest = ingest is not None and ingest < INGEST
    found = [f"ingest: {ingest:,.0f} rows per CPU second are less than {INGEST:,.0f}"] if slow_ingest else []
    for row in results:
        if row["engine"] == "light" and row["rows"] == MILLION:
            seconds = sum(_lap(row, name, "cpu_seconds") for name in ("start", *QUESTIONS))
            peak = row["peak_megabytes"]
            found += [f"light: {seconds:.2f} s of CPU"] if seconds > LIGHT_SECONDS else []
            found += [f"light: {peak} MB"] if isinstance(peak, float) and peak > LIGHT_MEGABYTES else []
        if row["engine"] == "duckdb" and row["rows"] == 10 * MILLION:
            slow = [name for name in QUESTIONS if _lap(row, name, "wall_seconds") > DUCKDB_SECONDS]
            found += [
                f"duckdb: {name} took more than {DUCKDB_SECONDS:g} s, at a load of {row['load']:.1f}" for name in slow
            ]
    return found


def main() -> int:
    """Return the exit code: 0 when the bounds are kept."""
    options = _options()
    results: list[dict[str, object]] = []
    from_columns = 0.0
    from_files: float | None = None
    with tempfile.TemporaryDirectory() as directory:
        histories = Path(directory, "histories")
        if options.light:
            write_history(histories, options.light // MILLION)
            results.append(summary("light", options.light, histories))
        for rows in options.rows:
            views = Path(directory, f"views-{rows}")
            seconds = write_views(views, rows // MILLION)
            from_columns = max(from_columns, rows / seconds)
            engines = ["duckdb", *(["pandas"] if rows == options.pandas and find_spec("pandas") else [])]
            engines += ["spark"] if rows == options.spark else []
            results += [summary(engine, rows, views) for engine in engines]
            size = sum(path.stat().st_size for path in views.glob("tests/**/*.parquet"))
            results[-len(engines)]["bytes_per_row"] = size / rows
        if options.light:
            from_files = MILLION / ingest_history(histories / "0000", Path(directory, "cache"))
    print(table(results))
    measured = "not measured" if from_files is None else f"{from_files:,.0f}"
    print(f"\ningest: {from_columns:,.0f} test rows per CPU second from columns, {measured} from a history's files")
    broken = broken_bounds(results, from_files)
    if options.json:
        document = {"results": results, "rows_per_cpu_second": [from_columns, from_files], "broken_bounds": broken}
        Path(options.json).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print("\n".join(broken))
    return int(bool(broken))


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = [MILLION, 10 * MILLION]
    parser.add_argument("--rows", type=int, nargs="+", default=sizes, help="sizes for DuckDB, in whole millions")
    parser.add_argument("--light", type=int, default=MILLION, help="size for the light core; 0 leaves it out")
    parser.add_argument("--pandas", type=int, default=MILLION, help="size at which pandas is measured")
    parser.add_argument(
        "--spark", type=int, default=10 * MILLION, help="size at which Spark is measured; 0 leaves it out"
    )
    parser.add_argument("--json", default="", help="file to write the figures to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
