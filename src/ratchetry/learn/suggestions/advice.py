"""Advice as events: given when an improvement is opened, and ended when it is closed, with what was measured then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from ratchetry.domain.event import Event, Refusal, Value, event
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import Better
from ratchetry.domain.suggestion import KINDS, Goal, Measure, Suggestion, SuggestionKind, is_advice
from ratchetry.domain.thresholds import BoundKind
from ratchetry.learn.decision_log import FUTURE_DAYS

_T = TypeVar("_T")
_KINDS: Final[Mapping[str, SuggestionKind]] = {kind: kind for kind in KINDS}
_MEASURES: Final[Mapping[str, Measure]] = {
    "metric": "metric",
    "findings": "findings",
    "tests": "tests",
    "bound": "bound",
}
_BOUNDS: Final[Mapping[str, BoundKind]] = {"minimum": "minimum", "maximum": "maximum"}
_BETTER: Final[Mapping[str, Better]] = {"higher": "higher", "lower": "lower"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A piece of advice that was given: what it is to move, from where, and how far that moves by itself."""

    fingerprint: str
    decision: str
    """The decision that chose it, empty where it was not drawn."""
    kind: SuggestionKind
    time: str
    at: float
    goal: Goal
    value: float
    noise: float
    better: Better
    repository: str = ""


def opened_event(one: Suggestion, *, decision: str, time: str, repository: str) -> Event:
    """Return the event that an improvement was opened, or opened again."""
    goal = one.goal
    data: dict[str, Value] = {
        "phase": "opened",
        "advice": one.kind,
        "title": one.title[:200],
        "decision": decision,
        "metric": goal.metric,
        "value": one.value,
        "noise": one.noise,
        "better": one.better,
        "measure": goal.measure,
        "kind": goal.kind,
        "bound": goal.bound,
        "kept_runs": goal.runs,
        "tool": goal.tool,
        "rule": goal.rule,
        "path": goal.path,
        "tests": goal.tests,
    }
    return event("issue", time=time, repository=repository, subject=one.fingerprint, runs=one.runs, data=data)


def closed_event(
    fingerprint: str, goal: Goal, value: float, *, time: str, repository: str, runs: tuple[str, ...]
) -> Event:
    """Return the event that an improvement was closed because its metric recovered in some runs."""
    data: dict[str, Value] = {"phase": "closed", "metric": goal.metric, "value": value, "bound": goal.bound}
    return event("issue", time=time, repository=repository, subject=fingerprint, runs=runs, data=data)


def advice_in(events: Iterable[Event], as_of: str) -> tuple[tuple[Advice, ...], tuple[Refusal, ...]]:
    """Return the advice that events tell of, oldest first and each once, and the events that make no sense."""
    limit = days_of(as_of) or 0.0
    found: dict[str, Advice] = {}
    refused: dict[str, str] = {}
    for kept in events:
        if kept.kind != "issue" or kept.data.get("phase") != "opened":
            continue
        try:
            advice = _advice_of(kept)
        except ValueError as error:
            refused[kept.id] = str(error)
            continue
        if advice.at > limit + FUTURE_DAYS:
            refused[kept.id] = f"its time {kept.time} lies beyond the newest run"
        else:
            found[kept.id] = advice
    ordered = sorted(found.items(), key=lambda pair: (pair[1].at, pair[0]))
    return tuple(advice for _, advice in ordered), tuple(Refusal(event=name, reason=refused[name]) for name in refused)


def closings(events: Iterable[Event], as_of: str) -> dict[str, float]:
    """Return when each thing was last closed, in days since 1970; what lies beyond the newest run does not count."""
    limit = (days_of(as_of) or 0.0) + FUTURE_DAYS
    found: dict[str, float] = {}
    for kept in events:
        at = days_of(kept.time)
        if kept.kind == "issue" and kept.data.get("phase") == "closed" and at is not None and at <= limit:
            found[kept.subject] = max(at, found.get(kept.subject, at))
    return found


def _advice_of(kept: Event) -> Advice:
    """Return the advice of an event; raises ValueError saying which field makes no sense."""
    at = days_of(kept.time)
    if at is None:
        raise _wrong(time=kept.time)
    decision = _text(kept.data, "decision")
    if decision and not is_advice(decision):
        raise _wrong(decision=decision)
    return Advice(
        fingerprint=kept.subject,
        decision=decision,
        kind=_one_of(kept.data, "advice", _KINDS),
        time=kept.time,
        at=at,
        goal=_goal_of(kept.data),
        value=_number(kept.data, "value"),
        noise=_number(kept.data, "noise"),
        better=_one_of(kept.data, "better", _BETTER),
        repository=kept.repository,
    )


def _goal_of(data: Mapping[str, Value]) -> Goal:
    """Return the goal in an event's data; raises ValueError saying which field makes no sense."""
    tests, runs = data.get("tests", ()), data.get("kept_runs")
    if not isinstance(tests, tuple | list):
        raise _wrong(tests=tests)
    if not isinstance(runs, int) or isinstance(runs, bool) or not 1 <= runs <= 1000:
        raise _wrong(kept_runs=runs)
    return Goal(
        measure=_one_of(data, "measure", _MEASURES),
        metric=_text(data, "metric"),
        kind=_one_of(data, "kind", _BOUNDS),
        bound=_number(data, "bound"),
        runs=runs,
        tool=_text(data, "tool"),
        rule=_text(data, "rule"),
        path=_text(data, "path"),
        tests=tuple(map(str, tests)),
    )


def _one_of(data: Mapping[str, Value], name: str, known: Mapping[str, _T]) -> _T:
    """Return a value by its name; raises ValueError for a name that nobody knows."""
    found = known.get(_text(data, name))
    if found is None:
        raise _wrong(**{name: data.get(name)})
    return found


def _text(data: Mapping[str, Value], name: str) -> str:
    """Return a text of an event's data; raises ValueError for anything else."""
    value = data.get(name, "")
    if not isinstance(value, str):
        raise _wrong(**{name: value})
    return value


def _number(data: Mapping[str, Value], name: str) -> float:
    """Return a finite number of an event's data; raises ValueError for anything else."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
        raise _wrong(**{name: value})
    return float(value)


def _wrong(**fields: object) -> ValueError:
    """Return the error about fields."""
    return ValueError("; ".join(f"{name}: {str(value)[:200]!r} makes no sense there" for name, value in fields.items()))
