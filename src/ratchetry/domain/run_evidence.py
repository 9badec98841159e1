"""What a run says of the change that it measured, for all that learns from runs: it passed, failed, or says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["passed", "failed", "missing"]
"""Missing: flaky tests alone failed, an outage, something required was not measured, or results were reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """One attempt of a run: how it ended, what broke, what it changed, and the decisions that its commits name."""

    run_id: str
    attempt: int = 1
    started: str = ""
    seconds: float = 0.0
    commit: str = ""
    pull_request: int | None = None
    """The pull request that it measured, None for a run of the branch itself."""
    ending: Ending = "passed"
    reason: str = ""
    """Why it failed, or says nothing."""
    broken: tuple[str, ...] = ()
    """What failed and counts: tests, and the gates that failed besides."""
    changed: tuple[str, ...] = ()
    """The files that differ from the run before, or from the base."""
    decisions: tuple[str, ...] = ()
    """The identifiers in its trailers, as they stand there."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The metrics that guards and measures look at."""

    @property
    def name(self) -> str:
        """Return the run attempt's name, as evidence cites it."""
        return f"{self.run_id}-{self.attempt}"


def order(run: RunEvidence) -> tuple[str, str, int]:
    """Return what runs are sorted by: their start, then their name."""
    return run.started, run.run_id, run.attempt
