"""`ratchetry bandit arm`: what happens to an arm, as an event of the history."""

from __future__ import annotations

from datetime import datetime

from ratchetry.domain.event import Event
from ratchetry.domain.moment import days_of
from ratchetry.errors import UsageError
from ratchetry.learn.bandit.arms import PHASES, arm_event, changed_arms, known_arms
from ratchetry.pipeline.bandit.weights_file import read_weights
from ratchetry.pipeline.history import open_history
from ratchetry.pipeline.places import places_of
from ratchetry.settings import Settings


def change_arm(
    path: str,
    settings: Settings,
    *,
    phase: str,
    name: str,
    to: str,
    reason: str,
    actor: str,
    moment: datetime,
    history: str | None = None,
) -> Event:
    """Return the event that notes what happens to an arm, kept in the history.

    Raises UsageError when it makes no sense for the arms that there are.
    """
    place = open_history(path, settings, history)
    known = next(one for one in PHASES if one == phase)
    time = f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    noted = place.kept_event(arm_event(known, name, time=time, to=to, reason=reason, actor=actor))
    kept = read_weights(places_of(path, settings).root, settings).weights.arms
    events = (*place.events(), noted)
    changed = changed_arms(known_arms(settings.arms, kept), events, days_of(time) or 0.0)
    for refusal in changed.refused:
        if refusal.event == noted.id:
            raise UsageError(refusal.reason)
    place.add_event(noted)
    return noted
