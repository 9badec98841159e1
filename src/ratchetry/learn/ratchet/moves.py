"""Which bounds move next, and what each move rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.moment import days_of
from ratchetry.domain.thresholds import BoundKind, Row, Threshold, Thresholds, Wish
from ratchetry.learn.ratchet.fold import fold
from ratchetry.learn.ratchet.grid import climbed, floored
from ratchetry.learn.ratchet.observations import Observation, counts_code, honest, in_order, repeats
from ratchetry.learn.ratchet.policy import Policy
from ratchetry.learn.ratchet.statistic import Evidence, lower_bound, residuals

STATISTIC: Final = "lower_confidence_bound"
_RESTLESS: Final = 0.05
"""Share of runs that are worse than those around them from which on a count is taken for a measurement with jitter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where the ratchet of one metric stands: the move that is due, or what it waits for."""

    metric: str
    move: Event | None = None
    waits_for: str = ""
    evidence: Evidence | None = None
    """What the newest runs support, in the direction in which higher is better."""


def learn(
    thresholds: Thresholds,
    runs: Iterable[Observation],
    events: Iterable[Event],
    as_of: str,
    policy: Policy,
    *,
    repository: str = "",
) -> tuple[Event, ...]:
    """Return the moves that the runs support and that the events do not hold yet, by metric.

    `as_of` is the start of the newest run.  An event depends only on the bounds, the runs and the policy, so that two
    learners that see the same append the same, and a second look appends nothing.
    """
    rows = outlooks(thresholds, runs, events, as_of, policy, repository=repository)
    return tuple(row.move for row in rows if row.move is not None)


def outlooks(
    thresholds: Thresholds,
    runs: Iterable[Observation],
    events: Iterable[Event],
    as_of: str,
    policy: Policy,
    *,
    repository: str = "",
) -> tuple[Outlook, ...]:
    """Return where the ratchet of each metric stands."""
    known = fold(thresholds, events, as_of)
    ordered = in_order(row for row in runs if row.time <= as_of)
    found = []
    for row in known.thresholds.rows:
        outlook = _outlook(row, honest(ordered, row.metric), policy, repository)
        rest = _cool_down(known.moved.get(row.metric, ""), as_of, policy)
        if outlook.move is not None and rest > 0:
            outlook = replace(outlook, move=None, waits_for=f"{rest:.2g} days since the last move")
        found.append(outlook)
    return tuple(found)


def _outlook(row: Row, runs: Sequence[Observation], policy: Policy, repository: str) -> Outlook:
    """Return where the ratchet of one metric stands, but for its cool-down."""
    sign = _sign(row.kind)
    plain = Outlook(metric=row.metric)
    if not row.increment:
        return replace(plain, waits_for="nothing: it has no ratchet_increment")
    if isinstance(row, Threshold) and row.target is not None and sign * row.bound >= sign * row.target:
        return replace(plain, waits_for="nothing: the target is reached")
    exact = _is_exact(row, runs, policy)
    wanted = policy.runs if exact else max(policy.runs, policy.jitter_runs)
    if len(runs) < wanted:
        return replace(plain, waits_for=f"{wanted - len(runs)} more of {wanted} runs that may teach")
    evidence = _evidence(row, runs, policy, exact=exact)
    to = _destination(row, evidence, policy)
    objection = _objection(row, to, evidence, policy, len(runs))
    move = None if objection else _move(row, to, evidence, runs, policy=policy, repository=repository)
    return replace(plain, evidence=evidence, waits_for=objection, move=move)


def _objection(row: Row, to: float, evidence: Evidence, policy: Policy, runs: int) -> str:
    """Return what speaks against a move, empty where nothing does."""
    sign = _sign(row.kind)
    if not evidence.regular and runs < policy.irregular_runs:
        return f"{policy.irregular_runs - runs} more of {policy.irregular_runs} runs, since single runs dip deep"
    if isinstance(row, Threshold) and sign * to <= sign * row.bound:
        return f"{policy.runs} runs that support {_next(row):g}: {_supported(row, evidence)}"
    if isinstance(row, Threshold) and _rises(sign * row.bound, evidence):
        return f"{policy.runs} runs of one level: the newest are still getting better"
    return ""


def _rises(bound: float, evidence: Evidence) -> bool:
    """Tell whether waiting pays: the newest runs are of two levels, and the newer half supports twice as much, or more.

    A small move now would keep the large one waiting for a cool-down.
    """
    return evidence.bound - bound <= (evidence.reach - bound) / 2


def _next(row: Threshold) -> float:
    """Return the bound after the next step."""
    further = row.bound + _sign(row.kind) * (row.increment or 0.0)
    return further if row.target is None else _laxer(row.kind, further, row.target)


def _laxer(kind: BoundKind, one: float, other: float) -> float:
    """Return the laxer of two bounds."""
    return min(one, other) if kind == "minimum" else max(one, other)


def _supported(row: Row, evidence: Evidence) -> str:
    """Return in words how far the newest runs would let a bound move."""
    return f"the newest support {_rounded(_sign(row.kind) * evidence.bound):.6g}"


def _evidence(row: Row, runs: Sequence[Observation], policy: Policy, *, exact: bool) -> Evidence:
    """Return what the runs support; of a metric that depends on nothing but the code, the worst of the newest."""
    sign = _sign(row.kind)
    values = [sign * run.values[row.metric] for run in runs]
    tolerance = row.tolerance or 0.0
    if exact:
        newest = values[-policy.runs :]
        return Evidence(
            bound=min(newest) - tolerance,
            reach=min(newest) - tolerance,
            level=newest[-1],
            worst=min(newest),
            jitter=0.0,
            deepest=0.0,
            runs=len(newest),
        )
    return lower_bound(values, policy, tolerance)


def _is_exact(row: Row, runs: Sequence[Observation], policy: Policy) -> bool:
    """Tell whether a metric counts what is in the code, and behaves like that.

    It does not where two runs of one commit disagree, or where single runs keep being worse than those around them.
    """
    if not counts_code(row.metric) or not repeats(runs, row.metric):
        return False
    sign = _sign(row.kind)
    around = residuals([sign * run.values[row.metric] for run in runs[-policy.memory :]])
    return sum(dip < 0 for dip in around) <= _RESTLESS * len(around)


def _destination(row: Row, evidence: Evidence, policy: Policy) -> float:
    """Return where the evidence lets a bound stand: on a step of its increment or on its target, never past either."""
    sign, increment = _sign(row.kind), row.increment or 0.0
    if isinstance(row, Wish):
        to = floored(evidence.bound, increment)
    else:
        to = climbed(sign * row.bound, evidence.bound, increment, policy.steps)
    if row.target is None:
        return _signed(sign, to)
    target = sign * row.target
    last_step = isinstance(row, Wish) or policy.steps == 0 or target - to < increment
    return _signed(sign, target if evidence.bound >= target and last_step else min(to, target))


def _cool_down(moved: str, as_of: str, policy: Policy) -> float:
    """Return how many days are left until the bound may move again."""
    last, now = days_of(moved), days_of(as_of)
    return 0.0 if last is None or now is None else policy.cool_down_days - (now - last)


def _move(
    row: Row,
    to: float,
    evidence: Evidence,
    runs: Sequence[Observation],
    *,
    policy: Policy,
    repository: str,
) -> Event:
    """Return the event that moves or seeds a bound; it happens at the start of the newest run that it cites."""
    cited = runs[-policy.runs :]
    sign = _sign(row.kind)
    data: dict[str, Value] = {
        "from": row.bound if isinstance(row, Threshold) else None,
        "to": to,
        "kind": row.kind,
        "statistic": STATISTIC,
        "value": _rounded(sign * evidence.bound),
        "level": _rounded(sign * evidence.level),
        "margin": _rounded(evidence.bound - sign * to),
        "jitter": _rounded(evidence.jitter),
        "k": policy.runs,
        "memory": evidence.runs,
        "confidence": policy.confidence,
        "increment": row.increment,
        "reason": "ratchet" if isinstance(row, Threshold) else "seed",
    }
    return event(
        "threshold_move",
        time=cited[-1].time,
        repository=repository,
        subject=row.metric,
        runs=tuple(run.run for run in cited),
        data=data,
    )


def _sign(kind: BoundKind) -> int:
    """Return what values are multiplied with, so that higher is better."""
    return 1 if kind == "minimum" else -1


def _signed(sign: int, value: float) -> float:
    """Return a value in its own direction; never -0."""
    return sign * value + 0.0


def _rounded(value: float) -> float:
    """Return a number with nine significant digits: the last ones of a computed one differ between machines."""
    return float(f"{value:.9g}") + 0.0
