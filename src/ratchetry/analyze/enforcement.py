"""Which bounds a run is held to: of the file here and that of the base, the stricter, row by row.

| the row stands | the bound | waivers that count |
| --- | --- | --- |
| in both files | the stricter of the two | those of the base |
| only in the base's file: it was deleted here | the base's | those of the base |
| only here | the one here | none: a change may tighten, and waive nothing |

On the default branch itself the file here is what was agreed on, so that its waivers count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ratchetry.domain.record import Gate
from ratchetry.domain.thresholds import WAIVED, Threshold, Thresholds, Waiver, looser, stricter


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The thresholds of the base, and what the base is called in messages."""

    thresholds: Thresholds
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The bounds that count; `notes` say of a metric why its bound is not the one that stands here."""

    bounds: tuple[Threshold, ...] = ()
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    """The waivers in force, by metric: a bound that one applies to is still in `bounds`."""
    notes: Mapping[str, str] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    """What there is to say of the files themselves."""


def in_force(here: Thresholds, base: Base | None, *, today: str, agreed: bool) -> Held:
    """Return the bounds that a run is held to on a day; `agreed` says that the file here is the default branch's."""
    rows = {row.metric: row for row in here.bounds}
    notes: dict[str, str] = {}
    if base is not None:
        for row in base.thresholds.bounds:
            own = rows.get(row.metric)
            rows[row.metric] = row if own is None else _stricter(own, row)
            if own is None:
                notes[row.metric] = f"the bound of {base.name}: the row is missing here"
            elif looser(row.kind, own.bound, row.bound):
                notes[row.metric] = f"the bound of {base.name}, stricter than {own.bound:g} here"
    agreed_on = [*(base.thresholds.waivers if base else ()), *(here.waivers if agreed else ())]
    waivers = _waivers(rows, agreed_on, today)
    for waiver in here.waivers:
        if waiver.metric in rows and waiver.metric not in waivers and waiver.holds(today):
            pending = "a waiver in this change counts once it stands on the default branch"
            notes[waiver.metric] = "; ".join(filter(None, (notes.get(waiver.metric, ""), pending)))
    return Held(bounds=tuple(row for _, row in sorted(rows.items())), waivers=waivers, notes=notes)


def waived_reason(waiver: Waiver, bound: float) -> str:
    """Return what a gate says that is held to a waiver."""
    who = f" by {waiver.actor}" if waiver.actor else ""
    return f"{WAIVED} to {waiver.to:g} until {waiver.until}{who}, instead of {bound:g}: {waiver.reason}"


def _stricter(own: Threshold, base: Threshold) -> Threshold:
    """Return a row with the stricter of two bounds."""
    return replace(own, bound=stricter(own.kind, own.bound, base.bound))


def _waivers(rows: Mapping[str, Threshold], waivers: Iterable[Waiver], today: str) -> dict[str, Waiver]:
    """Return the waivers in force that loosen a bound, the one that was decided last of each metric."""
    found: dict[str, Waiver] = {}
    for waiver in sorted(waivers, key=lambda row: (row.since, row.until, row.to, row.reason, row.actor)):
        row = rows.get(waiver.metric)
        if row is not None and waiver.holds(today) and looser(row.kind, waiver.to, row.bound):
            found[waiver.metric] = waiver
    return found
