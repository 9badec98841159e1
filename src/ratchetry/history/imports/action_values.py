"""One value of github-action-benchmark: a time, or any other number with its unit and direction.

What the tools' values are: https://github.com/benchmark-action/github-action-benchmark/blob/master/src/extract.ts
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec
from msgspec import Raw

from ratchetry.collect.stage import measured
from ratchetry.domain.record import Better, Metric
from ratchetry.history.imports.entries import count, number, plain, wrong
from ratchetry.history.imports.units import direction, seconds, seconds_of_rate

_STAGE: Final = "benchmark"
_PYTEST: Final = "pytest"
_RATES: Final = frozenset({_PYTEST, "benchmarkjs"})
"""Tools whose value is the reciprocal of the mean time."""
_HIGHER: Final = frozenset({*_RATES, "customBiggerIsBetter"})
_SMALLER: Final = "customSmallerIsBetter"
_LOWER: Final = frozenset({"cargo", "go", "googlecpp", "catch2", "julia", "benchmarkdotnet", "benchmarkluau"})
_ROUNDS: Final = re.compile(r"^rounds: (\d{1,12})$", re.MULTILINE)
_DEVIATION: Final = re.compile(r"stddev: (\S{1,40})")


class _Bench(msgspec.Struct, frozen=True, kw_only=True):
    """One value as it stands in the file."""

    name: str
    value: object = None
    unit: object = ""
    range: object = None
    extra: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time in seconds, with the statistics that are known of it."""

    name: str
    metric: Metric
    statistics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A number that is no time of a benchmark, in the unit it has."""

    name: str
    metric: Metric


def value_in(raw: Raw, tool: str) -> Time | Other | str:
    """Return a value of an entry, or why there is none."""
    try:
        bench = msgspec.json.decode(raw, type=_Bench)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        return wrong(error)
    name, unit, value = plain(bench.name), plain(bench.unit).strip(), number(bench.value)
    if not name:
        return "name: it has none"
    if value is None:
        return f"{name}: value: it is no finite number"
    if (time := _time(value, unit, tool)) is not None:
        return _timed(name, time, bench, tool)
    better = _direction(unit, tool)
    if better is None:
        return f"{name}: whether more or less is better is not known of the tool {plain(tool)!r} and the unit {unit!r}"
    return Other(name=name, metric=Metric(value=value, unit=unit, better=better, stage=_STAGE))


def _time(value: float, unit: str, tool: str) -> float | None:
    """Return the seconds that a value says something takes, None when it is no such value."""
    found = seconds_of_rate(value, unit) if tool in _RATES else seconds(value, unit) if tool not in _HIGHER else None
    return found if found is not None and number(found) is not None and found >= 0 else None


def _timed(name: str, time: float, bench: _Bench, tool: str) -> Time:
    """Return a time; of pytest-benchmark's, which is a mean, the rounds and their deviation are told beside it."""
    _, metric = measured("benchmark.*", time, _STAGE)
    if tool != _PYTEST:
        return Time(name=name, metric=metric)
    extra, spread = plain(bench.extra), plain(bench.range)
    rounds = _ROUNDS.search(extra)
    deviation = _DEVIATION.fullmatch(spread)
    statistics = {
        "mean": time,
        "stddev": number(deviation[1]) if deviation else None,
        "rounds_measured": count(rounds[1]) or None if rounds else None,
    }
    known = {key: value for key, value in statistics.items() if value is not None}
    return Time(name=name, metric=replace(metric, n=int(known.get("rounds_measured", 1))), statistics=known)


def _direction(unit: str, tool: str) -> Better | None:
    """Return which of two values is better: the tool says it, or its unit, as some tools write both kinds."""
    if tool in _HIGHER:
        return "higher"
    if tool == _SMALLER:
        return "lower"
    return direction(unit) or ("lower" if tool in _LOWER else None)
