"""github-action-benchmark's data.js, or its external JSON file: suites of entries, one for each time it ran.

The format: https://github.com/benchmark-action/github-action-benchmark/blob/master/src/write.ts, extract.ts beside it.
A time becomes `benchmark.<name>` in seconds, and so does a rate of the tools that write rates of their turns; all else
becomes `imported.<suite>.<name>` in the unit it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Raw

from ratchetry.collect.benchmark.measurement import metric_names
from ratchetry.domain.record import Benchmark, StageResult
from ratchetry.errors import ReportError
from ratchetry.history.imports.action_values import Other, Time, value_in
from ratchetry.history.imports.entries import (
    About,
    Content,
    File,
    Found,
    LeftOut,
    check_text,
    commit_of,
    moment,
    moment_of_milliseconds,
    plain,
    read_json,
    repository_of,
    run_record,
    said,
    told,
    wrong,
)

NAME: Final = "github-action-benchmark"
FAMILY: Final = "imported"
MAX_BENCHES: Final = 10_000
"""Benchmarks of one entry."""
_STAGE: Final = "benchmark"
_HEAD: Final = re.compile(rb"\s*(?:(?:window\s*\.\s*)?BENCHMARK_DATA\s*=\s*)?")


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file, its entries not looked into yet."""

    entries: dict[str, list[Raw]]
    repo_url: str | None = msgspec.field(default=None, name="repoUrl")


class _Commit(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a commit; nothing of its authors."""

    id: str
    timestamp: object = None


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a suite measured."""

    commit: _Commit
    benches: list[Raw]
    tool: str = ""
    date: object = None


def read(file: File, about: About, suites: Sequence[str] = ()) -> Iterator[Found]:
    """Yield a run for each entry of a file, or of some of its suites; what of it was left out comes before it.

    Raises ReportError naming the file when it is none of github-action-benchmark, or a suite that is not in it.
    """
    document = _opened(file)
    unknown = [name for name in suites if name not in document.entries]
    if unknown:
        names = ", ".join(repr(plain(name)) for name in list(document.entries)[:10]) or "none"
        msg = f"{file.name}: there is no suite {unknown[0]!r}; there are {names}"
        raise ReportError(msg)
    chosen = {name: rows for name, rows in document.entries.items() if not suites or name in suites}
    known = told(about, repository=repository_of(document.repo_url))
    for suite, rows in chosen.items():
        # One suite needs no name before those of its benchmarks, which are then what they are called elsewhere.
        prefix = f"{plain(suite)}/" if len(chosen) > 1 else ""
        for at, row in enumerate(rows):
            yield from _run(f"{file.name}: entries.{plain(suite)}[{at}]", plain(suite), prefix, row, known)


def _opened(file: File) -> _File:
    """Return a file, its entries not looked into; raises ReportError when it is none."""
    check_text(file.data, file.name, "github-action-benchmark's data")
    data = file.data.removeprefix(b"\xef\xbb\xbf")
    head = _HEAD.match(data)
    body = data[head.end() if head else 0 :].rstrip().removesuffix(b";")
    try:
        return msgspec.json.decode(body, type=_File)
    except msgspec.ValidationError as error:
        msg = f"{file.name}: it is no file of github-action-benchmark: {wrong(error)}"
        raise ReportError(msg) from error
    except (msgspec.DecodeError, RecursionError):
        return _lenient(body, file.name)


def _lenient(body: bytes, origin: str) -> _File:
    """Return a file that holds NaN or infinity; raises ReportError when that is not what is wrong with it."""
    try:
        strict = json.dumps(read_json(body, origin, "github-action-benchmark's data")).encode()
        return msgspec.json.decode(strict, type=_File)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        msg = f"{origin}: it is no file of github-action-benchmark: {said(error)}"
        raise ReportError(msg) from error


def _run(where: str, suite: str, prefix: str, raw: Raw, about: About) -> Iterator[Found]:
    """Yield the run of an entry, after what of it was left out."""
    try:
        entry = msgspec.json.decode(raw, type=_Entry)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        yield LeftOut(where=where, reason=wrong(error))
        return
    when = moment_of_milliseconds(entry.date) or moment(entry.commit.timestamp)
    if when is None:
        yield LeftOut(where=where, reason="date, commit.timestamp: neither names a time")
        return
    values: dict[str, Time | Other] = {}
    for at, row in enumerate(entry.benches[:MAX_BENCHES]):
        found = value_in(row, entry.tool)
        if isinstance(found, str):
            yield LeftOut(where=f"{where}.benches[{at}]", reason=found)
        else:
            values[found.name] = found
    if len(entry.benches) > MAX_BENCHES:
        yield LeftOut(
            where=where, reason=f"benches: {len(entry.benches):,} are more than the {MAX_BENCHES:,} that are read"
        )
    if not values:
        yield LeftOut(where=where, reason="holds no value that can be taken")
        return
    known = told(about, commit=commit_of(entry.commit.id), started=when.text)
    yield run_record((NAME, suite, _canonical(raw)), known, _content(values, suite, prefix, entry.tool))


def _canonical(raw: Raw) -> str:
    """Return what an entry says, the same however its file is laid out."""
    try:
        return json.dumps(msgspec.json.decode(raw), sort_keys=True)
    except (ValueError, RecursionError):  # something in it that no run is made of
        return bytes(raw).decode()


def _content(values: Mapping[str, Time | Other], suite: str, prefix: str, tool: str) -> Content:
    """Return what an entry measured."""
    times = [value for value in values.values() if isinstance(value, Time)]
    others = [value for value in values.values() if isinstance(value, Other)]
    of_times = metric_names(f"{prefix}{value.name}" for value in times)
    of_others = metric_names((f"{suite}/{value.name}" for value in others), FAMILY)
    what = f"the values of {plain(tool)}" if tool else "values of an unnamed tool"
    reason = f"imported from github-action-benchmark: {what}; it does not say which benchmarks failed"
    return Content(
        stages={_STAGE: StageResult(status="not_measured", reason=reason)},
        metrics={
            **{of_times[f"{prefix}{value.name}"]: value.metric for value in times},
            **{of_others[f"{suite}/{value.name}"]: value.metric for value in others},
        },
        benchmarks=tuple(
            Benchmark(name=f"{prefix}{value.name}", rounds=(), statistics=value.statistics)
            for value in times
            if value.statistics
        ),
    )
