"""Whether advice worked: what its metric did in the runs after it was given.

| the runs after the advice that measured its metric           | outcome      |
| ------------------------------------------------------------ | ------------ |
| so many in a row moved to the better by more than its noise  | rewarded, 1  |
| 20 of them (twice as many as in a row, if more), none so     | rewarded, 0  |
| fewer, and 90 days have passed                               | censored     |
| fewer, and they have not                                     | none yet     |

The time of an outcome is that of the run it follows from, so that all learners that see the runs say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ratchetry.analyze.beta import beta_quantile
from ratchetry.domain.bandit import ArmOutcome, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.moment import days_of, time_of
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import KINDS, HitRate, SuggestionKind
from ratchetry.domain.weights import Arm, Parameters, Weights
from ratchetry.learn.bandit.fold import fold
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.suggestions.advice import Advice, advice_in
from ratchetry.learn.suggestions.made import run_name
from ratchetry.learn.suggestions.measure import value_in

RUNS: Final = 20
"""Runs that measured it within which advice has to move its metric."""
PATIENCE: Final = 90.0
"""Days after which advice whose metric was measured in fewer is given up."""
_TAIL: Final = 0.025
_ARMS: Final = tuple(Arm(name=kind) for kind in KINDS)


def learn(events: Iterable[Event], runs: Iterable[RunRecord], as_of: str) -> tuple[Event, ...]:
    """Return the outcomes that advice has by now and that are not among the events yet.

    `runs` are those of the default branch that may teach; the same ones give the same outcomes in whatever order.
    """
    known = tuple(events)
    given, _ = advice_in(known, as_of)
    done = {kept.subject for kept in known if kept.kind == "outcome"}
    waiting = {one.decision: one for one in reversed(given) if one.decision and one.decision not in done}
    ordered = sorted(
        {run_name(record.run): record for record in runs}.values(), key=lambda one: (one.run.started, one.run.run_id)
    )
    found = (outcome for one in waiting.values() if (outcome := outcome_of(one, ordered, as_of)) is not None)
    return tuple(outcome_event(outcome) for outcome in sorted(found, key=lambda row: (row.time, row.decision)))


def outcome_of(one: Advice, runs: Sequence[RunRecord], as_of: str) -> ArmOutcome | None:
    """Return what became of a piece of advice, None while that is open; `runs` are in the order of their start."""
    window = max(RUNS, 2 * one.goal.runs)
    row: list[RunRecord] = []
    measured = 0
    for record in runs:
        at = days_of(record.run.started)
        if at is None or at <= one.at or at > one.at + PATIENCE or record.run.started > as_of:
            continue
        value = value_in(one.goal, record)
        if value is None:
            continue
        measured += 1
        row = [*row, record] if _moved(one, value) else []
        if len(row) == one.goal.runs:
            return _rewarded(one, row, 1.0, value)
        if measured == window:
            return _rewarded(one, [record], 0.0, value)
    if (days_of(as_of) or 0.0) > one.at + PATIENCE:
        reason = f"{one.goal.metric} was measured in {measured} runs within {PATIENCE:.0f} days"
        end = time_of(one.at + PATIENCE)
        return ArmOutcome(decision=one.decision, time=end, status="censored", reason=reason, repository=one.repository)
    return None


def weights_of(events: Iterable[Event], as_of: str) -> Weights:
    """Return what was learned of the kinds of advice, apart from the arms that people declare."""
    return fold(events, as_of=as_of, arms=_ARMS, parameters=Parameters(), family="advice").weights


def hit_rates(events: Iterable[Event], as_of: str) -> tuple[HitRate, ...]:
    """Return how often advice of each kind moved its metric, with 95 percent of the posterior from a uniform prior."""
    known = tuple(events)
    given, _ = advice_in(known, as_of)
    log = read_log(known, as_of, "advice")
    ends = {one.decision.id: one.outcome for one in log.decisions if one.outcome is not None}
    counts: dict[SuggestionKind, list[int]] = {kind: [0, 0, 0, 0] for kind in KINDS}
    for one in {advice.decision or advice.fingerprint: advice for advice in given}.values():
        end = ends.get(one.decision)
        counts[one.kind][3 if end is None else 2 if end.reward is None else 0 if end.reward >= 0.5 else 1] += 1
    return tuple(_rate(kind, counted) for kind, counted in counts.items() if any(counted))


def works(rates: Iterable[HitRate]) -> dict[SuggestionKind, float]:
    """Return how often advice of each kind that was tried is believed to work."""
    return {rate.kind: rate.mean for rate in rates}


def _rate(kind: SuggestionKind, counted: Sequence[int]) -> HitRate:
    """Return the hit rate of a kind."""
    hits, misses, censored, waiting = counted
    alpha, beta = 1.0 + hits, 1.0 + misses
    return HitRate(
        kind=kind,
        hits=hits,
        misses=misses,
        censored=censored,
        waiting=waiting,
        mean=alpha / (alpha + beta),
        interval=(beta_quantile(_TAIL, alpha, beta), beta_quantile(1.0 - _TAIL, alpha, beta)),
    )


def _moved(one: Advice, value: float) -> bool:
    """Tell whether a value is better than when the advice was given, by more than it moves by itself."""
    gain = value - one.value if one.better == "higher" else one.value - value
    return gain > one.noise


def _rewarded(one: Advice, runs: Sequence[RunRecord], reward: float, value: float) -> ArmOutcome:
    """Return the outcome that runs show."""
    measures: Mapping[str, float] = {"before": one.value, "after": value}
    return ArmOutcome(
        decision=one.decision,
        time=runs[-1].run.started,
        status="rewarded",
        reward=reward,
        reason=f"{one.goal.metric} {'moved' if reward else 'did not move'} by more than its noise",
        measures=measures,
        runs=tuple(run_name(record.run) for record in runs),
        repository=one.repository,
    )
