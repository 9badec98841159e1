"""Only runs that no stranger can have made may teach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.analyze.provenance import EVENTS, Expected, refusal
from tests.pipeline.ci.envelopes import REPOSITORY, WORKFLOW, ended

EXPECTED = Expected(repository=REPOSITORY, branch="main", workflow=WORKFLOW)


@pytest.mark.parametrize("event", EVENTS)
def test_runs_of_the_default_branch_teach(event: str) -> None:
    """Pushes, schedules and dispatches on the default branch are what is learned from."""
    assert refusal(ended(event=event), EXPECTED) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"event": "pull_request"}, "its event is pull_request"),
        ({"event": "pull_request_target"}, "its event"),
        ({"event": "workflow_run"}, "its event"),
        ({"event": "issue_comment"}, "its event"),
        ({"event": "merge_group"}, "its event"),
        ({"head_branch": "feature"}, "its branch is feature, not main"),
        ({"head_branch": ""}, "its branch is unknown"),
        ({"head_repository": "mallory/hello"}, "its code is from mallory/hello"),
        ({"head_repository": ""}, "its code is from a repository that is gone"),
        ({"repository": "mallory/hello", "head_repository": "mallory/hello"}, "a run of mallory/hello"),
        ({"path": ".github/workflows/evil.yml"}, "its workflow is"),
        ({"path": ""}, "its workflow is unknown"),
    ],
)
def test_all_others_are_refused(changes: dict[str, object], why: str) -> None:
    """Each fact that is not as expected is reason enough, and is named."""
    assert why in refusal(ended(**changes), EXPECTED)


OWN = replace(EXPECTED, pull_requests=True)


def test_own_pull_requests_give_rewards_where_the_project_says_so() -> None:
    """A run of a pull request counts if its code is from the repository itself, and the project has asked for it."""
    run = ended(event="pull_request", head_branch="feature")
    assert refusal(run, OWN) == ""
    assert "its event is pull_request" in refusal(run, EXPECTED)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"head_repository": "mallory/hello"}, "its code is from mallory/hello"),
        ({"head_repository": ""}, "its code is from a repository that is gone"),
        ({"repository": "mallory/hello", "head_repository": "mallory/hello"}, "a run of mallory/hello"),
        ({"path": ".github/workflows/evil.yml"}, "its workflow is"),
        ({"event": "pull_request_target"}, "its event"),
        ({"event": "push"}, "its branch is feature"),
    ],
)
def test_forks_never_do(changes: dict[str, object], why: str) -> None:
    """Whatever the project says, code of a fork, another workflow or another event gives no reward."""
    facts: dict[str, object] = {"event": "pull_request", "head_branch": "feature", **changes}
    assert why in refusal(ended(**facts), OWN)
