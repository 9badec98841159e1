"""pytest-benchmark's JSON report, and the end of what it prints, as values.

The format: https://pytest-benchmark.readthedocs.io/en/stable/usage.html#commandline-options (`--benchmark-json`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from ratchetry.domain.record import Benchmark, Finding
from ratchetry.errors import ReportError

_TOOL: Final = "pytest-benchmark"
_SIZE_LIMIT: Final = 512 * 1024 * 1024
_NAME_LIMIT: Final = 4096
_SUMMARY: Final = re.compile(r"^(FAILED|ERROR) (\S.*?)(?: - (.*))?$", re.MULTILINE)
_ERROR: Final = re.compile(r"^E {2,}(\S.*)$", re.MULTILINE)
_FINDINGS: Final = 1000
_LEFT_OUT: Final = re.compile(
    r"^SKIPPED \[(\d+)\] .*: Skipping non-benchmark \(--benchmark-only active\)\.$", re.MULTILINE
)
_ALL_SKIPPED: Final = re.compile(r"^(?:=+ )?(\d+) skipped(?:, \d+ warnings?)? in ", re.MULTILINE)


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark of the document; `stats` holds the raw rounds under "data"."""

    fullname: str
    stats: dict[str, object]


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of the document."""

    benchmarks: list[_Entry]
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkReport:
    """The benchmarks of one run, by name, each with every round, and the version of the plugin."""

    version: str
    benchmarks: tuple[Benchmark, ...]


def parse(data: bytes) -> BenchmarkReport:
    """Return the benchmarks of a report; of several under one name (reruns) the last counts.

    Raises ReportError when the report is empty, too large, not of the expected shape, or holds a benchmark without
    rounds.
    """
    if not data.strip():
        msg = f"{_TOOL}: the report is empty: none of the benchmarks ran to its end"
        raise ReportError(msg)
    document = _document(data)
    if not document.benchmarks:
        msg = f"{_TOOL}: the report holds no benchmark"
        raise ReportError(msg)
    by_name = {entry.fullname: _benchmark(entry) for entry in document.benchmarks}
    return BenchmarkReport(version=document.version[:100], benchmarks=tuple(by_name[name] for name in sorted(by_name)))


def found_none(stdout: bytes) -> bool:
    """Tell whether the plugin left out every test because none takes its fixture, read from the same summary."""
    _, title, summary = stdout.decode("utf-8", "replace").rpartition("short test summary info")
    total = _ALL_SKIPPED.search(summary) if title else None
    return total is not None and int(total[1]) == sum(int(count) for count in _LEFT_OUT.findall(summary))


def failures(stdout: bytes) -> tuple[Finding, ...]:
    """Return the benchmarks that failed, read from the short summary (`-rfEs`) at the end of pytest's output."""
    _, title, summary = stdout.decode("utf-8", "replace").rpartition("short test summary info")
    found = [
        Finding(
            tool=_TOOL,
            rule="benchmark-failed" if outcome == "FAILED" else "benchmark-error",
            severity="high",
            path=test.partition("::")[0][:_NAME_LIMIT],
            message=f"{test}: {why or 'no reason given'}"[:_NAME_LIMIT],
        )
        for outcome, test, why in _SUMMARY.findall(summary if title else "")
    ]
    return tuple(found[:_FINDINGS])


def first_error(stdout: bytes) -> str:
    """Return the first line that pytest marks as an error, or that there is none."""
    found = _ERROR.search(stdout.decode("utf-8", "replace"))
    return found[1][:300] if found else "no reason given"


def _document(data: bytes) -> _Document:
    """Return the validated document; raises ReportError for everything that is none."""
    if len(data) > _SIZE_LIMIT:
        msg = f"{_TOOL}: the report has {len(data)} bytes, more than the {_SIZE_LIMIT} that are read"
        raise ReportError(msg)
    try:
        # what a user put into extra_info may be NaN, which the writer lets through and strict readers refuse
        content: object = json.loads(data, parse_constant=lambda _: None)
        return msgspec.convert(content, _Document)
    except (ValueError, RecursionError) as error:
        msg = f"{_TOOL}: the report cannot be read: {str(error)[:300]}"
        raise ReportError(msg) from error


def _benchmark(entry: _Entry) -> Benchmark:
    """Return one benchmark; raises ReportError when its name or its rounds make no sense."""
    name = entry.fullname
    if not 0 < len(name) <= _NAME_LIMIT:
        msg = f"{_TOOL}: a benchmark's name has {len(name)} characters: {name[:80]!r}"
        raise ReportError(msg)
    rounds = _rounds(entry.stats.get("data"), name)
    return Benchmark(name=name, rounds=rounds, statistics={**_numbers(entry.stats), "rounds_measured": len(rounds)})


def _rounds(values: object, name: str) -> tuple[float, ...]:
    """Return raw rounds in seconds; raises ReportError naming the benchmark when there are none or one is no time."""
    if not isinstance(values, list) or not values:
        msg = f"{_TOOL}: {name[:300]}: the report holds no raw rounds (stats.data)"
        raise ReportError(msg)
    rounds = tuple(_number(value) for value in values)
    if any(value is None or value < 0 for value in rounds):
        msg = f"{_TOOL}: {name[:300]}: a round is no duration: stats.data must hold finite numbers from 0"
        raise ReportError(msg)
    return tuple(value for value in rounds if value is not None)


def _numbers(stats: Mapping[str, object]) -> dict[str, float]:
    """Return the statistics of the tool that are finite numbers."""
    numbers = ((key[:100], _number(value)) for key, value in sorted(stats.items()))
    return {key: value for key, value in numbers if value is not None}


def _number(value: object) -> float | None:
    """Return a finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
