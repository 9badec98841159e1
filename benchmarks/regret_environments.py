"""The environments of benchmarks/regret.py: how likely each arm is rewarded, at each step and in each context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kind = Literal["stationary", "best arm drops", "another rises", "gradual drift", "contexts"]

STEPS: Final = 2000
ARMS: Final = (3, 5, 10)
GAPS: Final = (0.05, 0.10, 0.20)
BATCHES: Final = (1, 25, 50)
BEST: Final = 0.75
CHANGE: Final = 0.15
"""The gap where something changes halfway."""
TRAFFIC: Final = (0.40, 0.25, 0.15, 0.10, 0.06, 0.04)
"""The shares of six contexts."""
CONTEXT_STEPS: Final = 1500
EFFECTS: Final = (0.0, 0.05, 0.10, 0.20)
"""Standard deviations of what a context adds to an arm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The probabilities of a reward by step and arm or, where contexts matter, by seed, context and arm."""

    kind: Kind
    arms: int
    gap: float
    steps: int = STEPS

    @property
    def name(self) -> str:
        """Return how tables call it."""
        told = f"effect {self.gap:.2f}" if self.kind == "contexts" else f"gap {self.gap:.2f}"
        return f"{self.kind}, {self.arms} arms, {told}"

    def means(self) -> Array:
        """Return the probability of a reward of each arm at each step."""
        found = np.full((self.steps, self.arms), BEST - self.gap)
        found[:, 0] = BEST
        half = self.steps // 2
        if self.kind == "best arm drops":
            found[half:, 0] = BEST - self.gap - 0.20
        elif self.kind == "another rises":
            found[half:, -1] = BEST + 0.15
        elif self.kind == "gradual drift":
            turns = np.arange(self.steps)[:, None] / self.steps + np.arange(self.arms)[None, :] / self.arms
            found = 0.6 + 0.15 * np.sin(2 * np.pi * turns)
        return found


def stationary() -> Iterator[Environment]:
    """Yield the environments in which nothing changes."""
    return (Environment(kind="stationary", arms=arms, gap=gap) for arms in ARMS for gap in GAPS)


def changing() -> Iterator[Environment]:
    """Yield the environments in which something changes."""
    kinds: tuple[Kind, ...] = ("best arm drops", "another rises", "gradual drift")
    return (Environment(kind=kind, arms=arms, gap=CHANGE) for kind in kinds for arms in ARMS)


def in_contexts() -> Iterator[Environment]:
    """Yield the environments in which arms differ by context, or not at all."""
    return (Environment(kind="contexts", arms=5, gap=effect, steps=CONTEXT_STEPS) for effect in EFFECTS)


def context_means(environment: Environment, seeds: int, rng: np.random.Generator) -> Array:
    """Return the probability of a reward by seed, context and arm."""
    base = np.linspace(0.45, 0.70, environment.arms)[None, None, :]
    added = rng.normal(0.0, environment.gap, (seeds, len(TRAFFIC), environment.arms)) if environment.gap else 0.0
    return np.clip(np.broadcast_to(base + added, (seeds, len(TRAFFIC), environment.arms)), 0.02, 0.98)


def optimal_regret(steps: int) -> float:
    """Return the least regret that any policy can have over two arms with uniform priors, by dynamic programming.

    Backwards over all states of the two arms' counts (Bellman; Gittins, Glazebrook and Weber, "Multi-armed bandit
    allocation indices", 2nd edition, 2011, chapter 1).
    """
    later = np.zeros((steps + 1, steps + 1, steps + 1))
    for step in range(steps - 1, -1, -1):
        won, lost, second = np.ogrid[: step + 1, : step + 1, : step + 1]
        rest = step - won - lost - second
        first_mean = (won + 1) / (won + lost + 2)
        second_mean = (second + 1) / (np.maximum(rest, 0) + second + 2)
        size = slice(0, step + 1)
        stay = later[size, size, size]
        first = stay * 0.0
        np.multiply(first_mean, 1.0 + later[1 : step + 2, size, size], out=first)
        first += (1.0 - first_mean) * later[size, 1 : step + 2, size]
        other = second_mean * (1.0 + later[size, size, 1 : step + 2]) + (1.0 - second_mean) * stay
        later = np.where(rest >= 0, np.maximum(first, other), 0.0)
    return float(steps * 2.0 / 3.0 - later[0, 0, 0])
