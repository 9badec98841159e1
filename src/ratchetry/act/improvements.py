"""What to do about improvements: one issue for each suggestion, as long as its metric has not recovered.

| the issue of the fingerprint | suggested | its goal | action |
| --- | --- | --- | --- |
| none | yes | open | open one, within the limits |
| open | yes | open | bring it up to date |
| open | either | reached | close it with the runs that show it |
| open | no | not measured, or open | nothing: what is not seen is not mended |
| closed within the cool-down | yes | open | nothing yet |
| closed before | yes | open | open it again, within the limits |
| closed as not planned | either | either | nothing: a person does not want it |

A goal is reached when it was kept in as many runs in a row as it asks for: one good run may be luck.  What a gate's
issue is about already gets no second one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ratchetry.act.plan import gate_fingerprint
from ratchetry.domain.action import Action, CloseIssue, UpsertIssue
from ratchetry.domain.catalog import definition
from ratchetry.domain.codeowners import CodeOwners
from ratchetry.domain.improvement import LABEL, KnownIssue, Limits
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import HitRate, Suggestion
from ratchetry.learn.suggestions.measure import measured, recovered
from ratchetry.report.improvement import body, closing, title
from ratchetry.state.goal import goal_line

MOST_ASSIGNEES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the plan is made in: the issues that are there, the runs newest first, who owns what, and the limits."""

    known: Mapping[str, KnownIssue]
    runs: Sequence[RunRecord]
    as_of: str
    gates: Collection[str] = ()
    """The fingerprints of the issues about gates that are open, or about to be."""
    owners: CodeOwners = field(default_factory=CodeOwners)
    rates: Mapping[str, HitRate] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


def improvements(suggestions: Sequence[Suggestion], scene: Scene) -> tuple[Action, ...]:
    """Return what to do about improvements, by the table above; the suggestions stand in the order of their worth."""
    closed = tuple(action for issue in scene.known.values() if (action := _closed(issue, scene)) is not None)
    done = {action.fingerprint for action in closed}
    opened = sum(issue.state == "open" for issue in scene.known.values()) - len(done)
    room = max(0, min(scene.limits.new, scene.limits.total - opened))
    actions: list[Action] = list(closed)
    for one in suggestions:
        issue = scene.known.get(one.fingerprint)
        if one.fingerprint in done or _unwanted(one, issue, scene):
            continue
        if issue is not None and issue.state == "open":
            # the goal stays as it was set: one that moves with the metric is never reached
            actions.append(_issue(replace(one, goal=issue.goal or one.goal), scene))
        elif room > 0:
            room -= 1
            actions.append(_issue(one, scene))
    return tuple(actions)


def _unwanted(one: Suggestion, issue: KnownIssue | None, scene: Scene) -> bool:
    """Tell whether there should be no issue about a suggestion now."""
    if issue is not None and issue.state == "open":
        return False
    if gate_fingerprint(one.goal.metric) in scene.gates and one.goal.measure in {"metric", "tests"}:
        return True
    stays = issue is not None and (issue.state == "silenced" or _cooling(issue, scene))
    return stays or bool(recovered(one.goal, scene.runs))


def _cooling(issue: KnownIssue, scene: Scene) -> bool:
    """Tell whether an issue was closed too short a time ago to be opened again."""
    closed, now = days_of(issue.closed), days_of(scene.as_of)
    return closed is not None and now is not None and now - closed < scene.limits.cool_down


def _issue(one: Suggestion, scene: Scene) -> UpsertIssue:
    """Return the issue that there should be about a suggestion."""
    owners = dict.fromkeys(login for path in one.files[:1] for login in scene.owners.owners(path))
    return UpsertIssue(
        fingerprint=one.fingerprint,
        title=title(one),
        body=goal_line(one.goal) + body(one, scene.rates.get(one.kind)),
        labels=(LABEL,),
        assignees=tuple(owners)[:MOST_ASSIGNEES],
    )


def _closed(issue: KnownIssue, scene: Scene) -> CloseIssue | None:
    """Return the closing of an issue whose goal was reached, None where it was not."""
    goal = issue.goal
    shown = recovered(goal, scene.runs) if goal is not None and issue.state == "open" else ()
    if goal is None or not shown:
        return None
    entry = definition(goal.metric)
    unit = entry.unit if entry and goal.measure in {"metric", "bound"} else "count"
    comment = closing(goal, unit, measured(goal, shown))
    return CloseIssue(fingerprint=issue.fingerprint, comment=comment, label=LABEL)
