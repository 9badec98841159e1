"""Virtual environments that ratchetry builds from what a project declares, and test tools that it adds to others.

Both lie in the cache under a key of everything that they depend on, and count only once a file that is written last
is there: what a killed run leaves behind is never used.  They are built where they stay, because the scripts of an
environment hold its path.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.environment_cache import COMPLETE, remove_unused
from ratchetry.adapters.files import write_atomic
from ratchetry.adapters.leases import BUILDING, IN_USE, Sharing, beside, exclusive, shared
from ratchetry.adapters.pip_calls import INSTALL, could_not_build, failed, is_requirement, reason
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.project import Project
from ratchetry.errors import ReportError
from ratchetry.ports import Progress, ToolRunner

TEST_TOOLS: Final = ("pytest", "coverage", "pytest-benchmark")

_MAX_FILE: Final = 50_000_000
_AS_CHECKED_OUT: Final = "ratchetry-adds-no-files"
_DECLARING: Final = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
_CHECKERS: Final = frozenset({"bandit", "black", "coverage", "isort", "mypy", "pytest", "ratchetry", "ruff"})
_NATIVE: Final = (".c", ".cc", ".cpp", ".cxx", ".f90", ".h", ".hpp", ".pxd", ".pyx", ".rs", ".toml", "meson.build")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment that was built: its Python, and the digest of the sources at that time.

    It is not `complete` when the project itself could not be built and only what it needs is there; it is `generated`
    unless it is known that building adds no files to the sources.
    """

    executable: str
    sources: str
    complete: bool
    generated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What building needs: who runs commands, ratchetry's own Python and that of what is built, and the cache."""

    runner: ToolRunner
    own_python: str
    base_python: str
    cache_dir: str
    timeout: float
    progress: Progress
    look_only: bool = False
    """Whether only what is there already may be used."""
    sharing: Sharing | None = None
    """Whether other processes that measure the same repository use the same environments, and how."""


def is_declared(project: Project) -> bool:
    """Tell whether a project declares that it needs anything, or how it is built."""
    return bool(project.requirements.runtime or project.requirements.test) or is_buildable(project)


def is_buildable(project: Project) -> bool:
    """Tell whether pip can install the project itself."""
    stated = bool({"project", "build-system"} & set(project.tables)) or "setup.py" in project.files
    tool = project.tables.get("tool")
    return stated or (isinstance(tool, dict) and bool({"poetry", "flit"} & set(tool)))


def built_environment(
    shop: Workshop, project: Project, scratch: Callable[[], str], *, sources: str = ""
) -> Environment:
    """Return the environment for what a project declares, built now unless there is one; `sources` is part of its key.

    Raises ReportError with pip's reason when it cannot be built.
    """
    home = Path(shop.cache_dir, "environments")
    place = home / _key(shop, project, sources)
    if shop.look_only:
        return _existing(place)
    with _building(place, shop.progress):
        environment = _read(place)
        if environment is None:
            environment = _build(shop, project, scratch(), place)
        _take(shop, place)
    return environment


def added_tools(
    shop: Workshop, executable: str, missing: tuple[str, ...], installed: Iterable[tuple[str, str]]
) -> str | None:
    """Return a directory with the missing test tools for an interpreter, None when they cannot be installed.

    What the environment already holds constrains their versions, so that both fit together.
    """
    home = Path(shop.cache_dir, "tools")
    pins = sorted(f"{name}=={version}" for name, version in installed if re.fullmatch(r"[\w.!+-]+", version))
    place = home / _digest(os.path.realpath(executable), platform.platform(), *missing, "", *pins)
    if shop.look_only:
        return str(place) if (place / COMPLETE).is_file() else None
    with _building(place, shop.progress):
        if not (place / COMPLETE).is_file():
            shop.progress.preparing(f"installing {', '.join(missing)} beside {executable}")
            if not _install_tools(shop, executable, missing, pins, place):
                shutil.rmtree(place, ignore_errors=True)
                return None
            write_atomic(place / COMPLETE, b"{}")
        _take(shop, place)
    return str(place)


def remember_as_checked_out(environment: Environment) -> None:
    """Keep in mind that the project installed in an environment holds no file that its checkout did not hold."""
    if environment.generated:
        write_atomic(Path(environment.executable).parents[1] / _AS_CHECKED_OUT, b"")


def digest_of_sources(project: Project) -> str:
    """Return a digest of all that an installed copy of the project is made from."""
    own = frozenset(project.source_files())
    inner = tuple(f"{package.path}/" for package in project.packages)
    paths = [path for path in project.files if path in own or path.startswith(inner) or path.endswith(_NATIVE)]
    return _digest(*(part for path in paths for part in (path, _content(project.root, path))))[:16]


def _existing(place: Path) -> Environment:
    """Return an environment that is there already; raises ReportError when it would have to be built."""
    environment = _read(place)
    if environment is None:
        msg = "no environment was found or built yet; a run builds one from what the project declares"
        raise ReportError(msg)
    return environment


def _key(shop: Workshop, project: Project, sources: str) -> str:
    """Return the digest of everything that decides what an environment holds."""
    paths = dict.fromkeys((*_DECLARING, *project.requirements.sources))
    declared = (part for path in paths for part in (path, _declaration(project, path)))
    whose = shop.sharing.identity if shop.sharing else project.root
    own = (sys.version, platform.platform(), shop.base_python, shop.cache_dir, whose)
    return _digest(*own, *TEST_TOOLS, sources, *declared)


def _declaration(project: Project, path: str) -> bytes:
    """Return what a file declares: of a pyproject.toml, all but the configuration of tools that install nothing."""
    if path != "pyproject.toml" or not project.tables:
        return _content(project.root, path)
    tool = project.tables.get("tool")
    kept = {name: table for name, table in tool.items() if name not in _CHECKERS} if isinstance(tool, dict) else {}
    return repr({**project.tables, "tool": kept}).encode("utf-8", "surrogatepass")


def _build(shop: Workshop, project: Project, scratch: str, place: Path) -> Environment:
    """Return a new environment with the project and its requirements, or its requirements alone.

    Raises ReportError when neither could be installed.
    """
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shop.progress.preparing("creating an environment for the project")
    pip = _create(shop, place)
    needs = (*project.requirements.runtime, *project.requirements.test, *TEST_TOOLS)
    wanted = place / "ratchetry-requirements.txt"
    wanted.write_text("".join(f"{row}\n" for row in needs if is_requirement(row)), encoding="utf-8")
    with_project = is_buildable(project)
    if with_project:
        shop.progress.preparing(f"installing {project.name or 'the project'} and what it declares to need")
        outcome = _install_project(shop, pip, scratch, place, wanted)
        if could_not_build(outcome):
            shop.progress.preparing(f"the project itself cannot be built ({reason(outcome)}): installing what it needs")
            with_project = False
    if not with_project:
        shop.progress.preparing("installing what the project declares to need")
        outcome = _run(shop, "pip", (*pip, *INSTALL, "-r", str(wanted)))
    if failed(outcome):
        shutil.rmtree(place, ignore_errors=True)
        raise ReportError(reason(outcome))
    sources, complete = digest_of_sources(project), with_project or not is_buildable(project)
    write_atomic(place / COMPLETE, json.dumps({"sources": sources, "complete": complete}).encode())
    return Environment(executable=str(_python(place)), sources=sources, complete=complete)


def _create(shop: Workshop, place: Path) -> tuple[str, ...]:
    """Return how to call pip for a new virtual environment; raises ReportError when none can be made.

    Our own pip installs from outside, which saves seconds; without one the environment gets a pip of its own.
    """
    bare = _run(shop, "venv", (shop.base_python, "-m", "venv", "--without-pip", str(place)))
    if failed(bare):
        msg = f"no virtual environment can be made: {reason(bare)}"
        raise ReportError(msg)
    pip = (shop.own_python, "-m", "pip", "--python", str(_python(place)))
    if not failed(_run(shop, "pip", (*pip, "--version"))):
        return pip
    if failed(_run(shop, "ensurepip", (str(_python(place)), "-m", "ensurepip", "--default-pip"))):
        shutil.rmtree(place, ignore_errors=True)
        msg = "Python has neither ensurepip nor pip here; install them (python3-venv on Debian and Ubuntu)"
        raise ReportError(msg)
    return (str(_python(place)), "-m", "pip")


def _install_project(shop: Workshop, pip: tuple[str, ...], scratch: str, place: Path, wanted: Path) -> ToolOutcome:
    """Return how installing the project went; it is built in a copy, because builds leave files behind."""
    copy = place / "ratchetry-source"
    try:
        shutil.copytree(scratch, copy, symlinks=True, ignore_dangling_symlinks=True)
        return _run(shop, "pip", (*pip, *INSTALL, str(copy), "-r", str(wanted)))
    except (OSError, shutil.Error) as error:
        msg = f"the project cannot be copied to build it: {str(error)[:300]}"
        raise ReportError(msg) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _install_tools(shop: Workshop, executable: str, missing: tuple[str, ...], pins: list[str], place: Path) -> bool:
    """Tell whether test tools for an interpreter could be installed into a directory."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    constraints = place / "ratchetry-constraints.txt"
    constraints.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    arguments = (*INSTALL, "--target", str(place), "--constraint", str(constraints), *missing)
    ways = ((shop.own_python, "-m", "pip", "--python", executable), (executable, "-m", "pip"))
    return any(not failed(_run(shop, "pip", (*way, *arguments))) for way in ways)


def _run(shop: Workshop, name: str, argv: tuple[str, ...]) -> ToolOutcome:
    """Return how a command ended."""
    return shop.runner(Command(name=name, argv=argv), shop.timeout)


def _python(place: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _read(place: Path) -> Environment | None:
    """Return a complete environment, None when there is none."""
    try:
        content = json.loads((place / COMPLETE).read_bytes())
        environment = Environment(
            executable=str(_python(place)),
            sources=str(content["sources"]),
            complete=content["complete"] is True,
            generated=not (place / _AS_CHECKED_OUT).is_file(),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return environment if _python(place).is_file() else None


def _take(shop: Workshop, place: Path) -> None:
    """Mark a directory as just used, hold it if it is shared, and remove those used longest ago."""
    with exclusive(place.parent / ".lock"):
        os.utime(place / COMPLETE)
        if shop.sharing:
            shop.sharing.leases.enter_context(shared(beside(place, IN_USE)))
        remove_unused(place.parent, place)


@contextlib.contextmanager
def _building(place: Path, progress: Progress) -> Iterator[None]:
    """Hold a directory alone for as long as the body lasts, so that two runs never build the same thing at once."""
    with ExitStack() as stack:
        if not stack.enter_context(exclusive(beside(place, BUILDING), seconds=0)):
            progress.preparing("waiting for another run that is building an environment")
            stack.enter_context(exclusive(beside(place, BUILDING)))
        yield


def _content(root: str, path: str) -> bytes:
    """Return the content of a file of the repository, empty when it is missing or too large."""
    try:
        with Path(root, path).open("rb") as file:
            return file.read(_MAX_FILE)
    except OSError:
        return b""


def _digest(*parts: str | bytes) -> str:
    """Return 32 hexadecimal digits over the parts, none of which can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:32]
