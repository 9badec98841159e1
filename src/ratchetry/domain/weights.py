"""What the bandit has learned, as values: its arms, the evidence on each in each context, and what that rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

PolicyName = Literal["thompson", "plain-thompson", "discounted-thompson", "ucb1", "epsilon-greedy"]
POLICIES: Final[tuple[PolicyName, ...]] = (
    "thompson",
    "plain-thompson",
    "discounted-thompson",
    "ucb1",
    "epsilon-greedy",
)

MOST_ARMS: Final = 100
MOST_CONTEXTS: Final = 2000
MOST_NAMES: Final = 8
"""Names that one context may have."""
LONGEST_VALUE: Final = 200
"""Characters of the value of one of them."""

ARM_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9_./:@+-]{0,199}"
_ARM: Final = re.compile(ARM_PATTERN)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ESCAPES: Final = {"%": "%25", ",": "%2C", "=": "%3D"}
_ESCAPED: Final = re.compile("[%,=]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm: a prompt macro, a strategy, an action."""

    name: str
    content: str = ""
    """The hash of what it stands for, where that is a file."""
    added: str = ""
    retired: str = ""
    """When it was taken out of the choice; what was learned of it is kept."""
    aliases: tuple[str, ...] = ()
    """Names that it had before: decisions that were taken under them count for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmEvidence:
    """What outcomes say of one arm in one context."""

    alpha: float = 0.0
    """Rewards, as far as they are remembered; the prior is not among them."""
    beta: float = 0.0
    """What the remembered outcomes lacked to full rewards."""
    n: int = 0
    """Outcomes, also those that are forgotten."""
    reward: float = 0.0
    """Rewards of all of them together."""
    last: str = ""
    """When the newest of them became known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How evidence is remembered and how a choice is made of it."""

    policy: PolicyName = "thompson"
    prior_strength: float = 2.0
    """Pseudo-outcomes that every arm starts with."""
    base_strength: float = 40.0
    """Pseudo-outcomes, half of them rewards, that shrink the mean of all arms: an unknown arm is thought to have it."""
    pooled_strength: float = 8.0
    """Most further pseudo-outcomes that the other contexts are worth."""
    pooled_half: float = 20.0
    """Outcomes of the other contexts that are worth half of those."""
    cap: float = 160.0
    """Outcomes that are remembered of one arm; 0 means all."""
    idle_decay: float = 0.999
    """What remains of an arm's evidence for each outcome of another arm in its context."""
    discount: float = 1.0
    """What remains of an arm's evidence for each outcome of its own."""
    sharpening: float = 4.0
    """How many times the evidence counts when an arm is drawn."""
    exploration: float = 0.1
    """Share of choices that epsilon-greedy makes at random."""
    floor: float = 0.008
    """Share of choices that is spread evenly over all arms, so that each stays possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFeedback:
    """How changes of one module fared in CI: shares of runs, since the files of one change share its blame."""

    passed: float
    failed: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CiFeedback:
    """Which modules' changes go with failures, and the priorities that follow."""

    modules: Mapping[str, ModuleFeedback] = field(default_factory=dict)
    recommended_priorities: Mapping[str, float] = field(default_factory=dict)
    base: Mapping[str, float] = field(default_factory=dict)
    """The priorities that people have set, before CI had any influence on them."""
    influence: float = 0.2
    """The share of the recommended priorities in those that hold."""
    evidence: str = ""
    """The hash of what it was learned from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The events that the evidence was folded from."""

    events: int = 0
    evidence: str = ""
    """The hash of the sorted identifiers of the events that count."""
    as_of: str = ""
    """When the newest of them happened."""
    refused: int = 0
    """Events that were left out because they make no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All that the bandit has learned."""

    version: int = 1
    parameters: Parameters = field(default_factory=Parameters)
    arms: tuple[Arm, ...] = ()
    """The first that is not retired is the static default."""
    contexts: Mapping[str, Mapping[str, ArmEvidence]] = field(default_factory=dict)
    """By context (`context_key`) and arm."""
    ci_feedback: CiFeedback = field(default_factory=CiFeedback)
    priorities: Mapping[str, float] = field(default_factory=dict)
    fold: Provenance = field(default_factory=Provenance)

    @property
    def active(self) -> tuple[str, ...]:
        """Return the names of the arms that may be chosen."""
        return tuple(arm.name for arm in self.arms if not arm.retired)


def names_of(arms: Iterable[Arm]) -> dict[str, str]:
    """Return the present name of every arm by each name that it has or had."""
    return {name: arm.name for arm in arms for name in (arm.name, *arm.aliases)}


def is_arm(name: str) -> bool:
    """Tell whether a text may be the name of an arm."""
    return _ARM.fullmatch(name) is not None


def context_key(context: Mapping[str, str]) -> str:
    """Return the one text that stands for a context, such as `code_type=api,module=auth`; empty without names.

    Raises ValueError saying which name or value cannot be one.
    """
    if len(context) > MOST_NAMES:
        msg = f"a context has {len(context)} names; at most {MOST_NAMES} are allowed"
        raise ValueError(msg)
    return ",".join(f"{_name(name)}={_value(name, value)}" for name, value in sorted(context.items()))


def context_of(key: str) -> dict[str, str]:
    """Return the context that a text of `context_key` stands for; raises ValueError for any other text."""
    found: dict[str, str] = {}
    for part in key.split(",") if key else ():
        name, _, value = part.partition("=")
        for character, escape in reversed(_ESCAPES.items()):
            value = value.replace(escape, character)
        found[name] = value
    if context_key(found) != key:
        msg = f"{key[:LONGEST_VALUE]!r} is no context: it is written as name=value,name=value in order of the names"
        raise ValueError(msg)
    return found


def _name(name: str) -> str:
    """Return a name of a context; raises ValueError when it cannot be one."""
    if _NAME.fullmatch(name) is None:
        msg = f"{name[:LONGEST_VALUE]!r} is no name for a context: letters, digits and _ . - are, up to 64 of them"
        raise ValueError(msg)
    return name


def _value(name: str, value: str) -> str:
    """Return a value of a context with what separates values escaped; raises ValueError when it cannot be one."""
    if not 0 < len(value) <= LONGEST_VALUE or not value.isprintable():
        msg = f"context {name}: {value[:LONGEST_VALUE]!r} must be 1 to {LONGEST_VALUE} printable characters"
        raise ValueError(msg)
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], value)
