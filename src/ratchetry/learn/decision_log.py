"""Events read as what learners ask for: decisions with their outcomes, and all else in the order of time.

Whatever order events come in and however often, the same ones give the same log.  What makes no sense is left out one
by one and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_of, outcome_of
from ratchetry.domain.event import Event, Refusal
from ratchetry.domain.moment import days_of
from ratchetry.domain.suggestion import is_advice

FUTURE_DAYS: Final = 1.0
"""How far beyond the newest run an event may lie: clocks differ."""
SKEW_DAYS: Final = 1.0
"""How far before its decision an outcome may lie, which has the time of a run, for the same reason."""
Family = Literal["arms", "advice"]
"""Arms that people declare, whose runs carry a trailer, or kinds of advice, whose metric moves or does not."""
_KINDS: Final = frozenset({"experiment", "promotion", "alarm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision, the days since 1970 at which it was taken, the event that it is kept as, and its outcome."""

    decision: ArmDecision
    at: float
    event: str
    outcome: ArmOutcome | None = None
    outcome_at: float = 0.0
    outcome_event: str = ""

    def in_time(self, days: float) -> ArmOutcome | None:
        """Return the outcome if it came within so many days."""
        return self.outcome if self.outcome is not None and self.outcome_at - self.at <= days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLog:
    """What events say, as of a moment (days since 1970)."""

    as_of: float
    decisions: tuple[Decided, ...]
    others: tuple[Event, ...]
    """Events of experiments, promotions and alarms."""
    refused: tuple[Refusal, ...]


def read_log(events: Iterable[Event], as_of: str, family: Family = "arms") -> DecisionLog:
    """Return the log that events make up, of the decisions of one family; raises ValueError when `as_of` is no time."""
    limit = days_of(as_of)
    if limit is None:
        msg = f"{as_of!r} is no time in ISO 8601"
        raise ValueError(msg)
    refused: dict[str, str] = {}
    ordered = _ordered((kept for kept in events if family_of(kept) in {None, family}), limit, refused)
    decisions = _decisions(ordered, refused)
    outcomes = _outcomes(ordered, decisions, refused)
    return DecisionLog(
        as_of=limit,
        decisions=tuple(_joined(one, outcomes.get(name)) for name, one in decisions.items()),
        others=tuple(kept for _, kept in ordered if kept.kind in _KINDS),
        refused=tuple(Refusal(event=name, reason=why) for name, why in sorted(refused.items())),
    )


def family_of(kept: Event) -> Family | None:
    """Return the family of what a decision or outcome is about, None for other events."""
    if kept.kind not in {"decision", "outcome"}:
        return None
    return "advice" if is_advice(kept.subject) else "arms"


def newest(events: Iterable[Event], not_after: str) -> str:
    """Return the time of the newest event that is not after a moment, empty where there is none."""
    limit = days_of(not_after)
    found = ((at, kept.time) for kept in events if (at := days_of(kept.time)) is not None)
    return max((pair for pair in found if limit is not None and pair[0] <= limit), default=(0.0, ""))[1]


def _ordered(events: Iterable[Event], limit: float, refused: dict[str, str]) -> list[tuple[float, Event]]:
    """Return each event once, by time and identifier."""
    found: dict[str, tuple[float, Event]] = {}
    for kept in events:
        at = days_of(kept.time)
        if kept.kind not in _KINDS and kept.kind not in {"decision", "outcome"}:
            continue
        if at is None:
            refused[kept.id] = f"its time {kept.time!r} is none"
        elif at > limit + FUTURE_DAYS:
            refused[kept.id] = f"its time {kept.time} lies beyond the newest run"
        else:
            found[kept.id] = (at, kept)
    return sorted(found.values(), key=lambda pair: (pair[0], pair[1].id))


def _decisions(ordered: Iterable[tuple[float, Event]], refused: dict[str, str]) -> dict[str, Decided]:
    """Return the decisions by their identifiers; of two with the same the first counts."""
    found: dict[str, Decided] = {}
    for at, kept in ordered:
        if kept.kind != "decision":
            continue
        try:
            one = Decided(decision=decision_of(kept), at=at, event=kept.id)
        except ValueError as error:
            refused[kept.id] = str(error)
            continue
        if found.setdefault(kept.subject, one).decision != one.decision:
            refused[kept.id] = f"there is an earlier decision {kept.subject}"
    return found


def _outcomes(
    ordered: Iterable[tuple[float, Event]], decisions: Mapping[str, Decided], refused: dict[str, str]
) -> dict[str, tuple[float, str, ArmOutcome]]:
    """Return the first outcome of each decision."""
    found: dict[str, tuple[float, str, ArmOutcome]] = {}
    for at, kept in ordered:
        if kept.kind != "outcome":
            continue
        decision = decisions.get(kept.subject)
        if decision is None:
            refused[kept.id] = f"there is no decision {kept.subject[:100]!r}"
        elif at < decision.at - SKEW_DAYS:
            refused[kept.id] = f"it is older than the decision {kept.subject}"
        elif kept.subject not in found:
            try:
                found[kept.subject] = (at, kept.id, outcome_of(kept))
            except ValueError as error:
                refused[kept.id] = str(error)
    return found


def _joined(one: Decided, outcome: tuple[float, str, ArmOutcome] | None) -> Decided:
    """Return a decision with its outcome."""
    if outcome is None:
        return one
    return Decided(
        decision=one.decision,
        at=one.at,
        event=one.event,
        outcome=outcome[2],
        outcome_at=outcome[0],
        outcome_event=outcome[1],
    )
