"""`quality-thresholds.json`: the bounds of every metric, the waivers, and the history of the bounds' moves.

`coverage` and `score` stand at the top of the document and hold `coverage.line` and `score.total`; all other
metrics stand under `metrics`, where the six names of the score model may be written without their prefix.  A metric
with a `ratchet_increment` and no bound waits for the ratchet to seed one; `lint.findings[src/legacy/**]` is held to
what is found below those paths.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ratchetry.domain.catalog import CATALOG, Definition, definition
from ratchetry.domain.findings_by_path import PER_PATH
from ratchetry.domain.score_model import DEFAULT_METRICS
from ratchetry.domain.thresholds import (
    LONGEST_WAIVER,
    Move,
    Row,
    Threshold,
    Thresholds,
    Waiver,
    Wish,
    side_of,
    split_path,
)
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

NEWEST: Final = 1

_TOP_LEVEL: Final = {"coverage": "coverage.line", "score": "score.total"}

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Distance = Annotated[float, Meta(ge=0)]


class Bound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bound of one metric: a minimum or a maximum, and how the ratchet may move it."""

    minimum: float | UnsetType = UNSET
    maximum: float | UnsetType = UNSET
    target: float | UnsetType = UNSET
    ratchet_increment: Distance | UnsetType = UNSET
    tolerance: Distance | UnsetType = UNSET
    weight: Distance | UnsetType = UNSET


class WaiverRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A looser bound for a while: who decided so, why, since when and until when, both days included."""

    metric: str
    to: float
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    actor: Annotated[str, Meta(max_length=200)] = ""
    since: Day
    until: Day


class ThresholdsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document as it stands on disk."""

    version: Annotated[int, Meta(ge=1)] = NEWEST
    updated_at: str = ""
    coverage: Bound | UnsetType = UNSET
    score: Bound | UnsetType = UNSET
    metrics: Mapping[str, Bound] = field(default_factory=dict)
    waivers: tuple[WaiverRow, ...] | UnsetType = UNSET
    history: tuple[Move, ...] = ()


def loads(data: bytes, origin: str) -> Thresholds:
    """Return the thresholds of a JSON document, in the order of their metrics' names.

    Raises StateError naming file and field when a metric is unknown or named twice, has two bounds, or none and no
    `ratchet_increment`, when its bound does not match the direction in which the metric improves, or when a waiver
    is of no metric, lasts too long or makes no sense.
    """
    file = decode(data, ThresholdsFile, origin, newest=NEWEST)
    entries = [(name, name, bound) for name, bound in file.metrics.items()]
    entries += [(key, key, bound) for key in _TOP_LEVEL if not isinstance(bound := getattr(file, key), UnsetType)]
    found: dict[str, Row] = {}
    for key, name, bound in entries:
        field_name = key if key in _TOP_LEVEL and key not in file.metrics else f"metrics.{key}"
        threshold = _threshold(canonical(name), bound, f"{origin}: {field_name}")
        if threshold.metric in found:
            msg = f"{origin}: {field_name}: {threshold.metric} has a bound already"
            raise StateError(msg)
        found[threshold.metric] = threshold
    rows = [found[name] for name in sorted(found)]
    waivers = () if isinstance(file.waivers, UnsetType) else file.waivers
    return Thresholds(
        version=file.version,
        updated_at=file.updated_at,
        bounds=tuple(row for row in rows if isinstance(row, Threshold)),
        wishes=tuple(row for row in rows if isinstance(row, Wish)),
        waivers=tuple(_waiver(row, f"{origin}: waivers[{at}]") for at, row in enumerate(waivers)),
        history=file.history,
    )


def dumps(thresholds: Thresholds) -> bytes:
    """Return thresholds as JSON for people to read and for reviews to compare."""
    bounds = {row.metric: _bound(row) for row in thresholds.rows}
    file = ThresholdsFile(
        version=thresholds.version,
        updated_at=thresholds.updated_at,
        coverage=bounds.pop("coverage.line", UNSET),
        score=bounds.pop("score.total", UNSET),
        metrics=bounds,
        waivers=tuple(_waiver_row(waiver) for waiver in thresholds.waivers) or UNSET,
        history=thresholds.history,
    )
    return encode(file, indent=2)


def canonical(name: str) -> str:
    """Return the catalogued name of a metric that may be written short."""
    if name in DEFAULT_METRICS:
        return f"score.{name}"
    return _TOP_LEVEL.get(name, name)


def known_metric(metric: str, where: str) -> Definition:
    """Return the definition of a metric that can have a bound.

    Raises StateError, opening with `where`, for one that there is not, or of which nothing is known by path.
    """
    name, glob = split_path(metric)
    entry = definition(name)
    if entry is None or name.endswith("*"):
        near = difflib.get_close_matches(name, _names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `ratchetry explain` lists the metrics"
        msg = f"{where}: unknown metric{hint}"
        raise StateError(msg)
    if glob and name not in PER_PATH:
        msg = f"{where}: {name} is not known by path; bounds of paths can have {', '.join(PER_PATH)}"
        raise StateError(msg)
    return entry


def _threshold(metric: str, bound: Bound, where: str) -> Row:
    """Return the threshold of one metric; raises StateError, opening with `where`, when it makes no sense."""
    entry = known_metric(metric, where)
    side = side_of(entry.better)
    value, other = (bound.minimum, bound.maximum) if side == "minimum" else (bound.maximum, bound.minimum)
    waits = isinstance(value, UnsetType) and not isinstance(bound.ratchet_increment, UnsetType)
    if not isinstance(other, UnsetType) or (isinstance(value, UnsetType) and not waits):
        msg = f"{where}: needs a {side} and nothing else, since {metric} is better when {entry.better}"
        raise StateError(msg)
    numbers = (value, bound.target, bound.ratchet_increment, bound.tolerance, bound.weight)
    if any(not isinstance(number, UnsetType) and not math.isfinite(number) for number in numbers):
        msg = f"{where}: every number must be finite"
        raise StateError(msg)
    target, tolerance, weight = _known(bound.target), _known(bound.tolerance), _known(bound.weight)
    increment = _known(bound.ratchet_increment)
    if isinstance(value, UnsetType):
        if not increment:
            msg = f"{where}: ratchet_increment must be above 0 to seed the bound that is missing"
            raise StateError(msg)
        return Wish(metric=metric, kind=side, increment=increment, target=target, tolerance=tolerance, weight=weight)
    return Threshold(
        metric=metric,
        kind=side,
        bound=value,
        target=target,
        increment=increment,
        tolerance=tolerance,
        weight=weight,
    )


def _waiver(row: WaiverRow, where: str) -> Waiver:
    """Return a waiver; raises StateError, opening with `where`, when it makes no sense."""
    metric = canonical(row.metric)
    known_metric(metric, f"{where}: {row.metric}")
    try:
        since, until = date.fromisoformat(row.since), date.fromisoformat(row.until)
    except ValueError as error:
        msg = f"{where}: {error}"
        raise StateError(msg) from error
    if not timedelta() <= until - since <= timedelta(days=LONGEST_WAIVER):
        msg = f"{where}: from {row.since} until {row.until}: a waiver lasts at most {LONGEST_WAIVER} days"
        raise StateError(msg)
    if not math.isfinite(row.to) or not row.reason.strip():
        msg = f"{where}: needs a finite number and a reason"
        raise StateError(msg)
    return Waiver(metric=metric, to=row.to, reason=row.reason, actor=row.actor, since=row.since, until=row.until)


def _waiver_row(waiver: Waiver) -> WaiverRow:
    """Return a waiver the way it stands on disk."""
    return WaiverRow(
        metric=waiver.metric,
        to=written(waiver.to),
        reason=waiver.reason,
        actor=waiver.actor,
        since=waiver.since,
        until=waiver.until,
    )


def _bound(row: Row) -> Bound:
    """Return a threshold the way it stands on disk."""
    bound = written(row.bound) if isinstance(row, Threshold) else UNSET
    return Bound(
        minimum=bound if row.kind == "minimum" else UNSET,
        maximum=bound if row.kind == "maximum" else UNSET,
        target=_written(row.target),
        ratchet_increment=_written(row.increment),
        tolerance=_written(row.tolerance),
        weight=_written(row.weight),
    )


def _known(value: float | UnsetType) -> float | None:
    """Return None for what a document leaves out."""
    return None if isinstance(value, UnsetType) else value


def _written(value: float | None) -> float | UnsetType:
    """Return the number as people write it; leave out what is not known."""
    return UNSET if value is None else written(value)


def written(value: float) -> float:
    """Return a number as people write it, whole ones without a fraction."""
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _names() -> Iterable[str]:
    """Return every name that a bound may have."""
    return (entry.name for entry in CATALOG if not entry.name.endswith("*"))
