"""Slots with versions in use, for tests: seeded results with known rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.versions import ActiveVersion, Cause
from ratchetry.learn.promotion import promotion_event

START = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some days in which a version has a rate, in one or more contexts (name, results a day, rate)."""

    version: str
    days: int
    contexts: Sequence[tuple[str, int, float]]


def after(days: float) -> str:
    """Return the moment so many days after the start."""
    return f"{START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def steady(version: str, days: int, rate: float, per_day: int = 10) -> Stretch:
    """Return days in one context."""
    return Stretch(version=version, days=days, contexts=[("py", per_day, rate)])


def results(stretches: Sequence[Stretch], seed: int = 1, slot: str = "review-prompt") -> Iterator[Event]:
    """Yield the decisions and outcomes of stretches, one after the other."""
    chance = np.random.default_rng(seed)
    day = 0
    for stretch in stretches:
        for today in range(day, day + stretch.days):
            for name, per_day, rate in stretch.contexts:
                for number in range(per_day):
                    decision = decided(stretch.version, today, f"{name}{number:02d}", {"slot": slot, "code_type": name})
                    yield decision_event(decision)
                    yield outcome_event(rewarded(decision, float(chance.random() < rate)))
        day += stretch.days


def decided(version: str, day: int, name: str, context: Mapping[str, str]) -> ArmDecision:
    """Return the decision for a version on a day."""
    return ArmDecision(
        id=f"{day:05d}{name}".ljust(26, "0"),
        time=after(day + 0.3),
        arm=version,
        propensities={version: 1.0},
        context=context,
        repository="acme/anvil",
    )


def rewarded(decision: ArmDecision, reward: float) -> ArmOutcome:
    """Return the outcome of a decision, a little later."""
    time = datetime.fromisoformat(decision.time) + timedelta(hours=2)
    return ArmOutcome(
        decision=decision.id,
        time=f"{time:%Y-%m-%dT%H:%M:%SZ}",
        status="rewarded",
        reward=reward,
        runs=(f"{decision.id[:10]}-1",),
        repository="acme/anvil",
    )


def promoted(version: str, previous: str, day: float, cause: Cause = "experiment") -> Event:
    """Return the event of a promotion."""
    active = ActiveVersion(version=version, since=after(day), previous=previous, cause=cause, reason="a test")
    return promotion_event("review-prompt", active, repository="acme/anvil")
