"""No job may do more than it has to, and each permission says what for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pytest

from tests.workflows.files import Job, jobs, steps, target, texts, workflows

WRITES: Final[Mapping[str, frozenset[str]]] = {
    "sarif.yml": frozenset({"security-events"}),
    "pr-feedback-main.yml": frozenset({"pull-requests"}),
    "learning-main.yml": frozenset({"contents", "issues", "pull-requests"}),
    "manual-log.yml": frozenset({"contents"}),
    "manual-tasks.yml": frozenset({"contents", "pull-requests"}),
    "release.yml": frozenset({"attestations", "contents", "id-token"}),
}
"""The workflows that may write anything, with what: a new one is a decision to be made here."""

ORDER: Final = ("none", "read", "write")
GRANT: Final = re.compile(r"^      (?P<scope>[a-z-]+): (?:read|write)(?P<reason> # .+)?$")


def asked_by(path: str) -> Mapping[str, str]:
    """Return the permissions that the jobs of a workflow ask for together."""
    together: dict[str, str] = {}
    for job in workflows()[path].jobs.values():
        for scope, level in granted(job).items():
            together[scope] = max(together.get(scope, "none"), level, key=ORDER.index)
    return together


def granted(job: Job) -> Mapping[str, str]:
    """Return the permissions that a job states."""
    return job.permissions or {}


@pytest.mark.parametrize("path", workflows())
def test_nothing_is_permitted_to_a_workflow_as_a_whole(path: str) -> None:
    """Each workflow takes all permissions away, and each of its jobs states its own."""
    assert workflows()[path].permissions == {}
    for name, job in workflows()[path].jobs.items():
        assert job.permissions, f"{name} states no permissions"
        assert set(job.permissions.values()) <= {"read", "write"}


@pytest.mark.parametrize("path", workflows())
def test_each_permission_says_what_for(path: str) -> None:
    """A comment behind each permission gives the reason."""
    rows = [match for line in texts()[path].splitlines() if (match := GRANT.match(line))]
    assert len(rows) == sum(len(granted(job)) for job in workflows()[path].jobs.values())
    assert all(row["reason"] and len(row["reason"]) > 10 for row in rows)


@pytest.mark.parametrize("path", [path for path, workflow in workflows().items() if workflow.is_called])
def test_what_measures_only_reads(path: str) -> None:
    """Of the workflows that are called only three may write, each only what is written down here."""
    name = path.rpartition("/")[2]
    writes = {scope for scope, level in asked_by(path).items() if level == "write"}
    assert writes == (WRITES.get(name) or set())


def test_who_may_write_is_decided_here() -> None:
    """No other workflow of ours may write, unless it hands on what it was asked for."""
    for path, workflow in workflows().items():
        for name, job in workflow.jobs.items():
            writes = {scope for scope, level in granted(job).items() if level == "write"}
            allowed = asked_by(target(job.uses)) if job.uses else WRITES.get(path.rpartition("/")[2], frozenset())
            assert writes <= set(allowed), f"{path} {name}"


def test_a_caller_grants_exactly_what_is_asked_for() -> None:
    """Less would keep the called workflow from starting, more would be too much; the stubs of init are callers too."""
    callers = [(place, job) for place, job in jobs() if job.uses]
    assert len(callers) > 8
    for place, job in callers:
        assert granted(job) == asked_by(target(job.uses)), place


def test_each_job_of_learning_has_one_task() -> None:
    """What lists runs writes nothing, what proposes opens no issues, and what opens issues writes no contents."""
    found = workflows()[".github/workflows/learning-main.yml"].jobs
    assert {name: dict(granted(job)) for name, job in found.items()} == {
        "ingest": {"actions": "read", "contents": "read"},
        "persist": {"contents": "write"},
        "propose": {"contents": "write", "pull-requests": "write"},
        "report": {"contents": "read", "issues": "write"},
    }


def test_learning_can_be_frozen() -> None:
    """Each step that learns, or proposes what was learned, obeys the variable of the repository."""
    frozen = [step for place, step in steps() if "ratchetry ci learn" in step.run or "ratchetry ci propose" in step.run]
    assert len(frozen) == 2
    assert all("vars.RATCHETRY_DISABLE_LEARNING" in str(step.env["RATCHETRY_DISABLE_LEARNING"]) for step in frozen)


def test_a_token_goes_only_to_jobs_that_do_not_run_measured_code() -> None:
    """No step that measures, and none of the workflow of CI, is given a token."""
    for place, step in steps():
        if "github.token" in str(step.env):
            assert "stage-" not in place, place
            assert "ci-main" not in place, place


def test_no_secret_is_used() -> None:
    """Nothing needs a secret, and none is handed on."""
    for path, text in texts().items():
        assert "secrets." not in text, path
        assert "secrets:" not in text, path


def test_the_comment_and_the_writing_jobs_run_no_code_of_a_pull_request() -> None:
    """The workflow that comments checks nothing out; no workflow with a token to write checks out another commit."""
    for place, step in steps():
        assert not ("pr-feedback" in place and "checkout" in step.uses), place
        if "checkout" in step.uses and "release.yml" not in place:
            assert "ref" not in step.with_, place
            assert "repository" not in step.with_, place


def test_pull_request_target_is_never_used() -> None:
    """No workflow runs with the rights of this repository on the event of a pull request."""
    assert all("pull_request_target" not in workflow.on for workflow in workflows().values())
