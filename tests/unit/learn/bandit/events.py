"""Decisions and outcomes for tests of the bandit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, OutcomeStatus, decision_event, outcome_event
from ratchetry.domain.event import Event

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = "2026-12-31T00:00:00Z"


def at(days: float) -> str:
    """Return a moment so many days after the start."""
    return f"{START + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def decided(name: str, arm: str, days: float = 0.0, **context: str) -> Event:
    """Return a decision for an arm."""
    shares = {arm: 0.5, "other": 0.5} if arm != "other" else {"other": 1.0}
    return decision_event(ArmDecision(id=name, time=at(days), arm=arm, propensities=shares, context=context))


def came(name: str, reward: float | None, days: float = 1.0, status: OutcomeStatus = "rewarded") -> Event:
    """Return the outcome of a decision."""
    return outcome_event(ArmOutcome(decision=name, time=at(days), status=status, reward=reward, runs=(f"{name}-1",)))


def tried(rows: Sequence[tuple[str, float]], context: Mapping[str, str] | None = None) -> Iterator[Event]:
    """Yield the events of arms that were tried one after the other, with their rewards."""
    prefix = "".join(f"{name}{value}" for name, value in (context or {}).items())
    for number, (arm, reward) in enumerate(rows):
        name = f"{prefix}{number:04d}"
        yield decided(name, arm, number / 24.0, **(context or {}))
        yield came(name, reward, number / 24.0 + 0.5)


def seeded(count: int, arms: Sequence[str], seed: int, contexts: Sequence[str] = ("x", "y")) -> list[Event]:
    """Return the events of arms that were tried at random in some contexts."""
    chance = Random(seed)  # noqa: S311  # made-up data, no secret
    found: list[Event] = []
    for number in range(count):
        name = f"D{number:05d}"
        found.append(decided(name, chance.choice(list(arms)), number / 24.0, kind=chance.choice(list(contexts))))
        found.append(came(name, chance.choice([0.0, 1.0, 0.25]), number / 24.0 + 0.3))
    return found
