"""`ratchetry bandit evaluate`: what another policy would have earned, from the decisions of a history."""

from __future__ import annotations

from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.off_policy import Evaluation
from ratchetry.domain.weights import PolicyName, names_of
from ratchetry.errors import UsageError
from ratchetry.learn.bandit.arms import changed_arms
from ratchetry.learn.bandit.policies import defaults
from ratchetry.learn.decision_log import newest, read_log
from ratchetry.learn.off_policy import evaluate
from ratchetry.learn.off_policy_log import fixed_log, learning_log
from ratchetry.pipeline.bandit.weights_file import read_weights
from ratchetry.settings import Settings
from ratchetry.state import arm_probabilities


def evaluated(
    history: HistoryDirectory,
    settings: Settings,
    *,
    root: Path,
    now: str,
    policy: PolicyName | None = None,
    probabilities: str | None = None,
    since: str = "",
    weights_file: str | None = None,
) -> Evaluation:
    """Return what a policy of the bandit, or one given as a file, would have earned, or why that cannot be said.

    Raises UsageError when neither or both are named, StateError for a file or history that cannot be read.
    """
    if (policy is None) == (probabilities is None):
        msg = "name the policy to evaluate with --policy, or a file of it with --arm-probabilities"
        raise UsageError(msg)
    events = tuple(history.events())
    as_of = newest(events, now) or now
    log = read_log(events, as_of)
    weights = read_weights(root, settings, weights_file).weights
    names = names_of(changed_arms(weights.arms, events, log.as_of).arms)
    decisions = [one for one in log.decisions if one.decision.time >= since]
    if policy is not None:
        kept = weights.parameters
        found = learning_log(log.decisions, names, kept if kept.policy == policy else defaults(policy), since)
        return evaluate(policy, found.rows, found.left_out)
    name = str(probabilities)
    given = arm_probabilities.loads(read_bounded(name, name), name)
    fixed = fixed_log(decisions, names, lambda context, _: given.of(context))
    return evaluate(name, fixed.rows, fixed.left_out)
