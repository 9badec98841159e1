"""What `ratchetry doctor` looks at: each check a value that says what was found and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

from ratchetry import __version__
from ratchetry.collect.security.severities import without_credentials
from ratchetry.domain.project import Project
from ratchetry.errors import ConfigError, StateError, UnreachableError
from ratchetry.pipeline.bounds import load_thresholds
from ratchetry.pipeline.stubs import WORKFLOW
from ratchetry.pipeline.survey import OWN_TOOLS, Places, Survey
from ratchetry.ports import Fetch
from ratchetry.settings import Settings

Health = Literal["ok", "note", "missing", "wrong"]

_KNOWN_ADVISORY: Final = "GHSA-462w-v97r-4m45"
"""A public advisory of 2019; any service that speaks the OSV protocol knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at: `missing` costs a measurement, `wrong` must be mended before a run."""

    area: str
    what: str
    health: Health
    found: str
    advice: str = ""


def check_up(known: Survey, fetch: Fetch, *, offline: bool) -> tuple[Check, ...]:
    """Return every check of an installation and a repository."""
    return (
        *_installation(known.own_distributions),
        *_configuration(known.settings),
        *_repository(known),
        *_environment(known),
        *_state_files(known.places, known.settings),
        *(() if offline else (_advisories(known.settings.osv_url, fetch),)),
    )


def _installation(own: Mapping[str, str]) -> Iterable[Check]:
    """Yield the checks of ratchetry itself and its tools."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check(area="installation", what="ratchetry", health="ok", found=f"{__version__} on Python {python}")
    missing = [name for name in OWN_TOOLS if name not in own]
    tools = ", ".join(f"{name} {version}" for name, version in sorted(own.items()))
    yield Check(
        area="installation",
        what="tools",
        health="missing" if missing else "ok",
        found=f"not installed: {', '.join(missing)}" if missing else tools,
        advice="install ratchetry again: python -m pip install --force-reinstall ratchetry" if missing else "",
    )


def _configuration(settings: Settings) -> Iterable[Check]:
    """Yield the settings that are not what they are by default."""
    default = Settings()
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if value != getattr(default, entry.name):
            shown = ", ".join(value) or "none" if isinstance(value, tuple) else without_credentials(str(value))
            yield Check(area="settings", what=entry.name.replace("_", "-"), health="ok", found=shown)


def _repository(known: Survey) -> Iterable[Check]:
    """Yield the checks of what was found in the repository."""
    project: Project = known.project
    yield _found(
        "packages",
        ", ".join(package.path for package in project.packages),
        'name them: sources = ["src/name"] in [tool.ratchetry]',
    )
    yield _found("tests", ", ".join(project.test_paths), 'write some, or name them: tests = ["path"]')
    yield Check(
        area="repository",
        what="tool configuration",
        health="ok",
        found=", ".join(sorted(project.configured)) or "none: the tools' defaults apply",
    )
    commit = known.run.commit[:12]
    yield Check(
        area="repository",
        what="git",
        health="ok" if commit else "note",
        found=f"{commit} on {known.run.branch or 'no branch'}" if commit else "no git repository or no commit yet",
        advice="" if commit else "without git there is no base to compare with",
    )
    base = known.base.commit[:12] if known.base else ""
    yield Check(
        area="repository",
        what="base commit",
        health="ok" if base else "note",
        found=base or known.base_problem or "none: there is no commit before this one",
        advice="" if base else "pass --base REF, or fetch the history (fetch-depth: 0), to measure changed lines",
    )
    workflow = (known.places.root / WORKFLOW).is_file()
    yield Check(
        area="repository",
        what="workflow",
        health="ok" if workflow else "note",
        found=WORKFLOW if workflow else f"no {WORKFLOW}",
        advice="" if workflow else "ratchetry init writes it",
    )


def _found(what: str, found: str, advice: str) -> Check:
    """Return the check of something that a repository must have to be measured."""
    if found:
        return Check(area="repository", what=what, health="ok", found=found)
    return Check(area="repository", what=what, health="missing", found="none found", advice=advice)


def _environment(known: Survey) -> Iterable[Check]:
    """Yield the checks of the interpreter that runs the tests."""
    interpreter = known.interpreter
    if interpreter.problem:
        builds = interpreter.origin == "built" and known.settings.install
        health: Health = "note" if builds else "missing"
        yield Check(area="environment", what="python", health=health, found=interpreter.problem)
        return
    found = f"{interpreter.executable} ({interpreter.version}, {interpreter.origin})"
    yield Check(area="environment", what="python", health="ok", found=found)
    for name in ("pytest", "coverage", "pytest-benchmark"):
        version = interpreter.distributions.get(name, "")
        yield Check(
            area="environment",
            what=name,
            health="ok" if version else "note",
            found=version or "not installed there",
            advice="" if version else f"a run provides it; to pin it, install {name} in that environment",
        )


def _state_files(places: Places, settings: Settings) -> Iterable[Check]:
    """Yield the checks of the files that hold bounds and weights."""
    from ratchetry.adapters.files import read_bounded
    from ratchetry.state import score_model

    def thresholds() -> str:
        return f"{len(load_thresholds(places.root, settings).bounds)} bounds"

    def model() -> str:
        loaded = score_model.loads(
            read_bounded(places.root / settings.score_model, settings.score_model), settings.score_model
        )
        return f"{len(loaded.metrics)} metrics"

    yield _state_file(places, settings.thresholds, thresholds, "no bound is enforced; ratchetry init seeds them")
    yield _state_file(places, settings.score_model, model, "the default weights apply; ratchetry init writes it")


def _state_file(places: Places, name: str, load: Callable[[], str], without: str) -> Check:
    """Return the check of one state file."""
    if not (places.root / name).is_file():
        return Check(area="state", what=name, health="note", found="not there", advice=without)
    try:
        return Check(area="state", what=name, health="ok", found=load())
    except (StateError, ConfigError) as error:
        return Check(area="state", what=name, health="wrong", found=str(error), advice="mend the file")


def _advisories(url: str, fetch: Fetch) -> Check:
    """Return the check of the advisory service."""
    try:
        fetch(f"{url.rstrip('/')}/v1/vulns/{_KNOWN_ADVISORY}")
    except UnreachableError as error:
        return Check(
            area="services",
            what="advisories",
            health="missing",
            found=str(error),
            advice="vulnerabilities cannot be measured; name a reachable service with osv-url",
        )
    return Check(area="services", what="advisories", health="ok", found=without_credentials(url))
