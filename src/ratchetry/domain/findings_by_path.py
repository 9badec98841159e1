"""Metrics that count findings, by the paths of these: for bounds on some paths alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ratchetry.domain.globs import matches
from ratchetry.domain.record import Finding, Metric
from ratchetry.domain.thresholds import split_path

_UNFORMATTED: Final = "unformatted"
_COUNTED: Final[Mapping[str, Callable[[Finding], bool]]] = {
    "lint.findings": lambda row: row.tool == "ruff" and row.rule != _UNFORMATTED and row.severity != "info",
    "format.files": lambda row: row.tool == "ruff" and row.rule == _UNFORMATTED,
    "types.errors": lambda row: row.tool == "mypy",
    "security.bandit.high": lambda row: row.tool == "bandit" and row.severity == "high",
    "security.bandit.medium": lambda row: row.tool == "bandit" and row.severity == "medium",
    "security.bandit.low": lambda row: row.tool == "bandit" and row.severity == "low",
    "security.secrets": lambda row: row.tool == "detect-secrets",
}
"""Which findings each metric counts."""

PER_PATH: Final = tuple(_COUNTED)
"""The metrics that are known by path."""


def count_below(metric: str, metrics: Mapping[str, Metric], findings: Iterable[Finding]) -> Metric | str:
    """Return a metric such as `lint.findings[src/legacy/**]` from the findings of a run, or why it is not known.

    A record may hold fewer findings than were found, and a history may have dropped them: then nothing can be said
    of any path.
    """
    name, glob = split_path(metric)
    whole = metrics.get(name)
    if whole is None:
        return f"{name} was not measured"
    counted = [row for row in findings if _COUNTED[name](row)]
    if len(counted) != whole.value:
        return f"only {len(counted)} of the {whole.value:g} findings behind {name} are in the record"
    value = float(sum(matches(row.path, (glob,)) for row in counted))
    return Metric(value=value, unit=whole.unit, better=whole.better, stage=whole.stage, n=whole.n)
