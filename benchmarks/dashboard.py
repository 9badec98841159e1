"""Measures how large the dashboard of a large history is, and how long it takes to write.

    python benchmarks/dashboard.py [--runs N] [--tests N] [--benchmarks N] [--keep DIR] [--format table|json]

The history is made up and seeded: four runs a day of one branch, one in ten of a pull request; 12 metrics that drift
and step, benchmarks of which one in ten has a step, 0.2 percent of the tests flaky, one in a hundred broken now and
then.  Ends with exit code 1 when the page with its first document is larger than 2 MB, or two dashboards of the same
history differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as with_values
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import Metric, RunInfo, Runner, RunRecord, TestResult
from ratchetry.history import layout
from ratchetry.history.chunks import chunk_names
from ratchetry.history.document import MetricColumns, RunDocument, Table, TestColumns, encode_document, opened
from ratchetry.pipeline.dashboard.build import Asked, build
from ratchetry.settings import Settings

PAGE: Final = 2_000_000
"""Bytes that the page may have with its first document."""
START: Final = datetime(2023, 1, 2, tzinfo=UTC)
METRICS: Final = (
    ("coverage.line", "percent", 88.0),
    ("coverage.branch", "percent", 80.0),
    ("lint.findings", "count", 40.0),
    ("types.errors", "count", 12.0),
    ("complexity.max", "paths", 14.0),
    ("size.source_lines", "lines", 40_000.0),
    ("score.total", "ratio", 0.85),
    ("ci.duration", "seconds", 420.0),
    ("tests.duration", "seconds", 900.0),
    ("tests.pass_rate", "ratio", 0.99),
    ("security.bandit.low", "count", 9.0),
    ("sbom.components", "count", 60.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a history is."""

    runs: int
    tests: int
    benchmarks: int


def template(size: Size) -> RunRecord:
    """Return a run with all names, whose numbers are then replaced."""
    metrics = {name: Metric(value=value, unit=unit, better="lower", stage="test") for name, unit, value in METRICS}
    metrics |= {
        f"benchmark.tests/bench/test_{at // 25}.py::test_speed_{at}": Metric(
            value=0.001 * (1 + at % 17), unit="seconds", better="lower", stage="benchmark", n=20
        )
        for at in range(size.benchmarks)
    }
    return RunRecord(
        ratchetry="0.2.0",
        run=RunInfo(
            repository="acme/anvil",
            run_id="0",
            event="push",
            commit="0" * 40,
            branch="main",
            started=f"{START:%Y-%m-%dT%H:%M:%SZ}",
            duration=400.0,
            runner=Runner(os="Linux", cpu_model="AMD EPYC 7763", cores=4, python="3.12.1"),
        ),
        metrics=metrics,
        tests=tuple(
            TestResult(
                id=f"packages/part_{at // 2000}/tests/test_module_{at // 20}.py::TestThing::test_case_{at}",
                outcome="passed",
                duration=0.01,
            )
            for at in range(size.tests)
        ),
        verdict="pass",
    )


def write_history(root: Path, size: Size) -> None:
    """Write a history: the first run as any is written, the others as documents with other numbers."""
    history = HistoryDirectory(root)
    first = template(size)
    history.add(first)
    path = root / layout.run_path("0", 1, first.run.started)
    document = msgspec.json.decode(opened(path.read_bytes(), "template"), type=RunDocument)
    path.unlink()
    for made in documents(document, root, size):
        place = root / layout.run_path(made.run.run_id, 1, made.run.started)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(encode_document(made))


def documents(document: RunDocument, root: Path, size: Size) -> Iterator[RunDocument]:
    """Yield the runs of a history."""
    chance = random.Random(1)  # noqa: S311 - made-up data, no secret
    levels: dict[str, float] = {}
    flaky = frozenset(chance.sample(range(size.tests), k=max(1, size.tests // 500)))
    for number in range(size.runs):
        started = START + timedelta(hours=6 * number)
        pull = number % 10 == 9
        run = with_values(
            document.run,
            run_id=str(number),
            commit=f"{number:040x}",
            branch=f"topic-{number}" if pull else "main",
            event="pull_request" if pull else "push",
            pull_request=number if pull else None,
            started=f"{started:%Y-%m-%dT%H:%M:%SZ}",
            duration=round(chance.uniform(300, 600), 1),
        )
        tests, failed = outcomes(document.tests, chance, flaky, number)
        yield replace(
            document,
            run=run,
            metrics=numbers(document.metrics, root, chance, levels),
            tests=tests,
            verdict="fail" if failed else "pass",
        )


def numbers(
    table: Table[MetricColumns] | None, root: Path, chance: random.Random, levels: dict[str, float]
) -> Table[MetricColumns] | None:
    """Return the metrics of a run: each around a level that steps now and then."""
    if table is None:
        return None
    chunks = {}
    for identifier, part in table.chunks.items():
        names = chunk_names((root / layout.chunk_path(identifier)).read_bytes(), identifier)
        values = []
        for name, usual in zip(names, part.values, strict=True):
            level = levels.setdefault(name[0], usual)
            if chance.random() < 0.0002:
                levels[name[0]] = level = level * chance.choice((0.9, 1.1, 1.2))
            values.append(float(f"{level * (1 + chance.gauss(0, 0.01)):.6g}"))
        chunks[identifier] = replace(part, values=values)
    return replace(table, chunks=chunks)


def outcomes(
    table: Table[TestColumns] | None, chance: random.Random, flaky: frozenset[int], number: int
) -> tuple[Table[TestColumns] | None, int]:
    """Return the tests of a run, and how many failed: flaky ones at random, some others while they are broken."""
    if table is None:
        return None, 0
    size = sum(len(part.outcomes) for part in table.chunks.values())
    letters = bytearray(b"P" * size)
    broken = (at for at in range(7, size, 100) if (number + at) % 600 < 6)
    for at in (*broken, *(at for at in sorted(flaky) if chance.random() < 0.05)):
        letters[at] = ord("F")
    chunks, first = {}, 0
    for identifier in table.order:
        part = table.chunks[identifier]
        last = first + len(part.outcomes)
        shift = chance.randint(1, 9)
        durations = [shift + at % 13 for at in range(last - first)]
        chunks[identifier] = replace(part, outcomes=letters[first:last].decode("ascii"), durations=durations)
        first = last
    return replace(table, chunks=chunks), letters.count(b"F")


def measured(history: Path, target: Path) -> dict[str, object]:
    """Return how long a dashboard takes to write, and how large it is."""
    cpu, wall = time.process_time(), time.monotonic()
    asked = Asked(root=history.parent, settings=Settings(), environ={"PATH": os.environ.get("PATH", "")}, branch="main")
    built = build(HistoryDirectory(history), asked, target)
    largest = max((target / "data").iterdir(), key=lambda path: path.stat().st_size)
    return {
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "wall_seconds": round(time.monotonic() - wall, 1),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "page_bytes": built.page_bytes,
        "bytes": built.bytes,
        "files": built.files,
        "largest_document": largest.name.partition(".")[0],
        "largest_bytes": largest.stat().st_size,
    }


def digest(root: Path) -> str:
    """Return a hash of all files of a directory."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def table(result: Mapping[str, object]) -> str:
    """Return the figures as a Markdown table."""
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {name} | {value} |" for name, value in result.items())])


def main() -> int:
    """Return the exit code: 0 when the page is small enough and the same history gives the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5_000)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--benchmarks", type=int, default=500)
    parser.add_argument("--once", action="store_true", help="do not write it a second time to compare the bytes")
    parser.add_argument("--keep", type=Path, help="directory that keeps the history and the dashboard")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    size = Size(runs=options.runs, tests=options.tests, benchmarks=options.benchmarks)
    with tempfile.TemporaryDirectory() as directory:
        place = options.keep or Path(directory)
        history = place / ".ratchetry"
        if not history.exists():
            write_history(history, size)
        result: dict[str, object] = {"runs": size.runs, "tests": size.tests, "benchmarks": size.benchmarks}
        result |= measured(history, place / "dashboard")
        same = True
        if not options.once:
            measured(history, Path(directory) / "again")
            same = digest(place / "dashboard") == digest(Path(directory) / "again")
        result["same_bytes"] = same
    print(json.dumps(result, indent=2) if options.format == "json" else table(result))
    return 0 if same and int(str(result["page_bytes"])) <= PAGE else 1


if __name__ == "__main__":
    sys.exit(main())
