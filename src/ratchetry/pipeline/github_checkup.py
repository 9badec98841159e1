"""What `ratchetry doctor --github` looks at: what breaks a setup on GitHub without an error anywhere.

Each check is a pure function of what GitHub and the checkout say; what the token may not see is a note that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ratchetry.adapters.github.doctor import SetupFacts
from ratchetry.adapters.github.facts import Unknown, WorkflowFacts, WorkflowRunFacts
from ratchetry.pipeline.checkup import Check, Health
from ratchetry.pipeline.github_workflows import Caller, Role, lacking

AREA: Final = "github"
LONGEST_SILENCE: Final = timedelta(days=8)
"""A week, in which the schedule starts one run, and a day for the delays of schedules."""

_REFUSING: Final = frozenset({"pull_request", "required_status_checks", "required_signatures", "update", "workflows"})
"""Kinds of rules under which nothing can be pushed to a branch as learning pushes."""

_PURPOSE: Final[dict[Role, str]] = {
    "measuring": "nothing is measured",
    "comment": "pull requests get no comment",
    "learning": "no run is kept, and no bound ever moves",
}
_DISABLED: Final = {
    "disabled_inactivity": "GitHub turns schedules off after 60 days without a commit",
    "disabled_manually": "somebody turned it off",
    "disabled_fork": "workflows are off in forks until somebody turns them on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is judged: what GitHub says, which workflows the checkout has, and where the history is to be."""

    facts: SetupFacts
    callers: tuple[Caller, ...]
    data_branch: str
    now: datetime

    def role(self, role: Role) -> tuple[Caller, ...]:
        """Return the workflows of the checkout that have a role."""
        return tuple(caller for caller in self.callers if caller.role == role)


def check_github(setup: Setup) -> Iterator[Check]:
    """Yield every check of a setup on GitHub."""
    yield from _repository(setup)
    yield from _settings(setup)
    for role in _PURPOSE:
        yield from _workflow(setup, role)
    yield from _names(setup)
    yield from _default_branch(setup)
    yield from _data_branch(setup)
    yield _last_learning(setup)


def _check(what: str, health: Health, found: str, advice: str = "") -> Check:
    """Return a check of this area."""
    return Check(area=AREA, what=what, health=health, found=found, advice=advice)


def _unknown(what: str, fact: Unknown) -> Check:
    """Return the check of what the token may not see."""
    advice = "ask again with the token of somebody who administers the repository (GITHUB_TOKEN=$(gh auth token))"
    return _check(what, "note", f"not known: {fact.reason}", advice)


def _repository(setup: Setup) -> Iterator[Check]:
    """Yield the check of the repository itself."""
    row = setup.facts.repository
    if isinstance(row, Unknown):
        yield _check("repository", "wrong", f"cannot be read: {row.reason}", "check its name and the token")
    elif row.archived or row.disabled:
        state = "archived" if row.archived else "disabled"
        yield _check("repository", "wrong", f"{row.full_name} is {state}: nothing runs there", "restore it")
    elif row.fork:
        yield _check(
            "repository", "note", f"{row.full_name} is a fork: schedules are off there until they are turned on"
        )
    else:
        yield _check("repository", "ok", row.full_name)
    if not isinstance(row, Unknown) and not row.has_issues:
        advice = "turn issues on (Settings, General, Features)"
        yield _check("issues", "wrong", "are turned off: gates that fail on the default branch open none", advice)


def _settings(setup: Setup) -> Iterator[Check]:
    """Yield the checks of what the settings let Actions do."""
    actions, token = setup.facts.actions, setup.facts.token
    if isinstance(actions, Unknown):
        yield _unknown("actions", actions)
    elif not actions.enabled:
        yield _check("actions", "wrong", "are turned off: nothing runs", "turn them on (Settings, Actions, General)")
    elif actions.allowed_actions == "local_only":
        advice = "allow the repository that the workflows call (Settings, Actions, General)"
        yield _check(
            "actions", "wrong", "only this repository's own are allowed: calls of ratchetry are refused", advice
        )
    elif actions.allowed_actions == "selected":
        advice = "the list must have the repository that is called, and the actions that it uses"
        yield _check("actions", "note", "only those of a list are allowed", advice)
    else:
        yield _check("actions", "ok", "are allowed")
    if isinstance(token, Unknown):
        yield _unknown("pull requests by Actions", token)
    elif token.may_create_pull_requests:
        yield _check("pull requests by Actions", "ok", "are allowed")
    else:
        advice = 'turn on "Allow GitHub Actions to create and approve pull requests" (Settings, Actions, General)'
        found = "are not allowed: what was learned cannot be proposed"
        yield _check("pull requests by Actions", "wrong", found, advice)


def _workflow(setup: Setup, role: Role) -> Iterator[Check]:
    """Yield the checks of the workflow that has a role: that it is there, at work, and may do what it must."""
    what, token = f"{role} workflow", setup.facts.token
    if not setup.role(role):
        health: Health = "missing" if role == "measuring" else "note"
        yield _check(what, health, f"is not there: {_PURPOSE[role]}", "ratchetry init writes it")
    for caller in setup.role(role):
        missing = lacking(caller, "" if isinstance(token, Unknown) else token.default_permissions)
        if missing:
            advice = f"add to `permissions:` of its job: {', '.join(missing)}"
            yield _check(what, "wrong", f"{caller.path} does not grant {', '.join(missing)}: it cannot start", advice)
        yield _at_work(setup.facts.workflows, caller)


def _at_work(known: tuple[WorkflowFacts, ...] | Unknown, caller: Caller) -> Check:
    """Return the check of what GitHub makes of a workflow's file."""
    what = f"{caller.role} workflow"
    if isinstance(known, Unknown):
        return _unknown(what, known)
    row = next((row for row in known if row.path == caller.path), None)
    if row is None:
        advice = "merge it into the default branch: only from there it can follow other workflows or a schedule"
        return _check(what, "wrong", f"GitHub does not know {caller.path}: {_PURPOSE[caller.role]}", advice)
    if row.state != "active":
        reason = _DISABLED.get(row.state, row.state)
        advice = f"turn it on: gh workflow enable {caller.path.rpartition('/')[2]}"
        return _check(what, "wrong", f"{caller.path} is off ({reason}): {_PURPOSE[caller.role]}", advice)
    return _check(what, "ok", f"{caller.path} is on")


def _names(setup: Setup) -> Iterator[Check]:
    """Yield the checks of the names that workflows follow: one that nobody has is followed in vain, silently."""
    measuring = {caller.name for caller in setup.role("measuring")}
    for caller in setup.callers:
        if caller.role == "measuring" or not measuring:
            continue
        shown = ", ".join(sorted(measuring))
        if measuring & set(caller.follows):
            yield _check(f"{caller.role} follows", "ok", shown)
        else:
            follows = ", ".join(caller.follows) or "nothing"
            found = f"{caller.path} follows {follows}, but the workflow that measures is called {shown}"
            advice = f"write `workflows: [{shown}]` there: workflow_run goes by the name, not by the file"
            yield _check(f"{caller.role} follows", "wrong", f"{found}: {_PURPOSE[caller.role]}", advice)


def _default_branch(setup: Setup) -> Iterator[Check]:
    """Yield the check of what holds the default branch."""
    row, rules = setup.facts.default_branch, setup.facts.default_branch_rules
    if isinstance(row, Unknown):
        yield _unknown("default branch", row)
    elif row is None:
        yield _check("default branch", "wrong", "is not there: nothing was ever pushed", "push it")
    elif row.protected or (not isinstance(rules, Unknown) and "required_status_checks" in rules):
        yield _check("default branch", "ok", f"{row.name} is protected: bounds change only by a pull request")
    else:
        advice = "require the check that ends with `/ Score` (Settings, Rules)"
        yield _check("default branch", "note", f"{row.name} is not protected: a failed gate keeps nobody out", advice)


def _data_branch(setup: Setup) -> Iterator[Check]:
    """Yield the checks of the branch that keeps the history: that it is there, and that it can be pushed to."""
    row, rules = setup.facts.data_branch, setup.facts.data_branch_rules
    what, name = "data branch", setup.data_branch
    if name.startswith("refs/"):
        yield _check(what, "note", f"the history is kept at {name}, which is no branch and is held by no rule")
        return
    if isinstance(row, Unknown):
        yield _unknown(what, row)
    elif row is None:
        learned = isinstance(setup.facts.last_learning, WorkflowRunFacts)
        advice = "look at the job `Persist` of the last learning run" if learned else "the first learning run makes it"
        found = f"there is no {name}: no run is kept yet"
        yield _check(what, "wrong" if learned else "note", found, advice)
    elif row.protected and isinstance(rules, tuple) and not rules:
        advice = f"take {name} out of the protection (Settings, Branches), or let GitHub Actions bypass it"
        yield _check(what, "wrong", f"{name} is protected: pushes of learning may be refused", advice)
    else:
        yield _check(what, "ok", f"{name} is at {row.sha[:12]}")
    if isinstance(rules, Unknown):
        return
    refusing = sorted({*rules} & (_REFUSING if row is not None else _REFUSING | {"creation"}))
    if refusing:
        advice = f"take {name} out of the ruleset's branches (Settings, Rules), or let GitHub Actions bypass it"
        yield _check(f"{what} rules", "wrong", f"{', '.join(refusing)} hold {name}: learning cannot push", advice)


def _last_learning(setup: Setup) -> Check:
    """Return the check of the last learning run: that it was lately, and that it ended well."""
    row, what = setup.facts.last_learning, "last learning run"
    if isinstance(row, Unknown):
        return _unknown(what, row)
    if row is None:
        return _check(
            what, "note", "there was none yet", "start one: gh workflow run, with the learning workflow's file"
        )
    age = setup.now - datetime.fromisoformat(row.updated_at)
    when = f"{row.updated_at} ({row.url})" if row.url else row.updated_at
    if age > LONGEST_SILENCE:
        advice = "see whether the workflow is on and follows the right name; start one by hand to catch up"
        return _check(what, "wrong", f"{age.days} days ago, {when}: what ran since is not kept", advice)
    if row.conclusion not in {"success", "skipped"}:
        return _check(what, "wrong", f"ended as {row.conclusion or 'unfinished'}, {when}", "read its log")
    return _check(what, "ok", when)
