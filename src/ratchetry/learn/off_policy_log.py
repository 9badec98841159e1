"""The log that a policy is evaluated on: decisions with rewards, and what the policy would have done in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ratchetry.domain.weights import ArmEvidence, Parameters, context_key
from ratchetry.learn.bandit.memory import ContextMemory
from ratchetry.learn.bandit.policies import probabilities
from ratchetry.learn.bandit.prior import beliefs
from ratchetry.learn.bandit.propensity import floored
from ratchetry.learn.decision_log import Decided
from ratchetry.learn.off_policy import Logged

Shares = Mapping[str, float]
Target = Callable[[str, Sequence[str]], Shares]
"""From a context and the arms that could be drawn to how likely the policy takes each arm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The rows that a policy can be evaluated on, and how many cannot be used."""

    rows: tuple[Logged, ...]
    left_out: int


def fixed_log(decisions: Iterable[Decided], names: Mapping[str, str], target: Target) -> Log:
    """Return the log of a policy that does not learn; `names` are the present names of the arms by all names."""
    return _log(_rewarded(decisions, names), lambda row: target(row.context, row.arms))


def learning_log(
    decisions: Iterable[Decided], names: Mapping[str, str], parameters: Parameters, since: str = ""
) -> Log:
    """Return the log of a policy of the bandit, which at each decision knows the rewards that were known then.

    It learns from all decisions, and is evaluated on those since a moment.
    """
    rows = list(_rewarded(decisions, names))
    learner = _Learner(parameters=parameters, waiting=sorted(rows, key=lambda row: (row.known, row.at), reverse=True))
    return _log((row for row in rows if row.time >= since), learner.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One decision with a reward, under present names: when it was taken, and when its reward was known."""

    at: float
    time: str
    known: float
    context: str
    arm: str
    reward: float
    propensities: Mapping[str, float]

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the arms that could be drawn."""
        return tuple(self.propensities)


def _rewarded(decisions: Iterable[Decided], names: Mapping[str, str]) -> Iterator[_Row]:
    """Yield the decisions that have a reward and were drawn among several arms, in the order of time."""
    for one in sorted(decisions, key=lambda row: (row.at, row.event)):
        made, outcome = one.decision, one.outcome
        if outcome is None or outcome.reward is None or len(made.propensities) < 2:
            continue
        try:
            key = context_key(made.context)
        except ValueError:
            continue
        propensities = {names.get(arm, arm): share for arm, share in made.propensities.items()}
        if len(propensities) == len(made.propensities):
            yield _Row(
                at=one.at,
                time=made.time,
                known=one.outcome_at,
                context=key,
                arm=names.get(made.arm, made.arm),
                reward=outcome.reward,
                propensities=propensities,
            )


def _log(rows: Iterable[_Row], target: Callable[[_Row], Shares]) -> Log:
    """Return the log of a policy; decisions in which it might take what could not be drawn say nothing of it."""
    kept: list[Logged] = []
    left_out = 0
    for row in rows:
        shares = {arm: share for arm, share in target(row).items() if share > 0.0}
        if not shares or not shares.keys() <= row.propensities.keys():
            left_out += 1
            continue
        kept.append(
            Logged(
                context=row.context,
                arm=row.arm,
                reward=row.reward,
                propensity=row.propensities[row.arm],
                target=shares,
            )
        )
    return Log(rows=tuple(kept), left_out=left_out)


@dataclass(slots=True, kw_only=True)
class _Learner:
    """What a policy of the bandit has learned up to a decision; `waiting` are rewards not known yet, newest first."""

    parameters: Parameters
    waiting: list[_Row]
    memories: dict[str, ContextMemory] = field(default_factory=dict)
    contexts: dict[str, Mapping[str, ArmEvidence]] = field(default_factory=dict)

    def shares(self, row: _Row) -> Shares:
        """Return how likely the policy takes each arm in a decision, from what was known then."""
        touched: set[str] = set()
        while self.waiting and self.waiting[-1].known <= row.at:
            learned = self.waiting.pop()
            memory = self.memories.setdefault(learned.context, ContextMemory(parameters=self.parameters))
            memory.observe(learned.arm, learned.reward, learned.known)
            touched.add(learned.context)
        for key in touched:
            self.contexts[key] = self.memories[key].evidence()
        believed = beliefs(self.contexts, row.context, row.arms, self.parameters)
        found = floored(probabilities(believed, self.parameters), self.parameters.floor)
        return {belief.arm: share for belief, share in zip(believed, found, strict=True)}
