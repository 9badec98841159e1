"""Which advice comes first: drawn by the bandit among kinds that are about equally worth giving.

Place by place, the suggestion with the highest score sets what is chosen between: the kinds that have one about the
same type of code with at least half of its score.  Among those the bandit draws a kind, and the best suggestion of that
kind takes the place.  So what is much worse never waits, and among the rest the project finds out which advice helps.
The draw is by the decision's identifier, which is made of the suggestion and the run: looking again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ratchetry.domain.suggestion import Ranked, Suggestion, advice_id
from ratchetry.domain.weights import Weights
from ratchetry.learn.bandit.choose import Request, choose

NEAR: Final = 0.5
"""The share of the best score that another suggestion must have to be about as good."""
DRAWN: Final = 10
"""Places that are drawn; those after them are in the order of the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What places are drawn with: what was learned, at which run, and whether learning is frozen."""

    weights: Weights = field(default_factory=Weights)
    run: str = ""
    """What the draw is made for, beside the suggestion: the newest run, or a seed that somebody gives."""
    time: str = ""
    repository: str = ""
    state: str = ""
    """The hash of what the weights were folded from."""
    frozen: bool = False


def ordered(suggestions: Sequence[Suggestion], draw: Draw) -> tuple[Ranked, ...]:
    """Return the suggestions in the order in which they should be followed; `suggestions` are ordered by score."""
    left = list(suggestions)
    placed: list[Ranked] = []
    while left and len(placed) < DRAWN and not draw.frozen:
        best = left[0]
        near = [one for one in left if one.code_type == best.code_type and one.score >= NEAR * best.score]
        leading: dict[str, Suggestion] = {one.kind: one for one in reversed(near)}
        decision = choose(draw.weights, _request(best, leading, draw, len(placed)), state=draw.state)
        chosen = leading[decision.arm]
        placed.append(Ranked(suggestion=chosen, decision=replace(decision, unit=chosen.fingerprint)))
        left.remove(chosen)
    return (*placed, *(Ranked(suggestion=one) for one in left))


def _request(best: Suggestion, leading: Mapping[str, Suggestion], draw: Draw, place: int) -> Request:
    """Return the request for one of the kinds for a place, that of the best suggestion first."""
    return Request(
        id=advice_id(best.fingerprint, f"{draw.run} {place}"),
        time=draw.time,
        arms=(best.kind, *sorted(leading.keys() - {best.kind})),
        context={"code_type": best.code_type},
        repository=draw.repository,
    )
