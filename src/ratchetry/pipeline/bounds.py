"""The bounds that a run is held to: read before any code of the repository runs, here and at the base."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded
from ratchetry.analyze.enforcement import Base, Held, in_force
from ratchetry.domain.record import Gate, Verdict
from ratchetry.domain.thresholds import Thresholds
from ratchetry.errors import ConfigError, StateError
from ratchetry.pipeline.survey import Places
from ratchetry.ports import Clock
from ratchetry.settings import Settings
from ratchetry.state import thresholds as thresholds_file

GATE: Final = "thresholds"
_CONFIG_LIMIT: Final = 1_000_000
_CONFIGURATIONS: Final = ("ratchetry.toml", "pyproject.toml")


def load_thresholds(root: Path, settings: Settings) -> Thresholds:
    """Return the bounds of the project, none when there is no file; raises StateError or ConfigError."""
    path = root / settings.thresholds
    if path.is_file():
        return thresholds_file.loads(read_bounded(path, settings.thresholds), settings.thresholds)
    if settings.thresholds != Settings().thresholds:
        msg = f"thresholds: no file at {settings.thresholds}"
        raise ConfigError(msg)
    return Thresholds()


def bounds_in_force(places: Places, settings: Settings, *, environ: Mapping[str, str], clock: Clock) -> Held:
    """Return the bounds that a run is held to: of the file here and that of the base, the stricter.

    A file that is gone, or cannot be read any more, leaves those of the base in force.
    Raises StateError or ConfigError where the file here is wrong and there is none at the base.
    """
    from ratchetry.adapters.base_commit import base_commit
    from ratchetry.adapters.github_event import read_event

    event = read_event(environ)
    found = base_commit(str(places.root), environ, event, settings.base)
    base = _base(places.root, settings, found.commit, environ) if found.commit else None
    today = f"{clock.now():%Y-%m-%d}"
    try:
        here, gates = load_thresholds(places.root, settings), _said(found.problem)
    except (StateError, ConfigError) as error:
        if base is None:
            raise
        here, gates = Thresholds(), _said(f"{error}; the bounds of {base.name} hold", verdict="fail")
    return replace(in_force(here, base, today=today, agreed=found.agreed), gates=gates)


def _said(problem: str, *, verdict: Verdict = "warn") -> tuple[Gate, ...]:
    """Return the gate that tells what is wrong with the files of the bounds, none where nothing is."""
    if not problem:
        return ()
    reason = problem if verdict == "fail" else f"held to the bounds here alone: {problem}"
    return (Gate(metric=GATE, kind="measured", verdict=verdict, reason=reason[:4000]),)


def _base(root: Path, settings: Settings, commit: str, environ: Mapping[str, str]) -> Base | None:
    """Return the bounds that stand at a commit, None where there are none that can be read."""
    from ratchetry.adapters.base_commit import file_at

    path = _path_at(root, settings, commit, environ)
    data = file_at(str(root), environ, commit, path)
    if data is None:
        return None
    name = f"{path} at the base {commit[:12]}"
    try:
        return Base(thresholds=thresholds_file.loads(data, name), name=name)
    except StateError:
        return None  # what was agreed on cannot be read, by this version at least: only a change here can mend it


def _path_at(root: Path, settings: Settings, commit: str, environ: Mapping[str, str]) -> str:
    """Return where the bounds stand at a commit.

    A change could name another file in the configuration that comes with it: then what the base names counts, unless
    the command line or the environment names one.
    """
    from ratchetry.adapters.base_commit import file_at

    named = environ.get("RATCHETRY_CONFIG", "")
    places = (named,) if named else _CONFIGURATIONS
    here = next((row for place in places if (row := _configured(_content(root / place), place)) is not None), "")
    default = Settings().thresholds
    if settings.thresholds != (here or default):
        return settings.thresholds
    at_base = (_configured(file_at(str(root), environ, commit, place), place) for place in places)
    return next((row for row in at_base if row is not None), "") or default


def _content(path: Path) -> bytes | None:
    """Return the content of a configuration file, None where there is none of a sensible size."""
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _CONFIG_LIMIT else None
    except OSError:
        return None


def _configured(data: bytes | None, place: str) -> str | None:
    """Return the file of bounds that a configuration names, empty where it names none, None where there is no such."""
    if data is None or len(data) > _CONFIG_LIMIT:
        return None
    try:
        table: object = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ""
    for key in ("tool", "ratchetry") if place.rpartition("/")[2] == "pyproject.toml" else ():
        table = table.get(key) if isinstance(table, dict) else None
    name = table.get("thresholds") if isinstance(table, dict) else None
    return name if isinstance(name, str) else ""
