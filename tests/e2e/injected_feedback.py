"""The comment on the injected pull request, from the command that its run's end starts to what stands on GitHub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from ratchetry.domain.envelope import SummaryContext
from ratchetry.domain.record import RunRecord
from tests.e2e.commands import Ended, ratchetry
from tests.e2e.injected import REPOSITORY, WORKFLOW, Injected
from tests.github.fake import FakeGitHub
from tests.github.test_ci_steps import event_of
from tests.pipeline.ci.envelopes import summary

BRANCH: Final = "lock-per-key"
FORK: Final = "mallory/cachetools"


def commented(injected: Injected, place: Path) -> tuple[str, Ended]:
    """Return the one comment that is on the pull request after its run has ended, and how the command ended."""
    with FakeGitHub(REPOSITORY) as github:
        state, repository = github.state, github.repo
        fork = state.add_repository(FORK, fork=True)
        head = state.add_commit(fork, BRANCH, {"src/cachetools/_cachedmethod.py": "..."})
        pull = state.add_pull(repository, BRANCH, head=fork, author="mallory")
        assert pull.pull
        pull.pull.base_sha = injected.commits[-1]
        created = injected.pull_request.run.started
        run = state.add_run(
            repository, path=WORKFLOW, event="pull_request", branch=BRANCH, sha=head, head=FORK, created_at=created
        )
        record = _uploaded(injected.pull_request, str(run.id), head)
        hints = SummaryContext(event="pull_request", pull_request=pull.number, head_sha=head)
        state.add_artifact(repository, run, "ci-metrics-summary-a1", summary(record, hints))
        event = event_of(github, run, place)
        told = ("ci", "feedback", "--event", event, "--history", str(injected.history))
        ended = ratchetry(place, *told, extra=github.environ)
        assert ended.code == 0, ended.err
        (comment,) = repository.comments.values()
        assert comment.number == pull.number
        return comment.body.replace(github.url, "https://github.com"), ended


def _uploaded(record: RunRecord, run: str, head: str) -> RunRecord:
    """Return the record that the run of the pull request's head uploads."""
    return replace(record, run=replace(record.run, run_id=run, commit=head))
