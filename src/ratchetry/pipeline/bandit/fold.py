"""`ratchetry bandit fold`: from the events of a history to the weights file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.line_log import append_lines
from ratchetry.collect.score.selector import last_lines
from ratchetry.domain.bandit import decision_of, outcome_of
from ratchetry.domain.event import Event
from ratchetry.domain.moment import days_of
from ratchetry.domain.weights import PolicyName, Weights
from ratchetry.errors import ReportError, StateError, UsageError
from ratchetry.learn.bandit.arms import known_arms
from ratchetry.learn.bandit.fold import Folded, fold
from ratchetry.learn.bandit.policies import defaults
from ratchetry.pipeline.bandit.choose import log_line
from ratchetry.pipeline.bandit.weights_file import WeightsOnDisk, read_weights
from ratchetry.pipeline.places import places_of
from ratchetry.settings import Settings
from ratchetry.state.weights import dumps

_SUCCESS = 0.5
"""The least reward that the log of decisions, which knows nothing in between, calls a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What folding has come to: the file before and after, and what was left out."""

    before: WeightsOnDisk
    folded: Folded
    data: bytes

    @property
    def changed(self) -> bool:
        """Tell whether the file is another than before."""
        return self.data != self.before.data


def refresh(
    path: str,
    settings: Settings,
    *,
    history: str | None = None,
    weights_file: str | None = None,
    policy: PolicyName | None = None,
    write: bool = True,
) -> Refreshed:
    """Return the weights that the events of a history give, and write them unless they are the same or may not be.

    The log of decisions gets the outcomes that it lacks.  Raises UsageError while learning is disabled, StateError for
    a weights file or a history that cannot be read.
    """
    if settings.disable_learning:
        msg = "learning is disabled (disable-learning, RATCHETRY_DISABLE_LEARNING): nothing is folded"
        raise UsageError(msg)
    places = places_of(path, settings)
    place = HistoryDirectory(Path(history) if history else places.output)
    name = weights_file if weights_file and Path(weights_file).exists() else None
    before = read_weights(places.root, settings, name)
    if weights_file:
        before = replace(before, path=Path(weights_file))
    events = tuple(place.events())
    folded = folded_events(before.weights, settings, events, as_of=newest_run(place), policy=policy)
    found = Refreshed(before=before, folded=folded, data=dumps(folded.weights))
    if write:
        if found.changed:
            write_atomic(before.path, found.data)
        _complete_log(places.output / settings.decision_log, events)
    return found


def folded_events(
    before: Weights, settings: Settings, events: tuple[Event, ...], *, as_of: str, policy: PolicyName | None = None
) -> Folded:
    """Return what events come to, with the arms that are declared or known and the parameters that are kept.

    Without a run, the newest event says what time it is.
    """
    newest = as_of or max((kept.time for kept in events if days_of(kept.time) is not None), default="1970-01-01")
    parameters = before.parameters if policy in {None, before.parameters.policy} else defaults(policy)
    arms = known_arms(settings.arms, before.arms)
    return fold(events, as_of=newest, arms=arms, parameters=parameters, kept=before)


def newest_run(history: HistoryDirectory) -> str:
    """Return when the newest run of a history started, empty without any; raises StateError for a damaged file."""
    for month in reversed(history.months.all("runs")):
        entries = history.months.entries("runs", month)
        if entries:
            return max(entry.time for entry in entries)
    return ""


def _complete_log(path: Path, events: Iterable[Event]) -> None:
    """Append to the log of decisions the outcomes of those in it that have one by now."""
    if not path.exists():
        return
    try:
        logged = last_lines(read_bounded(path, str(path)), str(path))
    except ReportError as error:
        raise StateError(str(error)) from error
    append_lines(path, (line for name, line in _decided(events) if name in logged and logged[name] is None))


def _decided(events: Iterable[Event]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the decisions that have a reward, each with its line for the log."""
    rewards: dict[str, tuple[str, str, float | None]] = {}
    decisions = {}
    for kept in events:
        with contextlib.suppress(ValueError):
            if kept.kind == "decision":
                decisions[kept.subject] = decision_of(kept)
            elif kept.kind == "outcome":
                outcome = outcome_of(kept)
                first = (kept.time, kept.id, outcome.reward)
                rewards[kept.subject] = min(rewards.get(kept.subject, first), first, key=lambda row: row[:2])
    for name, decision in sorted(decisions.items()):
        reward = rewards[name][2] if name in rewards else None
        if reward is not None:
            yield name, log_line(decision, "success" if reward >= _SUCCESS else "failure")
