"""The policies of benchmarks/regret.py, for many seeds at once: arrays by seed, context and arm.

They are those that ratchetry ships, with their defaults, written with numpy.  An arm is drawn by drawing from what is
believed of each, which has the same probabilities as the vector that ratchetry computes, and the floor is a choice at
random.  tests/unit/learn/bandit/test_simulation.py holds them to the shipped ones step by step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.regret_environments import Array
from ratchetry.domain.weights import Parameters
from ratchetry.learn.bandit.policies import defaults

Whole = NDArray[np.int64]
_UNTRIED: Final = 1e6
"""More than any bound: untried arms come first, and tie."""

NAMES: Final = ("ratchetry", "plain Thompson", "discounted Thompson", "UCB1", "epsilon-greedy 0.1")
PARAMETERS: Final[dict[str, Parameters]] = {
    "ratchetry": defaults("thompson"),
    # peers without the floor: it would only cost them
    "plain Thompson": replace(defaults("plain-thompson"), floor=0.0),
    "discounted Thompson": replace(defaults("discounted-thompson"), floor=0.0),
    "UCB1": replace(defaults("ucb1"), floor=0.0),
    "epsilon-greedy 0.1": replace(defaults("epsilon-greedy"), floor=0.0),
}


class Policy:
    """One policy over many seeds; what it remembers stands in arrays by seed, context and arm."""

    def __init__(self, parameters: Parameters, *, seeds: int, arms: int, contexts: int = 1) -> None:
        self.parameters = parameters
        self.alpha = np.zeros((seeds, contexts, arms))
        self.beta = np.zeros_like(self.alpha)
        self.n = np.zeros_like(self.alpha)
        self.reward = np.zeros_like(self.alpha)
        self._seeds = np.arange(seeds)

    def choose(self, context: Whole, rng: np.random.Generator) -> Whole:
        """Return the arm that each seed chooses in its context."""
        parameters, size = self.parameters, self.alpha.shape[2]
        chosen: Whole = np.argmax(self._draws(context, rng), axis=1)
        at_random = parameters.floor
        if parameters.policy == "epsilon-greedy":
            at_random = 1.0 - (1.0 - parameters.floor) * (1.0 - parameters.exploration)
        if at_random:
            evenly = rng.random(len(self._seeds)) < at_random
            chosen[evenly] = rng.integers(0, size, int(evenly.sum()))
        return chosen

    def learn(self, context: Whole, arm: Whole, reward: Array) -> None:
        """Take in the reward of the arm that each seed chose in its context."""
        parameters, here = self.parameters, (self._seeds, context, arm)
        kept = parameters.discount
        alpha, beta = self.alpha[here] * kept + reward, self.beta[here] * kept + 1.0 - reward
        scale = np.minimum(1.0, parameters.cap / (alpha + beta)) if parameters.cap else 1.0
        self.alpha[self._seeds, context] *= parameters.idle_decay
        self.beta[self._seeds, context] *= parameters.idle_decay
        self.alpha[here], self.beta[here] = alpha * scale, beta * scale
        self.n[here] += 1.0
        self.reward[here] += reward

    def believed(self, context: Whole) -> tuple[Array, Array]:
        """Return the Beta distribution of each arm's mean for each seed in its context, the prior included."""
        parameters = self.parameters
        alpha, beta = self.alpha[self._seeds, context], self.beta[self._seeds, context]
        won = self.alpha.sum(axis=1) - alpha
        outcomes = won + self.beta.sum(axis=1) - beta
        strength = parameters.base_strength
        overall = (strength / 2 + won.sum(axis=1)) / (strength + outcomes.sum(axis=1))
        base = (strength * overall + alpha.sum(axis=1)) / (strength + alpha.sum(axis=1) + beta.sum(axis=1))
        mean = (parameters.prior_strength * base[:, None] + won) / (parameters.prior_strength + outcomes)
        worth = parameters.prior_strength + parameters.pooled_strength * outcomes / (outcomes + parameters.pooled_half)
        return alpha + worth * mean, beta + worth * (1.0 - mean)

    def _draws(self, context: Whole, rng: np.random.Generator) -> Array:
        """Return for each seed a number by arm, of which the largest is chosen."""
        here = (self._seeds, context)
        match self.parameters.policy:
            case "thompson":
                alpha, beta = self.believed(context)
                times = self.parameters.sharpening
                return rng.beta(times * alpha, times * beta)
            case "plain-thompson":
                return rng.beta(1.0 + self.reward[here], 1.0 + self.n[here] - self.reward[here])
            case "discounted-thompson":
                return rng.beta(1.0 + self.alpha[here], 1.0 + self.beta[here])
            case "ucb1" | "epsilon-greedy":
                return self._index(context) + 1e-9 * rng.random(self.alpha[here].shape)

    def _index(self, context: Whole) -> Array:
        """Return the index of each arm by which UCB1 and epsilon-greedy choose, ties aside."""
        n, reward = self.n[self._seeds, context], self.reward[self._seeds, context]
        mean = reward / np.maximum(n, 1.0)
        if self.parameters.policy == "epsilon-greedy":
            return np.where(n > 0, mean, 1.0)
        bonus = np.sqrt(2.0 * np.log(np.maximum(n.sum(axis=1, keepdims=True), 1.0)) / np.maximum(n, 1.0))
        return np.where(n > 0, mean + bonus, _UNTRIED)
