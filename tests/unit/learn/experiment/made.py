"""Experiments and events for tests: seeded, with known shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from ratchetry.domain.bandit import ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.experiment import Experiment
from ratchetry.learn.experiment.assignment import decided
from ratchetry.learn.experiment.definition import metric_of

START = datetime(2026, 3, 2, tzinfo=UTC)


def experiment(
    *, treatments: tuple[str, ...] = ("short",), metrics: tuple[str, ...] = ("reward:higher",)
) -> Experiment:
    """Return an experiment with the default rules, all units taking part."""
    return Experiment(
        name="tone",
        slot="review-prompt",
        control="long",
        treatments=treatments,
        metrics=tuple(metric_of(text) for text in metrics),
        traffic=1.0,
        salt="tone@1",
        started=stamp(START),
        repository="acme/anvil",
    )


def stamp(moment: datetime) -> str:
    """Return a moment as events say it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def after(days: float) -> str:
    """Return the moment so many days after the start."""
    return stamp(START + timedelta(days=days))


def units(
    one: Experiment, shares: Mapping[str, float], *, days: int, per_day: int, seed: int = 1, first: int = 0
) -> Iterator[Event]:
    """Yield decisions and outcomes of units whose reward is 1 with the share of their arm."""
    chance = np.random.default_rng(seed)
    for day in range(first, first + days):
        for number in range(per_day):
            moment = START + timedelta(days=day, minutes=10 + number)
            decision = decided(one, f"pr-{day}-{number}", moment)
            reward = float(chance.random())
            if decision is None:
                continue
            yield decision_event(decision)
            outcome = ArmOutcome(
                decision=decision.id,
                time=stamp(moment + timedelta(hours=3)),
                status="rewarded",
                reward=float(reward < shares[decision.arm]),
                runs=(f"{day}{number:03d}-1",),
                repository=one.repository,
            )
            yield outcome_event(outcome)


def measured(one: Experiment, days: int, scale: Mapping[str, float], name: str) -> Iterator[Event]:
    """Yield decisions and outcomes of 40 units a day with a measure of log-normal size."""
    chance = np.random.default_rng(1)
    for kept in units(one, dict.fromkeys(one.arms, 0.5), days=days, per_day=40):
        if kept.kind == "decision":
            arm = str(kept.data["arm"])
            yield kept
        else:
            value = scale[arm] * float(chance.lognormal(0.0, 0.5))
            yield outcome_event(
                ArmOutcome(decision=kept.subject, time=kept.time, status="rewarded", reward=1.0, measures={name: value})
            )


def shorter(one: Experiment, days: int) -> Experiment:
    """Return an experiment that ends after so many days."""
    return replace(one, max_days=days)
