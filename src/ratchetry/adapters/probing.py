"""Asking an interpreter what it is, what is installed in it, and where it would import packages from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from ratchetry.domain.command import Command
from ratchetry.errors import ReportError
from ratchetry.ports import ToolRunner

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_TIMEOUT: Final = 120.0
_MAX_ANSWER: Final = 50_000_000
_OLDEST: Final = (3, 8)
"""The oldest Python for which there is importlib.metadata, and a pytest that writes the reports that are read."""
_ROUNDS: Final = 20
_VERSION: Final = re.compile(r"\d{1,3}\.\d{1,4}\.\d{1,4}")


class TooOldError(ReportError):
    """An interpreter runs, but is too old to run tests whose reports can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the probe wrote."""

    version: str
    markers: dict[str, str]
    distributions: list[tuple[str, str, list[str]]]
    packages: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What an interpreter told about itself; `locations` are where each package would be imported from."""

    version: str
    distributions: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    locations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def probe(
    runner: ToolRunner,
    executable: str,
    directory: str,
    *,
    packages: Iterable[str] = (),
    append: tuple[str, ...] = (),
    needed: tuple[str, ...] = (),
) -> Probe:
    """Return what an interpreter tells; `needed` are requirements whose extras count as asked for.

    `directory` is where the request and the answer are written.  Raises ReportError saying why the interpreter did
    not run, is too old, or gave no sense.
    """
    request, answer = f"{directory}/probe-request.json", f"{directory}/probe-answer.json"
    command = Command(
        name=executable,
        argv=(executable, str(Path(__file__).with_name("interpreter_probe.py")), request, answer),
        files={request: json.dumps({"packages": list(packages), "append": list(append)})},
        report=answer,
    )
    return read_answer(runner(command, _TIMEOUT).require(0), executable, needed)


def read_answer(data: bytes, executable: str, needed: tuple[str, ...] = ()) -> Probe:
    """Return what the probe wrote.

    Raises ReportError when it is malformed, TooOldError when it speaks of a Python that is too old.
    """
    if len(data) > _MAX_ANSWER:
        msg = f"{executable} answered with {len(data) / 1e6:.0f} MB, more than are read"
        raise ReportError(msg)
    try:
        answer = msgspec.json.decode(data, type=_Answer)
    except (ValueError, RecursionError) as error:
        msg = f"{executable} answered nonsense: {str(error)[:200]}"
        raise ReportError(msg) from error
    if not _VERSION.fullmatch(answer.version):
        msg = f"{executable} answered nonsense: its version is {answer.version[:50]!r}"
        raise ReportError(msg)
    if tuple(int(number) for number in answer.version.split(".")) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        msg = f"{executable} is Python {answer.version}; ratchetry measures projects on Python {oldest} or newer"
        raise TooOldError(msg)
    distributions, needs = _installed(answer)
    return Probe(
        version=answer.version,
        distributions=distributions,
        requires=_resolved(needs, answer.markers, needed),
        locations={name: tuple(places) for name, places in answer.packages.items()},
    )


def _installed(answer: _Answer) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return version and requirements by normalized name; the first of several installations is what is imported."""
    from packaging.utils import canonicalize_name

    versions: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
    for spelled, version, requires in answer.distributions:
        name = str(canonicalize_name(spelled))
        if name not in versions:
            versions[name], needs[name] = version, requires
    return versions, needs


def _resolved(
    needs: Mapping[str, list[str]], markers: Mapping[str, str], needed: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return the names that each distribution needs, for the markers and the extras that anything asks for."""
    from packaging.utils import canonicalize_name

    parsed = {name: _requirements(rows) for name, rows in needs.items()}
    extras: dict[str, set[str]] = {}
    asked = _requirements(needed)
    for _ in range(_ROUNDS):
        edges = {
            name: [row for row in rows if _applies(row, markers, extras.get(name, set()))]
            for name, rows in parsed.items()
        }
        before = sum(map(len, extras.values()))
        for row in (*asked, *(row for rows in edges.values() for row in rows)):
            extras.setdefault(str(canonicalize_name(row.name)), set()).update(row.extras)
        if sum(map(len, extras.values())) == before:
            break
    return {
        name: tuple(dict.fromkeys(str(canonicalize_name(row.name)) for row in rows)) for name, rows in edges.items()
    }


def _requirements(rows: Iterable[str]) -> list[Requirement]:
    """Return the PEP 508 requirements among texts."""
    from packaging.requirements import InvalidRequirement, Requirement

    found = []
    for row in rows:
        try:
            found.append(Requirement(row))
        except (InvalidRequirement, RecursionError):
            continue
    return found


def _applies(requirement: Requirement, markers: Mapping[str, str], extras: Iterable[str]) -> bool:
    """Tell whether a requirement holds in an environment with at least one of the extras, or with none."""
    if requirement.marker is None:
        return True
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
    from packaging.version import InvalidVersion

    for extra in ("", *extras):
        try:
            if requirement.marker.evaluate({**markers, "extra": extra}):
                return True
        except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion, RecursionError):
            continue
    return False
