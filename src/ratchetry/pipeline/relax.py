"""Loosening a bound for a while: the file that says so, and the event that notes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.adapters.git import Git, inspect
from ratchetry.domain.thresholds import Waiver
from ratchetry.errors import UsageError
from ratchetry.learn.ratchet.waivers import relaxed, waiver_event
from ratchetry.pipeline.history import existing_history
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings
from ratchetry.state import thresholds as thresholds_file


def relax(
    path: str,
    settings: Settings,
    history: str | None,
    waiver: Waiver,
    *,
    now: datetime,
    environ: Mapping[str, str],
) -> None:
    """Write a waiver into the file of bounds and note it in the history.

    Raises UsageError when it makes no sense or nothing can be written, StateError when the file cannot be read.
    """
    places = places_of(path, settings)
    target = places.root / settings.thresholds
    if not target.is_file():
        msg = f"{settings.thresholds}: no file with bounds to relax; `ratchetry init` seeds one"
        raise UsageError(msg)
    present = thresholds_file.loads(read_bounded(target, settings.thresholds), settings.thresholds)
    wanted = relaxed(present, waiver)
    kept = existing_history(path, settings, history)
    repository = inspect(str(places.root), "", output_dir=str(places.output), environ=environ).repository
    write_atomic(target, thresholds_file.dumps(wanted))
    kept.add_event(waiver_event(waiver, time=f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", repository=repository))


def actor_name(path: str, given: str, environ: Mapping[str, str]) -> str:
    """Return who decides: the name given, else what git calls the user; raises UsageError when neither is known."""
    name = given.strip() or Git(path, environ).line("config", "--get", "user.name")
    if not name:
        msg = "--actor: say who decides this; git knows no user.name here"
        raise UsageError(msg)
    return name
