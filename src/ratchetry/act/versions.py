"""What to do about versions: one standing pull request that moves those which should move, and never a silent move.

| the slot's version | what is known | move |
| --- | --- | --- |
| degraded | an earlier version that never was | back to that one |
| degraded | no such version | none: the alarm tells people |
| not degraded | an experiment was won since it became active | to the winner |
| not degraded | nothing | none |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ratchetry.domain.action import ProposeChange
from ratchetry.domain.event import Event
from ratchetry.domain.versions import ACTIVE_VERSIONS_FILE, ActiveVersion, ActiveVersions
from ratchetry.learn.decision_log import DecisionLog, read_log
from ratchetry.learn.experiment.learn import courses, status_of
from ratchetry.learn.promotion import moved, winners
from ratchetry.learn.watch_report import rollbacks, watch_report
from ratchetry.report.version_moves import body, title
from ratchetry.state.active_versions import dumps

BRANCH: Final = "ratchetry/active-versions"


def propose_versions(events: Iterable[Event], active: ActiveVersions, as_of: str, base: str) -> ProposeChange | None:
    """Return the pull request that moves versions, None when none has to move.

    `active` is what the file says now.  Raises ValueError when `as_of` is no time.
    """
    moves = due_moves(read_log(events, as_of), active)
    if not moves:
        return None
    return ProposeChange(
        branch=BRANCH,
        base=base,
        title=title(moves),
        body=body(moves),
        message=title(moves),
        files={ACTIVE_VERSIONS_FILE: dumps(moved(active, moves)).decode()},
    )


def due_moves(log: DecisionLog, active: ActiveVersions) -> dict[str, ActiveVersion]:
    """Return the versions that should become active, by slot; going back goes before going on."""
    statuses = [status_of(course, log) for course in courses(log).by_name.values()]
    return {**winners(statuses, active, log), **rollbacks(watch_report(log), active)}
