"""octocov's report.json, and what older versions of it wrote: coverage, its other figures and custom metrics.

The format: https://github.com/k1LoW/octocov/blob/main/report/report.go, and report/custom.go beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ratchetry.collect.benchmark.measurement import metric_names
from ratchetry.collect.stage import measured
from ratchetry.domain.globs import matches
from ratchetry.domain.record import Better, Metric, StageResult
from ratchetry.errors import ReportError
from ratchetry.history.imports.entries import (
    About,
    Content,
    File,
    Found,
    LeftOut,
    commit_of,
    moment,
    number,
    plain,
    read_json,
    repository_of,
    run_record,
    told,
    wrong,
)
from ratchetry.history.imports.units import direction

NAME: Final = "octocov"
FAMILY: Final = "imported"
_STAGE: Final = "test"
_MAX_METRICS: Final = 10_000
_HEADS: Final = "refs/heads/"
_NANOSECONDS: Final = 1e9
_REASON: Final = "imported from octocov, which keeps no tests"

Count = Annotated[int, Meta(ge=0)]


class _Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the code was executed."""

    total: Count
    covered: Count


class _Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of code and lines of tests."""

    code: Count
    test: Count


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """One custom metric."""

    key: str
    value: object = None
    unit: str = ""


class _Set(msgspec.Struct, frozen=True, kw_only=True):
    """Custom metrics of one kind."""

    key: str
    metrics: list[_Value]


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a report."""

    repository: str = ""
    ref: str = ""
    commit: str = ""
    coverage: _Coverage | None = None
    code_to_test_ratio: _Ratio | None = None
    test_execution_time: float | None = None
    custom_metrics: list[_Set] | None = None
    timestamp: str = ""


def read(file: File, about: About, better: Mapping[str, Better]) -> Iterator[Found]:
    """Yield the run of a report; `better` says by names or globs which custom metrics are better higher or lower.

    Raises ReportError naming the file, and the field where it can, when it is no report of octocov.
    """
    report = _decoded(file)
    when = moment(report.timestamp)
    if when is None:
        yield LeftOut(where=file.name, reason=f"timestamp: {plain(report.timestamp)!r} is no time")
        return
    metrics = dict(_figures(report))
    for found in _custom(report, better):
        if isinstance(found, LeftOut):
            yield LeftOut(where=f"{file.name}: {found.where}", reason=found.reason)
        else:
            metrics[found[0]] = found[1]
    if not metrics:
        yield LeftOut(where=file.name, reason="holds no figure that can be taken")
        return
    missing = {"tests": "octocov keeps none"}
    if "coverage.line" not in metrics:
        missing["coverage"] = "this report holds none"
    stage = StageResult(status="not_measured", reason=_REASON, unmeasured=missing)
    branch = report.ref.removeprefix(_HEADS) if report.ref.startswith(_HEADS) else ""
    known = told(
        about,
        repository=repository_of(report.repository),
        commit=commit_of(report.commit),
        branch=plain(branch),
        started=when.text,
    )
    content = Content(stages={_STAGE: stage}, metrics=metrics)
    yield run_record((NAME, hashlib.sha256(file.data).hexdigest()), known, content)


def _decoded(file: File) -> _Report:
    """Return a report; raises ReportError when it is none."""
    document = read_json(file.data, file.name, "octocov's report")
    if not isinstance(document, dict) or not {"coverage", "code_to_test_ratio", "custom_metrics"} & document.keys():
        msg = f"{file.name}: it is no report of octocov: it has no coverage, code_to_test_ratio or custom_metrics"
        raise ReportError(msg)
    if "Timestamp" in document:  # as it was called at first
        document = {"timestamp": document["Timestamp"], **document}
    try:
        return msgspec.convert(document, _Report)
    except msgspec.ValidationError as error:
        msg = f"{file.name}: {wrong(error)}"
        raise ReportError(msg) from error
    except RecursionError as error:
        msg = f"{file.name}: it is nested too deeply"
        raise ReportError(msg) from error


def _figures(report: _Report) -> Iterator[tuple[str, Metric]]:
    """Yield what octocov itself measured."""
    if report.coverage and report.coverage.total > 0:
        percent = 100 * min(report.coverage.covered / report.coverage.total, 1.0)
        yield measured("coverage.line", percent, _STAGE, n=report.coverage.total)
    if report.code_to_test_ratio and report.code_to_test_ratio.code:
        ratio = report.code_to_test_ratio.test / report.code_to_test_ratio.code
        yield f"{FAMILY}.octocov.code_to_test_ratio", Metric(value=ratio, unit="ratio", better="higher", stage=_STAGE)
    took = number(report.test_execution_time)
    if took is not None and took >= 0:
        name = f"{FAMILY}.octocov.test_execution_time"
        yield name, Metric(value=took / _NANOSECONDS, unit="seconds", better="lower", stage=_STAGE)


def _custom(report: _Report, better: Mapping[str, Better]) -> Iterator[tuple[str, Metric] | LeftOut]:
    """Yield the custom metrics, and those that cannot be taken: octocov does not say which numbers are better."""
    rows = {f"{one.key}/{row.key}": row for one in report.custom_metrics or () for row in one.metrics}
    names = metric_names(list(rows)[:_MAX_METRICS], FAMILY)
    for key, row in rows.items():
        where = f"custom_metrics.{plain(key)}"
        value = number(row.value)
        unit = plain(row.unit.strip())
        wish = next((way for glob, way in better.items() if matches(key, (glob,))), direction(unit))
        if key not in names:
            yield LeftOut(where=where, reason=f"one of more than {_MAX_METRICS:,} metrics")
        elif value is None:
            yield LeftOut(where=where, reason="its value is no finite number")
        elif wish is None:
            yield LeftOut(
                where=where, reason=f"whether more or less is better is not known; say --better '{key}=lower'"
            )
        else:
            yield names[key], Metric(value=value, unit=unit, better=wish, stage=_STAGE)
