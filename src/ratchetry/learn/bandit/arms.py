"""The arms that are known: those of the settings and of the weights file, as events have changed them since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from ratchetry.domain.event import Event, Refusal, Value, event
from ratchetry.domain.moment import days_of
from ratchetry.domain.weights import MOST_ARMS, Arm, is_arm, names_of

Phase = Literal["add", "rename", "retire", "restore"]
PHASES: Final[tuple[Phase, ...]] = ("add", "rename", "retire", "restore")
_FUTURE_DAYS: Final = 1.0


def arm_event(phase: Phase, arm: str, *, time: str, to: str = "", reason: str = "", actor: str = "") -> Event:
    """Return the event that an arm is added, gets another name, is taken out of the choice or put back."""
    data: dict[str, Value] = {"phase": phase, "reason": reason}
    if phase == "rename":
        data["to"] = to
    return event("arm", time=time, subject=arm, actor=actor, data=data)


def known_arms(declared: Sequence[str], kept: Iterable[Arm]) -> tuple[Arm, ...]:
    """Return the arms that are declared, in their order, and after them those that were kept besides."""
    by_name = {name: arm for arm in kept for name in (arm.name, *arm.aliases)}
    found: dict[str, Arm] = {}
    for name in declared:
        arm = by_name.get(name, Arm(name=name))
        found.setdefault(arm.name, arm)
    for arm in by_name.values():
        found.setdefault(arm.name, arm)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The arms after the events, the events that counted, and those that make no sense."""

    arms: tuple[Arm, ...]
    events: tuple[Event, ...] = ()
    refused: tuple[Refusal, ...] = field(default=())


def changed_arms(arms: Sequence[Arm], events: Iterable[Event], as_of: float) -> Changed:
    """Return the arms as events have changed them up to a moment (days since 1970), whatever order those come in."""
    refused: dict[str, str] = {}
    ordered: dict[str, tuple[float, Event]] = {}
    for kept in events:
        if kept.kind != "arm":
            continue
        at = days_of(kept.time)
        if at is None or at > as_of + _FUTURE_DAYS:
            refused[kept.id] = f"its time {kept.time!r} is none, or lies beyond the newest run"
        else:
            ordered[kept.id] = (at, kept)
    current = {arm.name: arm for arm in arms}
    counted: list[Event] = []
    for _, kept in sorted(ordered.values(), key=lambda pair: (pair[0], pair[1].id)):
        try:
            current = _applied(current, kept)
        except ValueError as error:
            refused[kept.id] = str(error)
        else:
            counted.append(kept)
    return Changed(
        arms=tuple(current.values()),
        events=tuple(counted),
        refused=tuple(Refusal(event=name, reason=why) for name, why in sorted(refused.items())),
    )


def _applied(arms: Mapping[str, Arm], kept: Event) -> dict[str, Arm]:
    """Return the arms after one event; raises ValueError when it makes no sense."""
    phase, names = kept.data.get("phase"), names_of(arms.values())
    if phase == "rename":
        return _renamed(arms, names, kept)
    if phase == "add":
        return _added(arms, names, kept)
    if phase not in PHASES:
        msg = f"phase {phase!r} is none of {', '.join(PHASES)}"
        raise ValueError(msg)
    name = names.get(kept.subject)
    if name is None:
        msg = f"there is no arm {kept.subject[:200]!r}"
        raise ValueError(msg)
    return {**arms, name: replace(arms[name], retired=kept.time if phase == "retire" else "")}


def _added(arms: Mapping[str, Arm], names: Mapping[str, str], kept: Event) -> dict[str, Arm]:
    """Return the arms with one more, unless it is there already; raises ValueError when it cannot be."""
    name = names.get(kept.subject, kept.subject)
    if not is_arm(name):
        msg = f"{name[:200]!r} is no name of an arm"
        raise ValueError(msg)
    if name in arms:
        return {**arms, name: replace(arms[name], added=arms[name].added or kept.time)}
    if len(arms) >= MOST_ARMS:
        msg = f"there are {len(arms)} arms already; at most {MOST_ARMS} are kept"
        raise ValueError(msg)
    return {**arms, name: Arm(name=name, added=kept.time)}


def _renamed(arms: Mapping[str, Arm], names: Mapping[str, str], kept: Event) -> dict[str, Arm]:
    """Return the arms with one under another name; raises ValueError when that is no name or taken."""
    old, new = names.get(kept.subject), kept.data.get("to")
    if not isinstance(new, str) or not is_arm(new) or not is_arm(kept.subject):
        msg = f"{str(new)[:200]!r} is no name of an arm"
        raise ValueError(msg)
    holder = names.get(new)
    if old is not None and holder not in {None, old}:
        msg = f"there is an arm {new!r} already"
        raise ValueError(msg)
    source = old or holder
    if source is None:
        msg = f"there is no arm {kept.subject!r}"
        raise ValueError(msg)
    arm = arms[source]
    aliases = tuple(sorted({arm.name, kept.subject, *arm.aliases} - {new}))
    renamed = replace(arm, name=new, aliases=aliases)
    return {renamed.name if name == source else name: renamed if name == source else one for name, one in arms.items()}
