"""Series as files hold them: a JSON list of one series, or JSON Lines with one series a line.

A series is a list of points, or an object with "points" and, if wanted, "name", "unit" and "better".  A point is a
number, null for a value that is missing, or an object with "value" and, if wanted, "time", "commit", "run", "machine".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from ratchetry.domain.record import Better
from ratchetry.domain.series import Point, Series
from ratchetry.errors import UsageError

LINE_LIMIT: Final = 64_000_000
"""Bytes of one series."""
POINT_LIMIT: Final = 1_000_000
"""Points of one series."""
_TEXTS: Final = ("commit", "run", "machine")
_BETTER: Final[Mapping[object, Better | None]] = {None: None, "lower": "lower", "higher": "higher"}


def read_series(lines: Iterable[bytes], origin: str) -> Iterator[Series]:
    """Yield the series in the lines of a file, each as soon as its line is there.

    What is no JSON up to the end of its first line is read whole, as one document.
    Raises UsageError naming the line and the field that is wrong.
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    first = next(numbered, None)
    if first is None:
        msg = f"{origin}: is empty; a series is a JSON list of numbers"
        raise UsageError(msg)
    number, line = first
    try:
        document = _decoded(line, f"{origin}, line {number}")
    except UsageError as error:
        rest = b"".join([line, *_bounded(numbered, origin)])
        if rest == line:
            raise
        yield _series(_decoded(rest, origin, error), origin)
        return
    yield _series(document, f"{origin}, line {number}")
    for number, line in numbered:
        place = f"{origin}, line {number}"
        yield _series(_decoded(line, place), place)


def _bounded(numbered: Iterable[tuple[int, bytes]], origin: str) -> Iterator[bytes]:
    """Yield lines until they come to more than a series may have; raises UsageError then."""
    size = 0
    for _, line in numbered:
        size += len(line)
        if size > LINE_LIMIT:
            msg = f"{origin}: larger than {LINE_LIMIT} bytes; give one series a line (JSON Lines)"
            raise UsageError(msg)
        yield line


def _decoded(data: bytes, place: str, before: UsageError | None = None) -> object:
    """Return what JSON says, NaN and infinities included; raises UsageError where it is none."""
    if len(data) > LINE_LIMIT:
        msg = f"{place}: larger than {LINE_LIMIT} bytes"
        raise UsageError(msg)
    try:
        document: object = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        try:
            document = json.loads(data)  # knows NaN and Infinity, which many programs write
        except (ValueError, RecursionError) as error:
            what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            msg = str(before) if before else f"{place}: not valid JSON: {what}"
            raise UsageError(msg) from error
    return document


def _series(document: object, place: str) -> Series:
    """Return the series that a document is; raises UsageError naming the field that is wrong."""
    match document:
        case list():
            return Series(points=_points(document, place))
        case {"points": list() as points, **fields}:
            better = fields.get("better")
            if better not in _BETTER:
                msg = f'{place}: better: must be "lower" or "higher", not {_shown(better)}'
                raise UsageError(msg)
            name, unit = (_text(fields, field, place) for field in ("name", "unit"))
            return Series(name=name, unit=unit, better=_BETTER[better], points=_points(points, f"{place}: points"))
        case _:
            msg = f'{place}: must be a list of points or an object with a list "points", not {_shown(document)}'
            raise UsageError(msg)


def _points(items: list[object], place: str) -> tuple[Point, ...]:
    """Return the points of a list."""
    if len(items) > POINT_LIMIT:
        msg = f"{place}: has {len(items)} points, more than {POINT_LIMIT}"
        raise UsageError(msg)
    return tuple(_point(item, at, place) for at, item in enumerate(items))


def _point(item: object, at: int, place: str) -> Point:
    """Return the point that an item of a list is."""
    if type(item) is float:
        return Point(value=item)
    if not isinstance(item, dict):
        return Point(value=_number(item, f"{place}: [{at}]"))
    where = f"{place}: [{at}]"
    if "value" not in item:
        msg = f"{where}: has no value"
        raise UsageError(msg)
    commit, run, machine = (_text(item, field, where) for field in _TEXTS)
    value = _number(item["value"], f"{where}.value")
    return Point(value=value, time=_time(item.get("time"), where), commit=commit, run=run, machine=machine)


def _number(value: object, where: str) -> float:
    """Return a number as a float, NaN for null."""
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{where}: must be a number, null, or an object with a value, not {_shown(value)}"
        raise UsageError(msg)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _text(item: Mapping[object, object], field: str, where: str) -> str:
    """Return a text of an object, empty without one."""
    value = item.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        msg = f"{where}.{field}: must be a text, not {_shown(value)}"
        raise UsageError(msg)
    return value


def _time(value: object, where: str) -> str:
    """Return a time, given in ISO 8601 or in seconds since 1970, in UTC."""
    try:
        match value:
            case None:
                return ""
            case bool():
                pass
            case int() | float():
                return _utc(datetime.fromtimestamp(value, UTC))
            case str():
                moment = datetime.fromisoformat(value)
                return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        pass
    msg = f"{where}.time: must be a time in ISO 8601 or seconds since 1970, not {_shown(value)}"
    raise UsageError(msg)


def _utc(moment: datetime) -> str:
    """Return a moment in UTC; such texts sort like their moments."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _shown(value: object) -> str:
    """Return the beginning of what was given instead."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
