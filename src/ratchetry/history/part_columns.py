"""Columns of a run in a compacted month, picked from the part without restoring the run's document."""

from __future__ import annotations

from functools import partial

import msgspec

from ratchetry.domain.record import Change, Failure, RunInfo, StageResult, Verdict
from ratchetry.errors import StateError
from ratchetry.history.columns import MetricPart, RunColumns, TestPart, failed_gates
from ratchetry.history.document import MetricColumns
from ratchetry.history.numbers import Places, unscaled
from ratchetry.history.transpose import Node, descend, pick


def columns_in(node: Node, at: int, origin: str) -> RunColumns | None:
    """Return one run of a part as columns, None for a whole run record, which has none.

    Raises StateError naming the file when it cannot be read.
    """
    if descend(node, at, "schema_version") is not None:
        return None
    try:
        return _columns(node, at, origin)
    except (ValueError, LookupError, TypeError) as error:
        msg = f"{origin}: document {at}: {error}"
        raise StateError(msg) from error


def _columns(node: Node, at: int, origin: str) -> RunColumns:
    """Return one run of a part as columns; raises ValueError, LookupError or TypeError for what is none."""
    change = msgspec.convert(_value(node, at, "change", {}), Change)
    stages = msgspec.convert(_value(node, at, "stages", {}), dict[str, StageResult])
    return RunColumns(
        run=msgspec.convert(_value(node, at, "run"), RunInfo),
        verdict=msgspec.convert(_value(node, at, "verdict"), Verdict),
        metrics=tuple(_metrics(name, *place) for name, place in _parts(node, at, "metrics")),
        tests=tuple(_tests(name, *place, origin) for name, place in _parts(node, at, "tests")),
        changed=tuple(file.path for file in change.files),
        failures=msgspec.convert(_value(node, at, "failures", []), tuple[Failure, ...]),
        reused=tuple(sorted(name for name, stage in stages.items() if stage.cached)),
        trailers=change.trailers,
        unkept=_unkept(node, at),
        pruned=bool(_value(node, at, "pruned", "")),
    )


def _unkept(node: Node, at: int) -> tuple[str, ...]:
    """Return what the gates of a run that failed are about."""
    place = descend(node, at, "gates")
    if place is None:
        return ()
    return failed_gates(
        msgspec.convert(_value(*place, "metrics", []), list[str]),
        msgspec.convert(_value(*place, "verdicts", ""), str),
    )


def _parts(node: Node, at: int, table: str) -> list[tuple[str, tuple[Node, int]]]:
    """Return the parts of a table, each with the name of its chunk, in their order; none of a table without rows."""
    place = descend(node, at, table)
    if place is None:
        return []
    order = msgspec.convert(_value(*place, "order"), list[str])
    chunks = _place(*place, "chunks")
    return [(name, _place(*chunks, name)) for name in order]


def _metrics(name: str, node: Node, at: int) -> MetricPart:
    """Return the metrics under the names of one chunk."""
    part = msgspec.convert(pick(node, at), MetricColumns)
    return MetricPart(chunk=name, values=part.values, n=part.n, spread=part.spread)


def _tests(name: str, node: Node, at: int, origin: str) -> TestPart:
    """Return the tests under the names of one chunk."""
    digits = msgspec.convert(_value(node, at, "digits", 3), Places)
    return TestPart(
        chunk=name,
        outcomes=msgspec.convert(_value(node, at, "outcomes"), str),
        seconds=partial(_seconds, *_place(node, at, "durations"), digits, origin),
        repeats=msgspec.convert(_value(node, at, "repeats", {}), dict[str, int]),
        signatures=msgspec.convert(_value(node, at, "signatures", {}), dict[str, list[int]]),
    )


def _seconds(node: Node, at: int, digits: Places, origin: str) -> list[float]:
    """Return durations in seconds; raises StateError naming the file when they are none."""
    try:
        return unscaled(digits, msgspec.convert(pick(node, at), list[float]))
    except (ValueError, LookupError, TypeError) as error:
        msg = f"{origin}: durations: {error}"
        raise StateError(msg) from error


def _value(node: Node, at: int, name: str, default: object = None) -> object:
    """Return the value of a field, the default when there is none."""
    place = descend(node, at, name)
    return default if place is None else pick(*place)


def _place(node: Node, at: int, name: str) -> tuple[Node, int]:
    """Return where a field stands; raises KeyError when there is none."""
    place = descend(node, at, name)
    if place is None:
        raise KeyError(name)
    return place
