"""`ratchetry bandit show` and `explain`: where the arms stand, and why one was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.belief import ContextStanding
from ratchetry.domain.explanation import Explanation
from ratchetry.domain.weights import context_key, names_of
from ratchetry.errors import UsageError
from ratchetry.learn.bandit.choose import standing
from ratchetry.learn.bandit.explain import explained
from ratchetry.learn.bandit.identifier import moment_in
from ratchetry.learn.decision_log import Decided, DecisionLog, read_log
from ratchetry.pipeline.bandit.weights_file import WeightsOnDisk, offered_arms, read_weights
from ratchetry.pipeline.places import places_of
from ratchetry.settings import Settings

_EVER: Final = "9000-01-01T00:00:00Z"
_OLD: Final = 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where all arms stand in all contexts, or in one."""

    file: WeightsOnDisk
    standings: tuple[ContextStanding, ...]


def show(
    path: str, settings: Settings, *, context: Mapping[str, str] | None = None, weights_file: str | None = None
) -> Shown:
    """Return where the arms stand in every context that has evidence, or in the one asked for.

    Raises UsageError when there is no arm or the context is none.
    """
    file = read_weights(places_of(path, settings).root, settings, weights_file)
    arms = offered_arms(file.weights, settings)
    keys = sorted(file.weights.contexts) or [""] if context is None else [_key(context)]
    return Shown(file=file, standings=tuple(standing(file.weights, key, arms) for key in keys))


def explain(
    path: str,
    settings: Settings,
    *,
    decision: str = "",
    context: Mapping[str, str] | None = None,
    weights_file: str | None = None,
    history: str | None = None,
) -> Explanation:
    """Return why a decision was taken as it was, or how one would be taken in a context.

    Raises UsageError for a decision that is not in the history, or a context that is none.
    """
    places = places_of(path, settings)
    file = read_weights(places.root, settings, weights_file)
    place = HistoryDirectory(Path(history) if history else places.output)
    log = read_log(place.events(_since(decision)), _EVER)
    one = _found(log, decision) if decision else None
    key = context_key(one.decision.context) if one else _key(context or {})
    names = names_of(file.weights.arms)
    asked = tuple(one.decision.propensities) if one else ()
    arms = offered_arms(file.weights, settings, tuple(dict.fromkeys(names.get(arm, arm) for arm in asked)))
    return explained(standing(file.weights, key, arms), log, one, state=file.state)


def _since(decision: str) -> str:
    """Return when to begin to look for a decision: a month before its identifier says, or at the beginning."""
    moment = moment_in(decision) if decision else None
    return f"{moment - timedelta(days=31):%Y-%m-%dT%H:%M:%SZ}" if moment and moment.year > _OLD else ""


def _found(log: DecisionLog, decision: str) -> Decided:
    """Return a decision of a log; raises UsageError when it is not there."""
    for one in log.decisions:
        if one.decision.id == decision:
            return one
    msg = f"there is no decision {decision[:100]!r} in the history; `ratchetry history pull` fetches the shared one"
    raise UsageError(msg)


def _key(context: Mapping[str, str]) -> str:
    """Return the key of a context; raises UsageError when it is none."""
    try:
        return context_key(context)
    except ValueError as error:
        raise UsageError(str(error)) from error
