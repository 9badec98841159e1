"""Rewards: what became of each decision, read from the runs that carry its trailer.

The rule, in the order in which it is applied to one decision:

| what the runs say                                              | outcome                |
| its day is not old enough yet (see `maturity`)                 | none yet               |
| the first run that counts failed                               | rewarded, 0            |
| it passed, with fewer tests, more skipped or less coverage     | rewarded, 0, and why   |
| it passed, and a guard cannot be checked                       | missing                |
| it passed                                                      | rewarded, 1            |
| runs carry it, and after 7 days none of them counts            | missing                |
| no run carried it within 7 days                                | censored               |

Runs count unless they are missing (`RunEvidence.ending`).  The unit is the decision: later attempts and runs are no
further evidence, they only say how many it took until green and what that cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_of, outcome_event, outcome_of
from ratchetry.domain.event import Event, Refusal
from ratchetry.domain.run_evidence import RunEvidence, order
from ratchetry.domain.suggestion import is_advice
from ratchetry.learn.guards import Tolerance, before, guarded
from ratchetry.learn.moments import FORMAT, end_of_day, moment_of

_SKEW: Final = timedelta(days=1)
"""How far clocks may be apart: a run this much before its decision, or a decision this much after the newest run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardRule:
    """The numbers of the rule."""

    censored_after: float = 7.0
    """Days after which a decision without a run that counts is given up."""
    maturity: float = 1.0
    """Days after the end of a decision's day until outcomes of that day count, before that is known of the project."""
    quantile: float = 0.95
    """Share of the outcomes that are there once a day has matured, as the decisions so far have it."""
    least: int = 20
    """Decisions from which that is estimated."""
    tolerance: Tolerance = field(default_factory=Tolerance)


RULE: Final = RewardRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewards:
    """What a look at decisions and runs gives: new outcomes, and what they leave out."""

    outcomes: tuple[Event, ...] = ()
    pending: tuple[str, ...] = ()
    """Decisions that have no outcome yet."""
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Decisions that runs name and nobody has taken, with those runs: nothing is learned from them."""
    refused: tuple[Refusal, ...] = ()
    maturity: float = 0.0
    """Days after the end of their day at which outcomes count."""


def outcomes(
    events: Iterable[Event], runs: Iterable[RunEvidence], as_of: str, rule: RewardRule = RULE
) -> tuple[Event, ...]:
    """Return the outcomes that decisions have and that are not among the events yet; `as_of` is the newest run's start.

    The same events and runs give the same outcomes in whatever order they come; with them, there are no further ones.
    """
    return rewards(events, runs, as_of, rule).outcomes


def rewards(events: Iterable[Event], runs: Iterable[RunEvidence], as_of: str, rule: RewardRule = RULE) -> Rewards:
    """Return the new outcomes, and the decisions and events that have none, each with the reason."""
    now = moment_of(as_of)
    if now is None:
        return Rewards(maturity=rule.maturity)
    kept = sorted({one.id: one for one in events}.values(), key=lambda one: (one.time, one.id))
    decisions, refused = _decisions(kept, now)
    ordered = sorted({run.name: run for run in runs}.values(), key=order)
    carriers, strangers = _carriers(ordered, decisions, rule)
    done = _decided(kept)
    maturity = _maturity(decisions, carriers, now, rule)
    look = _Look(runs=ordered, now=now, maturity=maturity, rule=rule)
    found: list[Event] = []
    pending: list[str] = []
    for name, decision in decisions.items():
        if name in done:
            continue
        outcome = _outcome(decision, carriers.get(name, ()), look)
        if outcome is None:
            pending.append(name)
        else:
            found.append(outcome_event(outcome))
    return Rewards(
        outcomes=tuple(found), pending=tuple(pending), unknown=strangers, refused=tuple(refused), maturity=maturity
    )


def _decisions(events: Iterable[Event], now: datetime) -> tuple[dict[str, ArmDecision], list[Refusal]]:
    """Return the decisions by identifier, the first of several by time, and the events that are none."""
    found: dict[str, ArmDecision] = {}
    refused: list[Refusal] = []
    for one in events:
        if one.kind != "decision" or is_advice(one.subject):
            continue
        try:
            decision = decision_of(one)
        except ValueError as error:
            refused.append(Refusal(event=one.id, reason=str(error)))
            continue
        taken = moment_of(decision.time)
        if taken is None or taken > now + _SKEW:
            what = f"its time {decision.time!r} is none, or after the newest run"
            refused.append(Refusal(event=one.id, reason=what))
        elif decision.id in found:
            refused.append(Refusal(event=one.id, reason=f"the decision {decision.id} was taken before"))
        else:
            found[decision.id] = decision
    return found, refused


def _decided(events: Iterable[Event]) -> set[str]:
    """Return the decisions that have an outcome; events that are none do not keep a decision from having one."""
    found: set[str] = set()
    for one in events:
        if one.kind == "outcome":
            try:
                found.add(outcome_of(one).decision)
            except ValueError:
                continue
    return found


def _carriers(
    runs: Sequence[RunEvidence], decisions: Mapping[str, ArmDecision], rule: RewardRule
) -> tuple[dict[str, list[RunEvidence]], dict[str, tuple[str, ...]]]:
    """Return the runs that carry each decision in the time allowed, and those that name one that is not known."""
    found: dict[str, list[RunEvidence]] = {}
    strangers: dict[str, tuple[str, ...]] = {}
    for run in runs:
        started = moment_of(run.started)
        for name in run.decisions:
            decision = decisions.get(name)
            if decision is None:
                strangers[name] = (*strangers.get(name, ()), run.name)
                continue
            taken = moment_of(decision.time)
            last = timedelta(days=rule.censored_after)
            if started is not None and taken is not None and taken - _SKEW <= started <= taken + last:
                found.setdefault(name, []).append(run)
    return found, strangers


def _maturity(
    decisions: Mapping[str, ArmDecision], carriers: Mapping[str, Sequence[RunEvidence]], now: datetime, rule: RewardRule
) -> float:
    """Return after how many days outcomes count: by then, all but a few are there.

    Estimated from decisions that are so old that whatever would have come of them has come: estimated from all,
    slow outcomes would be underrepresented.  It never depends on outcomes that were learned already.
    """
    delays: list[float] = []
    for name, decision in decisions.items():
        taken = moment_of(decision.time)
        first = next((run for run in carriers.get(name, ()) if run.ending != "missing"), None)
        ended = moment_of(first.started) if first else None
        if taken is None or first is None or ended is None or now < taken + timedelta(days=rule.censored_after):
            continue
        delays.append((ended - taken) / timedelta(days=1) + first.seconds / 86_400.0)
    if len(delays) < rule.least:
        return rule.maturity
    place = math.ceil(rule.quantile * len(delays)) - 1
    return min(max(sorted(delays)[place], 0.0), rule.censored_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is the same for all decisions of one look."""

    runs: Sequence[RunEvidence]
    now: datetime
    maturity: float
    rule: RewardRule


def _outcome(decision: ArmDecision, carriers: Sequence[RunEvidence], look: _Look) -> ArmOutcome | None:
    """Return the outcome of a decision, None when there is none yet."""
    taken = moment_of(decision.time)
    if taken is None or look.now < end_of_day(taken) + timedelta(days=look.maturity):
        return None
    counted = [run for run in carriers if run.ending != "missing"]
    if counted:
        return _rewarded(decision, counted, carriers, look)
    last = taken + timedelta(days=look.rule.censored_after)
    if look.now < last:
        return None
    if carriers:
        reason = f"none of its runs says anything: {carriers[0].reason}"
        names = tuple(run.name for run in carriers)
        return ArmOutcome(
            decision=decision.id,
            time=_known(decision, carriers),
            status="missing",
            reason=reason,
            runs=names,
            repository=decision.repository,
        )
    reason = f"no run carried it within {look.rule.censored_after:g} days"
    return ArmOutcome(
        decision=decision.id,
        time=last.strftime(FORMAT),
        status="censored",
        reason=reason,
        repository=decision.repository,
    )


def _rewarded(
    decision: ArmDecision,
    counted: Sequence[RunEvidence],
    carriers: Sequence[RunEvidence],
    look: _Look,
) -> ArmOutcome:
    """Return the outcome that the first run that counts gives, with how long it took until green."""
    first, tolerance = counted[0], look.rule.tolerance
    guard = guarded(first, before(first, decision.id, look.runs, tolerance), tolerance)
    passed = first.ending == "passed"
    missing = passed and guard.verdict == "unknown"
    green = next((at for at, run in enumerate(counted) if run.ending == "passed"), None)
    until = carriers if green is None else carriers[: carriers.index(counted[green]) + 1]
    measures = {**first.metrics, "cost_seconds": round(math.fsum(run.seconds for run in until), 3)}
    if green is not None:
        measures["attempts"] = green + 1.0
    return ArmOutcome(
        decision=decision.id,
        time=_known(decision, until),
        status="missing" if missing else "rewarded",
        reward=None if missing else float(passed and guard.verdict == "kept"),
        reason=guard.reason if passed else first.reason,
        measures=dict(sorted(measures.items())),
        runs=tuple(run.name for run in until),
        repository=decision.repository,
    )


def _known(decision: ArmDecision, runs: Sequence[RunEvidence]) -> str:
    """Return when an outcome was known: at its newest run, and not before the decision where clocks disagree."""
    started, taken = moment_of(runs[-1].started), moment_of(decision.time)
    return decision.time if started is not None and taken is not None and started < taken else runs[-1].started
