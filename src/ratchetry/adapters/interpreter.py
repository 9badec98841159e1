"""The Python that runs the measured project's tests: given, active, found in a usual place, or built.

An interpreter that should be used and cannot be is never silently replaced by another one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from ratchetry.adapters.environments import (
    TEST_TOOLS,
    Environment,
    Workshop,
    added_tools,
    built_environment,
    digest_of_sources,
    is_declared,
    remember_as_checked_out,
)
from ratchetry.adapters.import_path import import_path, uses_installed_copy
from ratchetry.adapters.leases import Sharing
from ratchetry.adapters.probing import Probe, TooOldError, probe
from ratchetry.adapters.process import ProcessRunner
from ratchetry.domain.project import Interpreter, Project
from ratchetry.errors import ReportError, UsageError
from ratchetry.ports import Progress, ToolRunner
from ratchetry.settings import Settings

_DIRECTORIES: Final = (".venv", "venv", "env", ".env")
_PYTHONS: Final = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
_INHERITED: Final = frozenset({"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"})
"""Variables that would make the chosen interpreter import, or pip install, from or to somewhere else."""

Origin = Literal["given", "active", "found", "built", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What is needed to turn an executable into an interpreter that tests can run in."""

    project: Project
    shop: Workshop
    scratch: Callable[[], str]
    install: bool
    tools: tuple[str, ...]


def prepare(
    project: Project,
    settings: Settings,
    *,
    environ: Mapping[str, str],
    own_python: str,
    cache_dir: str,
    scratch: Callable[[], str],
    progress: Progress,
    tools: tuple[str, ...] = TEST_TOOLS,
    look_only: bool = False,
    sharing: Sharing | None = None,
) -> Interpreter:
    """Return the interpreter for the project's tests, with the test tools that it lacks beside it.

    In this order: settings.python; the activated environment, unless it is ratchetry's own; one in a usual place of
    the repository or, up to the top of its git repository, above it; one built from what the project declares; for a
    project that declares nothing, or when nothing may be installed, settings.base_python or ratchetry's own.
    `scratch` returns the absolute path of the repository's copy in which code may be executed.  With `look_only`
    nothing is built or installed: what is not there yet is a problem that says so.  `tools` are what the run needs
    beside the project: what an environment lacks of them is installed outside of it.
    With `sharing`, environments are those of a repository of which this is one checkout of several.
    Raises UsageError when settings.python or base_python cannot be used, ReportError when the Python that is left or
    the copy fails.
    """
    Path(cache_dir).mkdir(parents=True, exist_ok=True)
    named = settings.base_python
    shop = Workshop(
        runner=_runner(cache_dir, environ),
        own_python=own_python,
        base_python=_located(project.root, "base-python", named, environ) if named else own_python,
        cache_dir=cache_dir,
        timeout=settings.timeout,
        progress=progress,
        look_only=look_only,
        sharing=sharing,
    )
    around = _Surroundings(project=project, shop=shop, scratch=scratch, install=settings.install, tools=tools)
    if settings.python:
        return _given(around, settings.python, environ)
    return _found(around, environ) or _made(around, "given" if named else "own")


def _found(around: _Surroundings, environ: Mapping[str, str]) -> Interpreter | None:
    """Return the interpreter of the activated environment or of a usual place, None when none of them runs."""
    for origin, executable in _candidates(around.project.root, environ, around.shop.own_python):
        try:
            found = _ask(around, executable)
        except TooOldError as error:
            return Interpreter(executable=executable, origin=origin, problem=f"{error}; pass --python")
        except ReportError as error:
            around.shop.progress.preparing(f"leaving out {executable}, which does not run: {error}")
        else:
            return _completed(around, executable, origin, found)
    return None


def _made(around: _Surroundings, origin: Origin) -> Interpreter:
    """Return an interpreter built from what the project declares, or the base itself, whose origin is given."""
    if around.install and is_declared(around.project):
        return _built(around)
    base = around.shop.base_python
    return _completed(around, base, origin, _ask(around, base))


def _runner(directory: str, environ: Mapping[str, str]) -> ToolRunner:
    """Return a runner whose commands see no other Python's settings."""
    kept = {name: value for name, value in environ.items() if name not in _INHERITED}
    return ProcessRunner(
        directories={"repository": directory, "scratch": directory},
        environ={**kept, "PYTHONDONTWRITEBYTECODE": "1", "PIP_NO_COLOR": "1"},
    )


def _given(around: _Surroundings, python: str, environ: Mapping[str, str]) -> Interpreter:
    """Return the interpreter that the user named: a path, a command, or the directory of an environment.

    Raises UsageError when it is not there or does not run.
    """
    executable = _located(around.project.root, "python", python, environ)
    try:
        answer = _ask(around, executable)
    except ReportError as error:
        msg = f"python: {python!r} cannot be used: {error}"
        raise UsageError(msg) from error
    return _completed(around, executable, "given", answer)


def _located(root: str, setting: str, python: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path of an interpreter that the user named; raises UsageError when it is not there."""
    places = (Path(root, python), Path(python).expanduser().absolute())
    inner = (place / name for place in places if place.is_dir() for name in _PYTHONS)
    files = (str(place) for place in (*places, *inner) if place.is_file())
    found = shutil.which(python, path=environ.get("PATH")) or next(files, None)
    if found is None:
        msg = f"{setting}: there is no interpreter {python!r}; give the path of one, or of a virtual environment"
        raise UsageError(msg)
    return str(Path(found).absolute())


def _candidates(root: str, environ: Mapping[str, str], own_python: str) -> Iterator[tuple[Origin, str]]:
    """Yield the interpreters of the activated environment and of the usual places, with where they come from."""
    own = Path(own_python).parent.parent.resolve()
    conda = environ.get("CONDA_PREFIX", "") if environ.get("CONDA_DEFAULT_ENV") != "base" else ""
    for prefix in (environ.get("VIRTUAL_ENV", ""), conda):
        if prefix and Path(prefix).resolve() != own:
            yield from (("active", python) for python in _pythons(Path(prefix)))
    for directory in _upwards(Path(root)):
        for name in _DIRECTORIES:
            if (directory / name / "pyvenv.cfg").is_file():
                yield from (("found", python) for python in _pythons(directory / name))
        if python := _pdm_python(directory / ".pdm-python"):
            yield "found", python


def _upwards(root: Path) -> tuple[Path, ...]:
    """Return the repository's directory and those above it, up to the top of the git repository it is in."""
    above = (root, *root.parents)
    top = next((index for index, directory in enumerate(above) if (directory / ".git").exists()), 0)
    return above[: top + 1]


def _pythons(prefix: Path) -> tuple[str, ...]:
    """Return the interpreter of an environment; one that has none is named, so that its absence is heard of."""
    there = (str(prefix / name) for name in _PYTHONS if (prefix / name).exists())
    return (next(there, str(prefix / _PYTHONS[0])),)


def _pdm_python(path: Path) -> str:
    """Return the interpreter that PDM chose for a project, empty when it chose none."""
    try:
        with path.open("rb") as file:
            text = file.read(4_096).decode("utf-8").strip()
    except (OSError, ValueError):
        return ""
    return text if text.isprintable() and Path(text).is_absolute() and Path(text).is_file() else ""


def _built(around: _Surroundings) -> Interpreter:
    """Return an interpreter built from what the project declares; one with a problem when that fails."""
    try:
        sources = digest_of_sources(around.project)
        environment = built_environment(around.shop, around.project, around.scratch)
        interpreter, installed_copy = _examined_as_built(around, environment, sources)
        if environment.sources != sources and (installed_copy or not environment.complete):
            # What would be measured is a copy installed from sources that have changed since.
            environment = built_environment(around.shop, around.project, around.scratch, sources=sources)
            interpreter, _ = _examined_as_built(around, environment, sources)
    except ReportError as error:
        failed = "" if around.shop.look_only else "could not install what the project needs: "
        return Interpreter(executable="", origin="built", problem=f"{failed}{error}; or pass --python")
    return interpreter


def _examined_as_built(around: _Surroundings, environment: Environment, sources: str) -> tuple[Interpreter, bool]:
    """Return what an environment that was built is, and whether it would import an installed copy of the project.

    Right after the build, every file that the checkout lacks is one that the build has made.  Later, when other
    sources are checked out, such files count only if the build made any: else they belong to the other sources.
    """
    same = environment.sources == sources
    found = _ask(around, environment.executable)
    interpreter, installed_copy = _examined(
        around, environment.executable, "built", found, just_built=same or environment.generated
    )
    if same and environment.complete and not installed_copy and not around.shop.look_only:
        remember_as_checked_out(environment)
    return interpreter, installed_copy


def _completed(around: _Surroundings, executable: str, origin: Origin, found: Probe) -> Interpreter:
    """Return an interpreter with the test tools that it lacks beside it."""
    interpreter, _ = _examined(around, executable, origin, found)
    missing = tuple(tool for tool in around.tools if not interpreter.has(tool))
    if not (missing and around.install):
        return interpreter
    directory = added_tools(around.shop, executable, missing, interpreter.distributions.items())
    if directory is None:
        return interpreter
    found = _ask(around, executable, append=(directory,))
    return replace(interpreter, distributions=found.distributions, requires=found.requires, appended_path=(directory,))


def _examined(
    around: _Surroundings, executable: str, origin: Origin, found: Probe, *, just_built: bool = False
) -> tuple[Interpreter, bool]:
    """Return what an interpreter is, and whether it would import an installed copy of the project."""
    scratch = around.scratch() if around.project.packages else ""
    path = import_path(around.project, found.locations, scratch, just_built=just_built)
    interpreter = Interpreter(
        executable=executable,
        version=found.version,
        origin=origin,
        distributions=found.distributions,
        requires=found.requires,
        import_path=path,
    )
    return interpreter, uses_installed_copy(around.project, found.locations, path, scratch)


def _ask(around: _Surroundings, executable: str, append: tuple[str, ...] = ()) -> Probe:
    """Return what an interpreter tells about itself; raises ReportError when it does not run."""
    requirements = around.project.requirements
    with TemporaryDirectory(dir=around.shop.cache_dir, prefix="probe-") as directory:
        return probe(
            around.shop.runner,
            executable,
            directory,
            packages=(package.name for package in around.project.packages),
            append=append,
            needed=(*requirements.runtime, *requirements.test),
        )
