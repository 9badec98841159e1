"""From a history to the outcomes of the decisions in it."""

from __future__ import annotations

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.learn.reward import RULE, RewardRule, Rewards, rewards
from ratchetry.pipeline.run_evidence import run_evidence
from ratchetry.settings import Settings


def learned_rewards(
    history: HistoryDirectory, settings: Settings, *, branch: str, rule: RewardRule = RULE, write: bool = True
) -> Rewards:
    """Return the outcomes that decisions of a history have by now, and add them to it; again, there are none.

    Nothing is learned while learning is disabled.  Raises StateError for a damaged history, UsageError when nothing
    can be written.
    """
    if settings.disable_learning:
        return Rewards(maturity=rule.maturity)
    runs = run_evidence(history, branch=branch, pull_requests=settings.learn_from_pull_requests).runs
    as_of = max((run.started for run in runs), default="")
    found = rewards(history.events(), runs, as_of, rule)
    if write:
        for one in found.outcomes:
            history.add_event(one)
    return found
