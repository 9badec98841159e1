"""Which runs may teach: those of the default branch of this repository, in the expected workflow.

Everything else may have been made by a stranger: runs of forks, of pull requests, and of workflows that somebody has
added on a branch.  The facts are GitHub's; what a record says of itself is never enough.

Where a project says so, runs of pull requests are kept as well, if their code is from the repository itself: whoever
made them may push there.  They are used for rewards alone, and are told from others by their pull request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.workflow_run import EndedRun

EVENTS: Final = ("push", "schedule", "workflow_dispatch")
"""Events whose runs on the default branch nobody can start who may not write to it."""
PULL_REQUEST: Final = "pull_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a run has to be of to teach: a repository, its default branch, and a workflow's file."""

    repository: str
    branch: str
    workflow: str
    pull_requests: bool = False
    """Whether runs of pull requests from the repository's own branches are kept, for rewards."""


def is_own_pull_request(run: EndedRun, expected: Expected) -> bool:
    """Tell whether a run is of a pull request from a branch of the repository itself, where such runs are kept."""
    own = run.head_repository == run.repository == expected.repository
    return expected.pull_requests and run.event == PULL_REQUEST and own


def refusal(run: EndedRun, expected: Expected) -> str:
    """Return why a run may not teach, nothing if it may."""
    return next(_refusals(run, expected), "")


def _refusals(run: EndedRun, expected: Expected) -> Iterator[str]:
    """Yield what is not as expected of a run."""
    if run.repository != expected.repository:
        yield f"it is a run of {run.repository or 'no repository'}, not of {expected.repository}"
    if run.head_repository != expected.repository:
        yield f"its code is from {run.head_repository or 'a repository that is gone'}, not from {expected.repository}"
    if not is_own_pull_request(run, expected):
        if run.event not in EVENTS:
            yield f"its event is {run.event}, not one of {', '.join(EVENTS)}"
        if run.head_branch != expected.branch:
            yield f"its branch is {run.head_branch or 'unknown'}, not {expected.branch}"
    if run.path != expected.workflow:
        yield f"its workflow is {run.path or 'unknown'}, not {expected.workflow}"
