"""The proposal to take over what was learned: the new weights file, and what changed in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.event import Event
from ratchetry.domain.weights import Weights
from ratchetry.learn.bandit.arms import known_arms
from ratchetry.learn.bandit.choose import standing
from ratchetry.learn.bandit.fold import Folded, fold
from ratchetry.report.bandit import moves_markdown
from ratchetry.state.weights import dumps

MOST_CONTEXTS: Final = 10
"""Contexts that the words tell of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsProposal:
    """A weights file to take over: its text, what changed as Markdown, and whether anything did."""

    text: str
    body: str
    changed: bool
    folded: Folded


def propose_weights(
    before: Weights, events: Iterable[Event], *, as_of: str, declared: Sequence[str] = ()
) -> WeightsProposal:
    """Return the proposal to replace weights by what events come to as of the start of the newest run.

    Only events of the history count: nothing that a pull request says of itself.  Raises ValueError when `as_of` is no
    time.
    """
    arms = known_arms(declared, before.arms)
    folded = fold(events, as_of=as_of, arms=arms, parameters=before.parameters, kept=before)
    after = folded.weights
    data = dumps(after)
    keys = [key for key, found in after.contexts.items() if before.contexts.get(key) != found] if after.active else []
    keys.sort(key=lambda key: (-sum(found.n for found in after.contexts[key].values()), key))
    moves = [(standing(before, key, after.active), standing(after, key, after.active)) for key in keys[:MOST_CONTEXTS]]
    return WeightsProposal(
        text=data.decode("utf-8"),
        body=moves_markdown(after.fold, moves, left_out=max(0, len(keys) - MOST_CONTEXTS)),
        changed=data != dumps(before),
        folded=folded,
    )
