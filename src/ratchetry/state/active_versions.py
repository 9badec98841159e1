"""`active-versions.json`: the version of each slot that is in use, as a file that reviews can read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from ratchetry.domain.moment import days_of
from ratchetry.domain.versions import ActiveVersion, ActiveVersions
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

NEWEST: Final = 1
MOST_SLOTS: Final = 1000
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@:+-]{0,99}")


class ActiveVersionsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document as it stands on disk."""

    version: Annotated[int, Meta(ge=1)] = NEWEST
    slots: Mapping[str, ActiveVersion] = field(default_factory=dict)


def loads(data: bytes, origin: str) -> ActiveVersions:
    """Return the active versions of a JSON document.

    Raises StateError naming file and slot for a name, time or number that makes no sense.
    """
    file = decode(data, ActiveVersionsFile, origin, newest=NEWEST)
    if len(file.slots) > MOST_SLOTS:
        msg = f"{origin}: slots: {len(file.slots)} are more than the {MOST_SLOTS} that are read"
        raise StateError(msg)
    for slot, active in file.slots.items():
        problem = _problem(slot, active)
        if problem:
            msg = f"{origin}: slots.{slot[:100]}: {problem}"
            raise StateError(msg)
    return ActiveVersions(slots=file.slots)


def dumps(active: ActiveVersions) -> bytes:
    """Return active versions as JSON for people to read and for reviews to compare."""
    return encode(ActiveVersionsFile(slots=active.slots), indent=2)


def _problem(slot: str, active: ActiveVersion) -> str:
    """Return what is wrong with the version of a slot, nothing if it is fine."""
    names = {"the slot": slot, "version": active.version}
    if active.previous:
        names["previous"] = active.previous
    for what, name in names.items():
        if not NAME.fullmatch(name):
            return f"{what} may have 1 to 100 letters, digits and . _ / @ : + -, not {name[:100]!r}"
    if days_of(active.since) is None:
        return f"since: {active.since!r} is no time in ISO 8601"
    odd = next(
        (key for key, value in active.evidence.items() if isinstance(value, float) and not math.isfinite(value)), ""
    )
    return f"evidence.{odd}: must be finite" if odd else ""
