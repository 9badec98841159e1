"""What the example's project has noted, decided, tried and opened: the events of its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.experiment import Experiment
from ratchetry.domain.fingerprint import short_hash
from ratchetry.learn.experiment.assignment import decided
from ratchetry.learn.experiment.definition import metric_of, start_event

REPOSITORY: Final = "acme/anvil"
FINDINGS: Final = short_hash("lint.findings")
COVERAGE: Final = short_hash("coverage.line")
ARMS: Final[Mapping[str, float]] = {
    "add-tests-for-branches": 0.62,
    "fix-flaky-tests": 0.48,
    "remove-dead-code": 0.22,
    "split-complex-functions": 0.35,
    "update-dependencies": 0.15,
}
"""The arms, and how often each really helps."""


def learned(start: datetime, runs: int, note: str = "") -> Iterator[Event]:
    """Yield all events of a history that begins then, four runs a day; `note` is noted, too."""
    last = start + timedelta(hours=6 * (runs - 1))
    yield from _noted(start, note)
    yield from _moved(start)
    yield from _chosen(start, last)
    yield from _tried(start, last)
    yield from _opened(start)


def _at(start: datetime, run: float, minutes: int = 0) -> str:
    """Return when a run started, so many minutes later."""
    return f"{start + timedelta(hours=6 * run, minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def _noted(start: datetime, note: str) -> Iterator[Event]:
    """Yield what people noted."""
    rows = [
        (41, "note", "types", "mypy runs in strict mode from now on"),
        (95, "deployment", "production", "Release 2.1 is live"),
        (127, "deployment", "store", "The write-ahead log of the store replaces its journal"),
        (152, "incident", "runners", "Runners were short of memory between 06:00 and 11:00"),
    ]
    for run, kind, subject, message in [*rows, *([(60, "note", note, note)] if note else [])]:
        data: dict[str, Value] = {"kind": kind, "message": message}
        yield event("log", time=_at(start, run, -40), repository=REPOSITORY, subject=subject, actor="jo", data=data)


def _moved(start: datetime) -> Iterator[Event]:
    """Yield the moves of bounds."""
    rows = (
        ("coverage.line", "minimum", 84.0, 86.0, 86.9, 30),
        ("coverage.line", "minimum", 86.0, 88.0, 88.6, 84),
        ("lint.findings", "maximum", 36.0, 32.0, 31.4, 26),
        ("lint.findings", "maximum", 32.0, 30.0, 29.2, 60),
    )
    for metric, kind, origin, to, value, run in rows:
        data: dict[str, Value] = {
            "from": origin,
            "to": to,
            "kind": kind,
            "statistic": "lower_confidence_bound",
            "value": value,
            "margin": abs(value - to),
            "k": 8,
            "confidence": 0.95,
            "reason": "ratchet",
        }
        cited = tuple(f"{70_000 + run - back}-1" for back in range(7, -1, -1))
        yield event(
            "threshold_move", time=_at(start, run), repository=REPOSITORY, subject=metric, runs=cited, data=data
        )


def _chosen(start: datetime, last: datetime) -> Iterator[Event]:
    """Yield choices of the bandit and what became of them."""
    chance = np.random.default_rng(11)
    weights = dict.fromkeys(ARMS, 1.0)
    moment, number = start + timedelta(hours=3), 0
    while moment < last:
        total = sum(weights.values())
        shares = {arm: weight / total for arm, weight in weights.items()}
        arm = str(chance.choice(list(shares), p=list(shares.values())))
        time = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        context = {"kind": "weekly" if number % 3 else "nightly"}
        name = f"{number:016x}"
        yield decision_event(
            ArmDecision(id=name, time=time, arm=arm, propensities=shares, context=context, repository=REPOSITORY)
        )
        came = moment + timedelta(hours=30)
        if came < last:
            helped = chance.random() < ARMS[arm]
            weights[arm] += 0.6 if helped else -0.3 * (weights[arm] > 0.7)
            missing = number % 13 == 12
            yield outcome_event(
                ArmOutcome(
                    decision=name,
                    time=f"{came:%Y-%m-%dT%H:%M:%SZ}",
                    status="missing" if missing else "rewarded",
                    reward=None if missing else float(helped),
                    repository=REPOSITORY,
                )
            )
        moment, number = moment + timedelta(hours=12), number + 1


def _tried(start: datetime, last: datetime) -> Iterator[Event]:
    """Yield an experiment with its units: the shorter prompt helps."""
    chance = np.random.default_rng(5)
    begun = start + timedelta(days=12)
    one = Experiment(
        name="review-prompt-length",
        slot="review-prompt",
        control="long",
        treatments=("short",),
        metrics=(metric_of("reward:higher"), metric_of("latency_p99:lower")),
        traffic=1.0,
        salt="review-prompt-length@1",
        started=f"{begun:%Y-%m-%dT%H:%M:%SZ}",
        repository=REPOSITORY,
    )
    yield start_event(one)
    yield start_event(replace(one, name="reviewer-model", slot="reviewer", control="a", treatments=("b",), salt="m@1"))
    days = (last - begun).days
    for number in range(days * 8):
        moment = begun + timedelta(hours=3 * number, minutes=5)
        decision = decided(one, f"pr-{number}", moment)
        if decision is None:
            continue
        yield decision_event(decision)
        better = decision.arm == "short"
        yield outcome_event(
            ArmOutcome(
                decision=decision.id,
                time=f"{moment + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
                status="rewarded",
                reward=float(chance.random() < (0.72 if better else 0.4)),
                measures={"latency_p99": chance.lognormal(1.0 if better else 1.1, 0.3)},
                repository=REPOSITORY,
            )
        )


def _opened(start: datetime) -> Iterator[Event]:
    """Yield issues, what happened to them and what they did to their metric."""
    rows: tuple[tuple[int, str, str, int, dict[str, Value]], ...] = (
        (20, FINDINGS, "opened", 41, {"title": "34 lint findings in src/anvil/render.py", "before": 34.0}),
        (62, FINDINGS, "closed", 41, {"after": 24.0, "effect": -10.0, "hit": True}),
        (
            131,
            COVERAGE,
            "opened",
            58,
            {"title": "coverage.line fell by 2.6 pp with the store", "before": 88.9},
        ),
    )
    for run, fingerprint, state, number, more in rows:
        metric = "lint.findings" if number == 41 else "coverage.line"
        data: dict[str, Value] = {"state": state, "number": number, "metric": metric, **more}
        yield event(
            "issue",
            time=_at(start, run, 20),
            repository=REPOSITORY,
            subject=fingerprint,
            runs=(f"{70_000 + run}-1",),
            data=data,
        )
