"""The peers of benchmarks/regret.py: Thompson sampling as two libraries have it, one seed after the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol

import numpy as np

from benchmarks.regret_environments import Array, Environment


class Peer(Protocol):
    """What a peer does at each step."""

    def choose(self) -> int:
        """Return an arm."""
        ...

    def learn(self, arm: int, reward: float) -> None:
        """Take in what came of an arm."""
        ...


class MabWiser:
    """MABWiser's Thompson sampling, which learns from each outcome at once."""

    def __init__(self, arms: int, seed: int) -> None:
        library = import_module("mabwiser.mab")
        self._bandit = library.MAB(list(range(arms)), library.LearningPolicy.ThompsonSampling(), seed=seed)
        self._first = seed % arms  # it chooses nothing before it was fitted
        self._fitted = False

    def choose(self) -> int:
        """Return an arm."""
        return int(self._bandit.predict()) if self._fitted else self._first

    def learn(self, arm: int, reward: float) -> None:
        """Take in what came of an arm."""
        (self._bandit.partial_fit if self._fitted else self._bandit.fit)([arm], [int(reward)])
        self._fitted = True


class River:
    """river's Thompson sampling over Beta distributions."""

    def __init__(self, arms: int, seed: int) -> None:
        bandit, proba = import_module("river.bandit"), import_module("river.proba")
        self._policy = bandit.ThompsonSampling(reward_obj=proba.Beta(), seed=seed)
        self._arms = list(range(arms))

    def choose(self) -> int:
        """Return an arm."""
        return int(self._policy.pull(self._arms))

    def learn(self, arm: int, reward: float) -> None:
        """Take in what came of an arm."""
        self._policy.update(arm, int(reward))


PEERS: Final[dict[str, Callable[[int, int], Peer]]] = {"MABWiser": MabWiser, "river": River}


def peer_path(name: str, environment: Environment, *, seeds: int, first: int) -> Array:
    """Return the regret of a peer so far, by step and seed; raises SystemExit when its library is missing."""
    means = environment.means()
    lost = np.zeros((environment.steps, seeds))
    for seed in range(seeds):
        luck = random.Random(f"{first} {seed}")  # noqa: S311  # made-up data, no secret
        try:
            peer = PEERS[name](environment.arms, first + seed)
        except ModuleNotFoundError as error:
            msg = f'{name} is not installed: uv pip install "mabwiser>=2.7" "river>=0.21", or leave --peer-seeds out'
            raise SystemExit(msg) from error
        for step in range(environment.steps):
            arm = peer.choose()
            lost[step, seed] = means[step].max() - means[step, arm]
            peer.learn(arm, float(luck.random() < means[step, arm]))
    return np.asarray(np.cumsum(lost, axis=0))
