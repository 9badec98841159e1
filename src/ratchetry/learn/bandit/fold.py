"""The fold: from the events of a history to what the bandit knows.

The same events give the same weights, in whatever order and how often they come.  Decisions count in the order in
which they were taken, each with its first outcome; those that are missing or censored, and decisions without any, say
nothing.  What makes no sense is left out one by one, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ratchetry.domain.event import Event, Refusal
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.moment import days_of, time_of
from ratchetry.domain.weights import MOST_CONTEXTS, Arm, Parameters, Provenance, Weights, context_key, names_of
from ratchetry.learn.bandit.arms import changed_arms
from ratchetry.learn.bandit.memory import ContextMemory
from ratchetry.learn.decision_log import Decided, Family, read_log

NOTHING: Final = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What events come to, and which of them were left out and why."""

    weights: Weights
    refused: tuple[Refusal, ...] = ()
    waiting: int = 0
    """Decisions without an outcome."""
    silent: int = 0
    """Decisions whose outcome is missing or censored."""


@dataclass(slots=True)
class _Counted:
    """What has counted so far."""

    contexts: dict[str, ContextMemory] = field(default_factory=dict)
    keys: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    newest: float = 0.0
    refused: list[Refusal] = field(default_factory=list)
    waiting: int = 0
    silent: int = 0


def fold(
    events: Iterable[Event],
    *,
    as_of: str,
    arms: Sequence[Arm],
    parameters: Parameters,
    kept: Weights = NOTHING,
    family: Family = "arms",
) -> Folded:
    """Return the weights that events give as of a moment: the start of the newest run.

    What the weights hold of other evidence (`ci_feedback` and the priorities) is taken from those that are `kept`.
    Raises ValueError when `as_of` is no time.
    """
    known = tuple(events)
    log = read_log(known, as_of, family)
    changed = changed_arms(arms, known if family == "arms" else (), log.as_of)
    names = names_of(changed.arms)
    counted = _Counted(events=[one.id for one in changed.events])
    for one in log.decisions:
        _count(one, names, parameters, counted)
    refused = (*log.refused, *changed.refused, *counted.refused)
    weights = replace(
        kept,
        arms=changed.arms,
        parameters=parameters,
        contexts={key: memory.evidence() for key, memory in sorted(counted.contexts.items())},
        fold=Provenance(
            events=len(counted.events),
            evidence=short_hash(*sorted(counted.events)),
            as_of=time_of(counted.newest) if counted.newest else "",
            refused=_senseless(refused, known, log.as_of),
        ),
    )
    return Folded(weights=weights, refused=refused, waiting=counted.waiting, silent=counted.silent)


def _senseless(refused: Iterable[Refusal], events: Iterable[Event], as_of: float) -> int:
    """Return how many events will never count: those that are only too new yet are not among them.

    So a decision that no run has followed yet does not change the file.
    """
    names = {one.event for one in refused}
    return sum(
        (days_of(one.time) or 0.0) <= as_of for one in {one.id: one for one in events if one.id in names}.values()
    )


def _count(one: Decided, names: Mapping[str, str], parameters: Parameters, counted: _Counted) -> None:
    """Take in one decision, or note why it does not count."""
    if one.outcome is None:
        counted.waiting += 1
        return
    if one.outcome.reward is None:
        counted.silent += 1
        return
    arm = names.get(one.decision.arm)
    if arm is None and one.decision.experiment:
        return  # the versions of an experiment need be no arms
    if arm is None:
        counted.refused.append(Refusal(event=one.event, reason=f"unknown arm {one.decision.arm[:200]!r}"))
        return
    try:
        memory = _memory(one.decision.context, parameters, counted)
    except ValueError as error:
        counted.refused.append(Refusal(event=one.event, reason=str(error)))
        return
    memory.observe(arm, one.outcome.reward, one.outcome_at)
    counted.events += (one.event, one.outcome_event)
    counted.newest = max(counted.newest, one.at, one.outcome_at)


def _memory(context: Mapping[str, str], parameters: Parameters, counted: _Counted) -> ContextMemory:
    """Return the memory of a context; raises ValueError when it is none, or one too many."""
    written = tuple(context.items())
    key = counted.keys.get(written)
    if key is None:
        key = counted.keys[written] = context_key(context)
    if key not in counted.contexts:
        if len(counted.contexts) >= MOST_CONTEXTS:
            msg = f"context {key!r}: more than {MOST_CONTEXTS} contexts"
            raise ValueError(msg)
        counted.contexts[key] = ContextMemory(parameters=parameters)
    return counted.contexts[key]
