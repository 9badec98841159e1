"""The run that a step belongs to, as far as it can be told without looking at the repository."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

from ratchetry.adapters.github_event import EventFacts
from ratchetry.domain.record import RunInfo
from ratchetry.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a fragment must say to belong to this run; what is empty is not known and not asked for.

    Outside of Actions there is no identifier of the run, and a fragment need not know its commit.
    """

    attempt: int
    repository: str = ""
    run_id: str = ""
    commit: str = ""

    def refusal(self, run: RunInfo) -> str:
        """Return why something that a run has written is not of this run, nothing if it is."""
        for what, own, said in (
            ("repository", self.repository, run.repository),
            ("run", self.run_id, run.run_id),
            ("commit", self.commit, run.commit),
        ):
            if own and own != said and (said or self.run_id):
                return f"it is of the {what} {said[:100]!r}, not of {own!r}"
        if run.attempt > self.attempt:
            return f"it is of attempt {run.attempt}, and this is attempt {self.attempt}"
        return ""


def identity_of(facts: EventFacts) -> Identity:
    """Return what a fragment of the running workflow must say."""
    return Identity(attempt=facts.attempt, repository=facts.repository, run_id=facts.run_id, commit=facts.commit)


def bare_run(environ: Mapping[str, str], clock: Clock) -> RunInfo:
    """Return where a fragment comes from whose stage has left nothing: what Actions' variables say."""
    from ratchetry.adapters.github_event import read_event
    from ratchetry.adapters.machine import runner

    facts = read_event(environ)
    moment = clock.now()
    return RunInfo(
        repository=facts.repository,
        run_id=facts.run_id or f"local-{moment:%Y%m%dT%H%M%S%f}",
        attempt=facts.attempt,
        event=facts.event or "local",
        workflow=facts.workflow,
        commit=facts.commit,
        branch=facts.branch,
        pull_request=facts.pull_request,
        started=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        runner=runner(platform.python_version()),
    )
