"""What each stage measured, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ratchetry.domain.record import RunRecord
from ratchetry.report.text import plural
from ratchetry.report.view import shown

_Facts = tuple[str, ...]


def headline(record: RunRecord, stage: str) -> str:
    """Return what a stage measured, in a few words."""
    facts = _HEADLINES[stage](record) if stage in _HEADLINES else (_number_of(record, stage, "metric"),)
    return ", ".join(fact for fact in facts if fact)


def _counted(record: RunRecord, name: str, noun: str, nouns: str = "") -> str:
    """Return a metric that counts, with its noun; nothing if it was not measured."""
    metric = record.metrics.get(name)
    return plural(metric.value, noun, nouns) if metric else ""


def _added(record: RunRecord, family: str, noun: str, nouns: str = "") -> str:
    """Return the sum of a family of metrics that count, with its noun; nothing if none was measured."""
    rows = [metric.value for name, metric in record.metrics.items() if name.startswith(f"{family}.")]
    return plural(sum(rows), noun, nouns) if rows else ""


def _number_of(record: RunRecord, stage: str, noun: str, *, but: str = "") -> str:
    """Return how many metrics a stage measured, one of them not counted; nothing if none."""
    names = [name for name, metric in record.metrics.items() if metric.stage == stage and name != but]
    return plural(len(names), noun) if names else ""


def _validate(record: RunRecord) -> _Facts:
    """Return what the validate stage measured."""
    return (_counted(record, "validate.errors", "error"), _counted(record, "validate.warnings", "warning"))


def _quality(record: RunRecord) -> _Facts:
    """Return what the quality stage measured."""
    return (
        _counted(record, "lint.findings", "lint finding"),
        _counted(record, "types.errors", "type error"),
        _counted(record, "format.files", "file to format", "files to format"),
    )


def _test(record: RunRecord) -> _Facts:
    """Return what the test stage measured."""
    covered = shown(record, "coverage.line")
    flaky = record.metrics.get("tests.flaky")
    return (
        _counted(record, "tests.total", "test"),
        _counted(record, "tests.failed", "failed", "failed"),
        _counted(record, "tests.flaky", "flaky", "flaky") if flaky and flaky.value else "",
        f"{covered} of lines covered" if covered else "",
    )


def _security(record: RunRecord) -> _Facts:
    """Return what the security stage measured."""
    return (
        _added(record, "security.vulnerabilities", "vulnerability", "vulnerabilities"),
        _counted(record, "security.unaudited", "unaudited dependency", "unaudited dependencies"),
        _added(record, "security.bandit", "bandit finding"),
        _counted(record, "security.secrets", "secret"),
        _counted(record, "sbom.components", "SBOM component"),
    )


def _benchmark(record: RunRecord) -> _Facts:
    """Return what the benchmark stage measured."""
    return (_number_of(record, "benchmark", "benchmark"),)


def _score(record: RunRecord) -> _Facts:
    """Return what the score stage measured."""
    total = shown(record, "score.total")
    parts = _number_of(record, "score", "metric", but="score.total")
    return (f"{total} from {parts or 'no metrics'}" if total else "",)


_HEADLINES: Final[Mapping[str, Callable[[RunRecord], _Facts]]] = {
    "validate": _validate,
    "quality": _quality,
    "test": _test,
    "security": _security,
    "benchmark": _benchmark,
    "score": _score,
}
