"""What metrics are called outside of ratchetry, where a name has one unit and other things are attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.catalog import CATALOG, Definition, definition
from ratchetry.domain.record import Metric, RunRecord

NAMESPACE: Final = "ratchetry"
RENAMED: Final[Mapping[str, str]] = {"tests.total": "tests.collected", "score.total": "score.overall"}
"""Metrics whose own names end like those of counters."""
FAMILIES: Final[Mapping[str, tuple[str, str]]] = {
    "benchmark.*": ("benchmark.median", "benchmark"),
    "score.*": ("score.metric", "score_metric"),
    "ci.duration.*": ("ci.stage.duration", "stage"),
}
"""For families of metrics one name for all of them, and the attribute that says which one it is."""
OTHER: Final = "uncataloged"
"""The name of all metrics that are in no catalog; the attributes `name` and `unit` say what they are."""
_FAMILY: Final = ".*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A metric as others see it: seconds, a ratio, or a number without a unit."""

    name: str
    unit: str
    what: str
    value: float
    attributes: Mapping[str, str]


def exported(record: RunRecord) -> Iterator[Exported]:
    """Yield the metrics of a run, in the order of their own names; what was not measured is not among them."""
    for name, metric in sorted(record.metrics.items()):
        entry = definition(name)
        yield _other(name, metric) if entry is None or entry.unit != metric.unit else _known(name, metric, entry)


def exported_name(entry: Definition) -> tuple[str, str, str]:
    """Return the name and the unit of a metric of the catalog outside, and its attribute or nothing."""
    name, attribute = FAMILIES.get(entry.name, (RENAMED.get(entry.name, entry.name), ""))
    return name, _unit(entry.unit), attribute


def catalog_names() -> tuple[tuple[str, str, str, str], ...]:
    """Return each metric of the catalog with its name, its unit and its attribute outside."""
    return tuple((entry.name, *exported_name(entry)) for entry in CATALOG)


def _known(name: str, metric: Metric, entry: Definition) -> Exported:
    """Return a metric of the catalog."""
    outside, unit, attribute = exported_name(entry)
    rest = name.removeprefix(entry.name.removesuffix("*"))
    return Exported(
        name=outside,
        unit=unit,
        what=entry.what,
        value=round(metric.value / 100, 12) if metric.unit == "percent" else metric.value,
        attributes={attribute: rest} if attribute else {},
    )


def _other(name: str, metric: Metric) -> Exported:
    """Return a metric of no catalog, its value as it is."""
    return Exported(
        name=OTHER,
        unit="",
        what="A metric that this ratchetry does not know.",
        value=metric.value,
        attributes={"name": name, "unit": metric.unit},
    )


def _unit(unit: str) -> str:
    """Return seconds, ratio, or nothing for what is counted."""
    return {"seconds": "seconds", "ratio": "ratio", "percent": "ratio"}.get(unit, "")
