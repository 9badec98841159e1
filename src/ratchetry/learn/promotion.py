"""Which version of each slot has been active when, and how the file that says so changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, get_args

from ratchetry.domain.event import Event, Refusal, Value, event
from ratchetry.domain.experiment import ExperimentStatus
from ratchetry.domain.moment import days_of
from ratchetry.domain.versions import ActiveVersion, ActiveVersions, Cause, Promotion
from ratchetry.learn.decision_log import DecisionLog
from ratchetry.state.active_versions import NAME

_CAUSES: Final[Mapping[str, Cause]] = {cause: cause for cause in get_args(Cause)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time in which one version of a slot was active, in days since 1970; the last one has no end."""

    promotion: Promotion
    start: float
    end: float = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The periods of every slot, oldest first, and the promotions that make no sense."""

    slots: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def timeline(log: DecisionLog) -> Timeline:
    """Return which version of each slot was active when.

    What a first promotion replaced was active before it, as far as is known.
    """
    found: dict[str, list[Promotion]] = {}
    refused: list[Refusal] = []
    for kept in log.others:
        if kept.kind == "promotion":
            try:
                one = promotion_of(kept)
            except ValueError as error:
                refused.append(Refusal(event=kept.id, reason=str(error)))
                continue
            row = found.setdefault(one.slot, [])
            if not row or row[-1].version != one.version:
                row.append(one)
    return Timeline(
        slots={slot: _periods(row) for slot, row in sorted(found.items())},
        refused=tuple(sorted(refused, key=lambda one: one.event)),
    )


def _periods(row: Sequence[Promotion]) -> tuple[Period, ...]:
    """Return the periods that promotions begin."""
    starts = [(days_of(one.since) or 0.0, one) for one in row]
    if row[0].previous:
        earlier = Promotion(slot=row[0].slot, version=row[0].previous, since="")
        starts.insert(0, (float("-inf"), earlier))
    ended = [Period(promotion=one, start=start, end=after) for (start, one), (after, _) in pairwise(starts)]
    return (*ended, Period(promotion=starts[-1][1], start=starts[-1][0]))


def promotion_of(kept: Event) -> Promotion:
    """Return the promotion that an event keeps; raises ValueError saying which field makes no sense."""
    texts = {name: kept.data.get(name, "") for name in ("version", "previous", "cause", "experiment", "reason")}
    odd = next((name for name, value in texts.items() if not isinstance(value, str)), "")
    cause = _CAUSES.get(str(texts["cause"] or "human"))
    if odd or cause is None or not NAME.fullmatch(str(texts["version"])) or not NAME.fullmatch(kept.subject):
        msg = f"its slot, version or cause makes no sense: {odd or texts['cause'] or texts['version']!r}"[:200]
        raise ValueError(msg)
    return Promotion(
        slot=kept.subject,
        version=str(texts["version"]),
        since=kept.time,
        previous=str(texts["previous"]),
        cause=cause,
        experiment=str(texts["experiment"]),
        reason=str(texts["reason"]),
    )


def promotion_event(slot: str, active: ActiveVersion, *, repository: str = "", actor: str = "") -> Event:
    """Return the event of a version becoming active."""
    data: dict[str, Value] = {
        "version": active.version,
        "previous": active.previous,
        "cause": active.cause,
        "experiment": active.experiment,
        "reason": active.reason,
    }
    return event("promotion", time=active.since, repository=repository, subject=slot, actor=actor, data=data)


def observed(active: ActiveVersions, log: DecisionLog, repository: str = "") -> tuple[Event, ...]:
    """Return the promotions that the file shows and no event tells of yet: somebody has accepted a proposal.

    A version that is said to be active since before the newest promotion of its slot is that of an old file.
    """
    known = timeline(log).slots
    found: list[Event] = []
    for slot, one in sorted(active.slots.items()):
        since = days_of(one.since)
        last = known[slot][-1] if slot in known else None
        if since is None or since > log.as_of + 1.0:
            continue
        if last is None or (last.promotion.version != one.version and since > last.start):
            found.append(promotion_event(slot, one, repository=repository))
    return tuple(found)


def moved(active: ActiveVersions, moves: Mapping[str, ActiveVersion]) -> ActiveVersions:
    """Return active versions after some moves."""
    return ActiveVersions(slots={**active.slots, **moves})


def winners(statuses: Iterable[ExperimentStatus], active: ActiveVersions, log: DecisionLog) -> dict[str, ActiveVersion]:
    """Return the versions to promote, by slot: winners that came after whatever is active in their slot.

    Of several winners of a slot the newest counts.
    """
    known = timeline(log).slots
    found: dict[str, tuple[float, ActiveVersion]] = {}
    for status in statuses:
        slot, at = status.experiment.slot, days_of(status.newest)
        if status.state != "winner" or at is None:
            continue
        current = active.slots.get(slot)
        begun = max(
            days_of(current.since) or 0.0 if current else 0.0,
            known[slot][-1].start if slot in known else 0.0,
        )
        if at > max(begun, found[slot][0] if slot in found else 0.0):
            found[slot] = (at, winning_version(status, current.version if current else status.experiment.control))
    return {slot: one for slot, (_, one) in found.items() if one.version != one.previous}


def winning_version(status: ExperimentStatus, previous: str) -> ActiveVersion:
    """Return the winner of an experiment as an active version, with its evidence."""
    primary = next(one.metrics[0] for one in status.treatments if one.arm == status.winner)
    return ActiveVersion(
        version=status.winner,
        since=status.newest,
        previous=previous,
        cause="experiment",
        experiment=status.experiment.name,
        reason=status.reason,
        evidence={
            "metric": primary.metric,
            "lift": _rounded(primary.lift),
            "low": _rounded(primary.low),
            "high": _rounded(primary.high),
            "e_value": _rounded(primary.e_value),
            "units_control": primary.n_control,
            "units_treatment": primary.n_treatment,
            "days": status.days,
            "runs": ", ".join(status.runs),
        },
    )


def _rounded(value: float | None) -> float | None:
    """Return a number with six digits."""
    return None if value is None else float(f"{value:.6g}")
