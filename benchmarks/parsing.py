"""Measures how long the reports of a large suite take to parse: 20,000 tests in JUnit, 5,000 files in coverage.py's.

Each way of parsing runs in a process of its own, imports included, so that CPU seconds and peak memory are its alone.
The naive way is ElementTree's whole tree and json.loads, without a look at what they return.

    python benchmarks/parsing.py [--tests N] [--files N] [--repeat N] [--json FILE]

Ends with exit code 1 when ratchetry takes more than 1 s of CPU or 300 MB.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

MAX_SECONDS: Final = 1.0
MAX_MEGABYTES: Final = 300
WAYS: Final = ("ratchetry", "naive")
_CHILD: Final = {
    "ratchetry": """
from ratchetry.collect.test.coverage_report import read_coverage
from ratchetry.collect.test.junit_report import read_junit
tests = read_junit(junit.read_bytes(), files)
report = read_coverage(coverage.read_bytes())
found = (len(tests), report.totals.num_statements)
""",
    "naive": """
import json, xml.etree.ElementTree as ElementTree
root = ElementTree.fromstring(junit.read_bytes())
report = json.loads(coverage.read_bytes())
found = (len(root[0]), report["totals"]["num_statements"])
""",
}
_BEFORE: Final = """
import resource, sys, time
from pathlib import Path
junit, coverage = Path(sys.argv[1]), Path(sys.argv[2])
files = frozenset(f"tests/unit/test_module_{number}.py" for number in range(500))
before = time.process_time()
"""
_AFTER: Final = """
seconds = time.process_time() - before
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *found)
"""


def main() -> int:
    """Return the exit code: 0 when the bounds are kept."""
    options = _options()
    with tempfile.TemporaryDirectory() as directory:
        junit, coverage = Path(directory, "junit.xml"), Path(directory, "coverage.json")
        junit.write_text("".join(junit_lines(options.tests)), encoding="utf-8")
        coverage.write_text(coverage_text(options.files), encoding="utf-8")
        sizes = {path.name: path.stat().st_size for path in (junit, coverage)}
        rows = {way: [_measure(way, junit, coverage) for _ in range(options.repeat)] for way in WAYS}
    results = {
        way: {
            "cpu_seconds": statistics.median(seconds for seconds, _ in row),
            "peak_megabytes": max(megabytes for _, megabytes in row),
        }
        for way, row in rows.items()
    }
    ratio = results["ratchetry"]["cpu_seconds"] / results["naive"]["cpu_seconds"]
    document = {
        "tests": options.tests,
        "files": options.files,
        "bytes": sizes,
        "results": results,
        "cpu_ratio_to_naive": ratio,
        "bounds": {"cpu_seconds": MAX_SECONDS, "peak_megabytes": MAX_MEGABYTES},
    }
    print(_table(results, ratio))
    if options.json:
        Path(options.json).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    ours = results["ratchetry"]
    return int(ours["cpu_seconds"] > MAX_SECONDS or ours["peak_megabytes"] > MAX_MEGABYTES)


def junit_lines(tests: int) -> Iterator[str]:
    """Yield a JUnit report as pytest writes it: one test in 50 fails, one in 40 is skipped."""
    yield '<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest">'
    for number in range(tests):
        module = number % 500
        yield (
            f'<testcase classname="tests.unit.test_module_{module}.TestThing" name="test_case[{number}-value]" '
            f'file="tests/unit/test_module_{module}.py" line="{number % 300}" time="0.{number % 1000:03}"'
        )
        if number % 50 == 0:
            text = "\n".join(f"tests/unit/test_module_{module}.py:{row}: in helper_{row}" for row in range(20))
            message = quoteattr(f"AssertionError: assert {number} == 0")
            yield f"><failure message={message}>{text}\nE   AssertionError: assert {number} == 0</failure></testcase>"
        elif number % 40 == 0:
            yield '><skipped type="pytest.skip" message="not here">tests/unit/test.py:1: not here</skipped></testcase>'
        else:
            yield " />"
    yield "</testsuite></testsuites>"


def coverage_text(files: int) -> str:
    """Return a report of coverage.py in its format 3: files of 200 statements with 60 branches and 20 functions."""
    chance = random.Random(7)  # noqa: S311 - data to parse, no secret
    documents = {f"src/package/module_{number}.py": _file(chance) for number in range(files)}
    totals = _summary(statements=200 * files, covered=180 * files)
    return json.dumps(
        {
            "meta": {"format": 3, "version": "7.17.3", "branch_coverage": True, "show_contexts": False},
            "files": documents,
            "totals": totals,
        }
    )


def _file(chance: random.Random) -> dict[str, object]:
    """Return what the report says of one file."""
    missing = sorted(chance.sample(range(1, 400, 2), 20))
    executed = [line for line in range(1, 400, 2) if line not in set(missing)]
    region = {
        "executed_lines": executed[:9],
        "summary": _summary(statements=10, covered=9),
        "missing_lines": missing[:1],
        "excluded_lines": [],
        "start_line": 1,
        "executed_branches": [[1, 2], [1, 3]],
        "missing_branches": [[4, 5]],
    }
    return {
        "executed_lines": executed,
        "summary": _summary(statements=200, covered=180),
        "missing_lines": missing,
        "excluded_lines": [],
        "executed_branches": [[line, line + 2] for line in executed[:54]],
        "missing_branches": [[line, line + 2] for line in missing[:6]],
        "functions": {f"Class.function_{number}": region for number in range(20)},
        "classes": {"Class": region, "": region},
    }


def _summary(*, statements: int, covered: int) -> dict[str, object]:
    """Return a summary as coverage.py writes it."""
    return {
        "covered_lines": covered,
        "num_statements": statements,
        "percent_covered": 100 * covered / statements,
        "percent_covered_display": f"{100 * covered / statements:.0f}",
        "missing_lines": statements - covered,
        "excluded_lines": 0,
        "num_branches": 60,
        "num_partial_branches": 3,
        "covered_branches": 54,
        "missing_branches": 6,
    }


def _measure(way: str, junit: Path, coverage: Path) -> tuple[float, float]:
    """Return the CPU seconds and the peak megabytes of parsing both files in one way."""
    code = _BEFORE + _CHILD[way] + _AFTER
    done = subprocess.run(
        [sys.executable, "-c", code, str(junit), str(coverage)], check=True, capture_output=True, text=True
    )
    seconds, megabytes, *_ = done.stdout.split()
    return float(seconds), float(megabytes)


def _table(results: dict[str, dict[str, float]], ratio: float) -> str:
    """Return the results as a Markdown table."""
    rows = [f"| {way} | {row['cpu_seconds']:.3f} | {row['peak_megabytes']:.0f} |" for way, row in results.items()]
    return "\n".join(["| way | CPU s | peak MB |", "|---|---|---|", *rows, "", f"CPU, ratchetry to naive: {ratio:.2f}"])


def _options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each way; the median counts")
    parser.add_argument("--json", default="", help="file to write the figures to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
