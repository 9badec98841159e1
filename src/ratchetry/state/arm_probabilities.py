"""A policy as a file: how likely each arm is chosen, in general and in single contexts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from ratchetry.domain.weights import MOST_ARMS, MOST_CONTEXTS, context_of, is_arm
from ratchetry.errors import StateError
from ratchetry.state.codec import decode

NEWEST: Final = 1
_ACCURACY: Final = 1e-6

Shares = Annotated[Mapping[str, Annotated[float, Meta(ge=0, le=1)]], Meta(min_length=1, max_length=MOST_ARMS)]


class ArmProbabilities(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The probabilities of arms; those of a context are used in it, `arms` in all others."""

    version: Annotated[int, Meta(ge=1)] = NEWEST
    arms: Shares
    contexts: Annotated[Mapping[str, Shares], Meta(max_length=MOST_CONTEXTS)] = field(default_factory=dict)

    def of(self, context: str) -> Mapping[str, float]:
        """Return how likely each arm is in a context, by its key."""
        return self.contexts.get(context, self.arms)


def loads(data: bytes, origin: str) -> ArmProbabilities:
    """Return the policy in a JSON document.

    Raises StateError naming file and field, also when probabilities do not add up to 1, or names are none.
    """
    found = decode(data, ArmProbabilities, origin, newest=NEWEST)
    for where, shares in (
        ("arms", found.arms),
        *((f"contexts.{key[:100]}", row) for key, row in found.contexts.items()),
    ):
        unknown = next((name for name in shares if not is_arm(name)), None)
        if unknown is not None:
            msg = f"{origin}: {where}: {unknown[:100]!r} is no name of an arm"
            raise StateError(msg)
        total = math.fsum(shares.values())
        if abs(total - 1.0) > _ACCURACY:
            msg = f"{origin}: {where}: the probabilities add up to {total:g}, and must to 1"
            raise StateError(msg)
    for key in found.contexts:
        try:
            context_of(key)
        except ValueError as error:
            msg = f"{origin}: contexts: {error}"
            raise StateError(msg) from error
    return found
