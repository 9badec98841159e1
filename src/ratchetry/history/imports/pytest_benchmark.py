"""What pytest-benchmark has stored below .benchmarks: every run with its commit and machine, often without its rounds.

The format: https://pytest-benchmark.readthedocs.io/en/stable/usage.html#commandline-options (`--benchmark-autosave`,
`--benchmark-save-data`, without which only statistics are stored).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import msgspec

from ratchetry.collect.benchmark.measurement import metric_names, metrics_of, thinned
from ratchetry.collect.stage import measured
from ratchetry.domain.record import Benchmark, Metric, Runner, StageResult
from ratchetry.errors import ReportError
from ratchetry.history.imports.entries import (
    About,
    Content,
    File,
    Found,
    LeftOut,
    commit_of,
    count,
    moment,
    number,
    plain,
    read_json,
    run_record,
    told,
    wrong,
)

NAME: Final = "pytest-benchmark"
_STAGE: Final = "benchmark"
_MAX_BENCHMARKS: Final = 100_000
_MAX_STATISTICS: Final = 100
_NO_BRANCH: Final = frozenset({"(unknown)", "(detached head)", "(unversioned)"})
_REASON: Final = "imported from pytest-benchmark's storage, which does not say which benchmarks failed"


class _Commit(msgspec.Struct, frozen=True, kw_only=True):
    """The commit that was checked out."""

    id: object = ""
    branch: object = ""
    dirty: object = False


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a stored run."""

    benchmarks: list[dict[str, object]]
    commit_info: _Commit = _Commit()
    machine_info: dict[str, object] = {}
    datetime: object = ""
    version: object = ""


def read(file: File, about: About) -> Iterator[Found]:
    """Yield the stored run of a file, and before it each of its benchmarks that was left out.

    Raises ReportError naming the file, and the field where it can, when it is none that pytest-benchmark has stored.
    """
    document = _decoded(file)
    when = moment(document.datetime)
    if when is None:
        yield LeftOut(where=file.name, reason="datetime: it names no time")
        return
    benchmarks: dict[str, Benchmark] = {}
    for at, entry in enumerate(document.benchmarks[:_MAX_BENCHMARKS]):
        found = _benchmark(entry)
        if isinstance(found, Benchmark):
            benchmarks[found.name] = found
        else:
            yield LeftOut(where=f"{file.name}: benchmarks[{at}]", reason=found)
    metrics = _metrics(benchmarks)
    if not metrics:
        yield LeftOut(where=file.name, reason="holds no benchmark with rounds or a median")
        return
    content = Content(
        stages={_STAGE: StageResult(status="not_measured", reason=_REASON, tools=_tools(document))},
        metrics=metrics,
        benchmarks=tuple(thinned(row) for row in benchmarks.values()),
    )
    branch = plain(document.commit_info.branch)
    known = told(
        about,
        commit=commit_of(document.commit_info.id),
        branch="" if branch in _NO_BRANCH else branch,
        started=when.text,
    )
    known = replace(known, dirty=document.commit_info.dirty is True)
    yield run_record((NAME, hashlib.sha256(file.data).hexdigest()), known, content, _machine(document.machine_info))


def _decoded(file: File) -> _Document:
    """Return a stored run; raises ReportError when it is none."""
    content = read_json(file.data, file.name, "a run that pytest-benchmark has stored")
    try:
        return msgspec.convert(content, _Document)
    except msgspec.ValidationError as error:
        msg = f"{file.name}: it is no run that pytest-benchmark has stored: {wrong(error)}"
        raise ReportError(msg) from error
    except RecursionError as error:
        msg = f"{file.name}: it is nested too deeply"
        raise ReportError(msg) from error


def _benchmark(entry: Mapping[str, object]) -> Benchmark | str:
    """Return one benchmark, without rounds where they were not stored, or why it makes none."""
    name, stats = plain(entry.get("fullname")), entry.get("stats")
    if not name or not isinstance(stats, dict):
        return "fullname, stats: it has no name or no statistics"
    data = stats.get("data")
    values = data if isinstance(data, list) else []
    rounds = tuple(value for item in values if (value := number(item)) is not None and value >= 0)
    if len(rounds) != len(values):
        return f"{name}: stats.data: a round is no duration"
    items = ((plain(key), number(value)) for key, value in list(stats.items())[:_MAX_STATISTICS] if key != "data")
    statistics = {key: value for key, value in items if value is not None}
    measured_rounds = len(rounds) or count(stats.get("rounds"))
    if measured_rounds:
        statistics["rounds_measured"] = measured_rounds
    if not rounds and statistics.get("median", -1.0) < 0:
        return f"{name}: stats: it has neither rounds nor a median"
    return Benchmark(name=name, rounds=rounds, statistics=statistics)


def _metrics(benchmarks: Mapping[str, Benchmark]) -> dict[str, Metric]:
    """Return the medians, of the rounds where these were stored, otherwise those that pytest-benchmark computed."""
    if all(row.rounds for row in benchmarks.values()):
        return metrics_of(benchmarks.values())
    names = metric_names(benchmarks)
    return dict(_stored(names[name], row) for name, row in benchmarks.items())


def _stored(name: str, row: Benchmark) -> tuple[str, Metric]:
    """Return the metric of a benchmark that has a median of its own, or rounds to take it of."""
    if row.rounds:
        ((_, metric),) = metrics_of([row]).items()
        return name, metric
    spread = row.statistics.get("iqr")
    rounds = int(row.statistics.get("rounds_measured", 1))
    return measured(name, row.statistics["median"], _STAGE, n=rounds, spread=spread if spread and spread > 0 else None)


def _machine(info: Mapping[str, object]) -> Runner:
    """Return the machine that a run names; what it does not say is empty."""
    found = info.get("cpu")
    cpu: Mapping[str, object] = found if isinstance(found, dict) else {}
    model = plain(cpu.get("brand_raw")) or plain(cpu.get("brand"))
    system = " ".join(filter(None, (plain(info.get("system")), plain(info.get("release")))))
    machine = plain(info.get("machine"))
    return Runner(
        os=f"{system} ({machine})" if system and machine else system or machine,
        cpu_model=model,
        cores=count(cpu.get("count")),
        python=plain(info.get("python_version")),
    )


def _tools(document: _Document) -> dict[str, str]:
    """Return the version of the plugin, where the file tells it."""
    version = plain(document.version)
    return {NAME: version} if version else {}
