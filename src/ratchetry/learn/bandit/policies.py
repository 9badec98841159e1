"""The policies by name, with the parameters that each remembers evidence by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from ratchetry.domain.belief import Belief
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.weights import Parameters, PolicyName
from ratchetry.learn.bandit.discounted_thompson import discounted_thompson
from ratchetry.learn.bandit.epsilon_greedy import epsilon_greedy
from ratchetry.learn.bandit.plain_thompson import plain_thompson
from ratchetry.learn.bandit.thompson import thompson
from ratchetry.learn.bandit.ucb1 import ucb1

Policy = Callable[[Sequence[Belief], Parameters], tuple[float, ...]]
"""From what is believed of each arm to how likely each is chosen, before the floor."""

STATIC: Final = "static"
"""The policy of a decision that nothing learned went into."""

_POLICIES: Final[Mapping[PolicyName, Policy]] = {
    "thompson": thompson,
    "plain-thompson": plain_thompson,
    "discounted-thompson": discounted_thompson,
    "ucb1": ucb1,
    "epsilon-greedy": epsilon_greedy,
}
_ALL: Final = Parameters(cap=0.0, idle_decay=1.0, discount=1.0)
_DEFAULTS: Final[Mapping[PolicyName, Parameters]] = {
    "thompson": Parameters(),
    "plain-thompson": replace(_ALL, policy="plain-thompson"),
    "discounted-thompson": replace(_ALL, policy="discounted-thompson", idle_decay=0.998, discount=0.998),
    "ucb1": replace(_ALL, policy="ucb1"),
    "epsilon-greedy": replace(_ALL, policy="epsilon-greedy"),
}


def defaults(policy: PolicyName) -> Parameters:
    """Return the parameters of a policy unless somebody chose others."""
    return _DEFAULTS[policy]


def probabilities(beliefs: Sequence[Belief], parameters: Parameters) -> tuple[float, ...]:
    """Return how likely each arm is chosen by the policy that the parameters name, before the floor."""
    return _POLICIES[parameters.policy](beliefs, parameters)


def policy_name(parameters: Parameters) -> str:
    """Return the name of a policy and the hash of its parameters, as decisions log it."""
    told = (f"{name}={value}" for name, value in sorted(asdict(parameters).items()))
    return f"{parameters.policy}:{short_hash(*told)}"
