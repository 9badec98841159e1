"""Units fall to arms by a hash: always the same, evenly, and independently of who takes part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from ratchetry.domain.bandit import decision_event, decision_of
from ratchetry.learn.experiment.assignment import assigned_arm, decided
from tests.unit.learn.experiment.made import experiment

THREE = experiment(treatments=("short", "blunt"))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_arms_get_even_shares_of_the_traffic() -> None:
    """Of 6,000 units half take part, and each arm gets a third of those, within four standard deviations."""
    one = replace(THREE, traffic=0.5)
    counts = Counter(assigned_arm(one, f"pr-{number}") for number in range(6000))
    assert abs(counts[None] - 3000) < 4 * 39
    assert all(abs(counts[arm] - 1000) < 4 * 29 for arm in one.arms)


def test_more_traffic_moves_no_unit() -> None:
    """Who took part before keeps the arm when more take part."""
    few, many = replace(THREE, traffic=0.2), replace(THREE, traffic=0.9)
    before = {f"pr-{number}": assigned_arm(few, f"pr-{number}") for number in range(500)}
    assert all(assigned_arm(many, unit) == arm for unit, arm in before.items() if arm)


def test_another_salt_shuffles() -> None:
    """The next experiment does not put the same units together."""
    other = replace(THREE, salt="tone@2")
    moved = sum(assigned_arm(THREE, f"pr-{number}") != assigned_arm(other, f"pr-{number}") for number in range(600))
    assert 330 < moved < 470


def test_a_decision_is_kept_as_it_is() -> None:
    """Its identifier has 26 characters ordered by time; its event is read back as the same decision."""
    first, second = (decided(THREE, "pr-1", NOON.replace(hour=hour)) for hour in (12, 13))
    assert first is not None
    assert second is not None
    assert decision_of(decision_event(first)) == first
    assert (len(first.id), first.id < second.id) == (26, True)
    assert first.id[10:] == second.id[10:]
    assert first.propensity == 1 / 3
    assert decided(replace(THREE, traffic=1e-12), "pr-1", NOON) is None
