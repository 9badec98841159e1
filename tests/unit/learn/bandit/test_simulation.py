"""The policies that benchmarks/regret.py simulates with numpy are those that are shipped."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.regret_environments import optimal_regret
from benchmarks.regret_policies import NAMES, PARAMETERS, Policy
from ratchetry.domain.weights import ArmEvidence, Weights
from ratchetry.learn.bandit.choose import propensities
from ratchetry.learn.bandit.memory import ContextMemory
from ratchetry.learn.bandit.prior import beliefs

SEEDS, ARMS, CONTEXTS = 3, ("a", "b", "c"), ("", "k=x")


@pytest.mark.parametrize("name", NAMES)
def test_each_step_leaves_the_same_beliefs(name: str) -> None:
    """After every outcome the arrays of the simulation hold what the shipped memory and prior give."""
    parameters = PARAMETERS[name]
    simulated = Policy(parameters, seeds=SEEDS, arms=len(ARMS), contexts=len(CONTEXTS))
    shipped = [[ContextMemory(parameters=parameters) for _ in CONTEXTS] for _ in range(SEEDS)]
    rng = np.random.default_rng(8)
    for step in range(60):
        context, reward = rng.integers(0, 2, SEEDS), rng.choice([0.0, 1.0, 0.25], SEEDS)
        arm = simulated.choose(context, rng)
        simulated.learn(context, arm, reward)
        alpha, beta = simulated.believed(context)
        for seed in range(SEEDS):
            shipped[seed][context[seed]].observe(ARMS[arm[seed]], float(reward[seed]), float(step))
            contexts = {
                key: memory.evidence() for key, memory in zip(CONTEXTS, shipped[seed], strict=True) if memory.cells
            }
            believed = beliefs(contexts, CONTEXTS[context[seed]], ARMS, parameters)
            assert [one.alpha for one in believed] == pytest.approx(alpha[seed], abs=1e-5)
            assert [one.beta for one in believed] == pytest.approx(beta[seed], abs=1e-5)
            assert [one.evidence.n for one in believed] == simulated.n[seed, context[seed]].tolist()
            assert [one.evidence.reward for one in believed] == pytest.approx(simulated.reward[seed, context[seed]])


@pytest.mark.parametrize("name", NAMES)
def test_arms_are_chosen_as_often_as_the_shipped_propensities_say(name: str) -> None:
    """Choosing by drawing from beliefs, and at random for the floor, passes the chi-square test against them."""
    count, rng = 20_000, np.random.default_rng(9)
    evidence = {
        "a": ArmEvidence(alpha=9.0, beta=4.0, n=20, reward=14.0),
        "b": ArmEvidence(alpha=7.0, beta=4.0, n=18, reward=12.0),
        "c": ArmEvidence(alpha=1.0, beta=2.0, n=3, reward=1.0),
    }
    policy = Policy(PARAMETERS[name], seeds=count, arms=len(ARMS))
    for place, arm in enumerate(ARMS):
        one = evidence[arm]
        policy.alpha[:, 0, place], policy.beta[:, 0, place] = one.alpha, one.beta
        policy.n[:, 0, place], policy.reward[:, 0, place] = one.n, one.reward
    chosen = policy.choose(np.zeros(count, dtype=np.int64), rng)
    expected = propensities(Weights(parameters=PARAMETERS[name], contexts={"": evidence}), {}, ARMS)
    seen = [int((chosen == place).sum()) for place in range(len(ARMS))]
    wanted = [count * expected[arm] for arm in ARMS]
    assert sum((here - there) ** 2 / there for here, there in zip(seen, wanted, strict=True)) < 13.8


def test_the_least_regret_is_the_known_one() -> None:
    """One step loses a sixth whatever is done, two steps a quarter; fifty lose 1.337."""
    assert optimal_regret(1) == pytest.approx(1 / 6)
    assert optimal_regret(2) == pytest.approx(1 / 4)
    assert optimal_regret(50) == pytest.approx(1.3366, abs=1e-4)
