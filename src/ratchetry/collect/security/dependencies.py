"""The project's dependencies: what it declares, and what these need, as installed in its environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ratchetry.domain.project import Interpreter, Project

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

_NOT_INSTALLED: Final = "it is not installed in the project's environment"
_ODD_VERSION: Final = "not audited: its installed version is none that the advisory service could be asked about"
_NO_ENVIRONMENT: Final = "it is not installed, because no environment of the project was found or built"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A distribution of which the exact version is known."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaudited:
    """A dependency that cannot be audited, or not as a whole, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Dependencies with a known version, sorted by name, and those about which something is not known."""

    known: tuple[Dependency, ...] = ()
    unaudited: tuple[Unaudited, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether the project needs nothing at all."""
        return not self.known and not self.unaudited

    def pins(self) -> str:
        """Return the known dependencies as a requirements file that leaves nothing to resolve."""
        return "".join(f"{row.name}=={row.version}\n" for row in self.known)

    def listing(self) -> str:
        """Return all dependencies as a requirements file, those of unknown version by name alone."""
        known = {row.name for row in self.known}
        names = sorted({row.name for row in self.unaudited if _is_name(row.name)} - known)
        return self.pins() + "".join(f"{name}\n" for name in names)


def dependencies_of(project: Project, interpreter: Interpreter) -> Dependencies:
    """Return the closure of the declared dependencies within what is installed.

    A dependency that is declared but not installed is unaudited: what it needs itself is unknown.  If its
    declaration pins an exact version, that version is known and audited all the same.
    """
    declared, unreadable = _declared(project, interpreter)
    present = tuple(name for name, rows in declared.items() if _suits(interpreter, name, rows))
    reached = _closure((*present, *_of_project_itself(project, interpreter)), interpreter) - {_canonical(project.name)}
    auditable = _auditable({name: interpreter.distributions[name] for name in reached})
    pins = {name: _pinned(rows) for name, rows in declared.items() if name not in present}
    known = {**auditable, **{name: pin for name, pin in pins.items() if pin}}
    return Dependencies(
        known=tuple(Dependency(name=name, version=known[name]) for name in sorted(known)),
        unaudited=(
            *unreadable,
            *(Unaudited(name=name, reason=_why_missing(interpreter, pins[name])) for name in sorted(pins)),
            *(Unaudited(name=name, reason=_ODD_VERSION) for name in sorted(reached - set(auditable))),
            *_broken(reached, interpreter, {*declared, _canonical(project.name)}),
        ),
    )


def _declared(
    project: Project, interpreter: Interpreter
) -> tuple[dict[str, tuple[Requirement, ...]], tuple[Unaudited, ...]]:
    """Return the declared requirements that apply here by name, and those that cannot be read."""
    from packaging.requirements import Requirement

    environment = _environment(interpreter)
    applying: dict[str, tuple[Requirement, ...]] = {}
    unreadable: dict[str, Unaudited] = {}
    for text in (*project.requirements.runtime, *project.requirements.test):
        try:
            requirement = Requirement(text)
            applies = requirement.marker is None or requirement.marker.evaluate(environment)
        except (ValueError, RecursionError) as error:
            why = (str(error).splitlines() or ["it is malformed"])[0][:300]
            reason = f"not audited: its requirement cannot be read: {why}"
            unreadable[text] = Unaudited(name=text[:200], reason=reason)
            continue
        name = _canonical(requirement.name)
        if applies and name != _canonical(project.name):
            applying[name] = (*applying.get(name, ()), requirement)
    return applying, tuple(unreadable.values())


def _environment(interpreter: Interpreter) -> dict[str, str]:
    """Return the values of marker variables for the project's interpreter, which runs on this machine."""
    from packaging.version import InvalidVersion, Version

    try:
        release = Version(interpreter.version).release
    except InvalidVersion:
        return {"extra": ""}
    return {
        "extra": "",
        "python_version": ".".join(str(number) for number in release[:2]),
        "python_full_version": interpreter.version,
    }


def _auditable(distributions: Mapping[str, str]) -> dict[str, str]:
    """Return the distributions whose name and version can be asked for."""
    from packaging.version import InvalidVersion, Version

    readable = {}
    for name, version in distributions.items():
        try:
            Version(version)
        except InvalidVersion:
            continue
        if _is_name(name):
            readable[_canonical(name)] = version
    return readable


def _suits(interpreter: Interpreter, name: str, rows: tuple[Requirement, ...]) -> bool:
    """Tell whether the environment has a distribution, and, if it is ratchetry's own, in a version the project takes.

    In the project's own environment whatever is installed is what the project uses.
    """
    version = interpreter.distributions.get(name)
    if version is None or interpreter.origin != "own":
        return version is not None
    return all(row.specifier.contains(version, prereleases=True) for row in rows)


def _of_project_itself(project: Project, interpreter: Interpreter) -> tuple[str, ...]:
    """Return what the installed project says it needs: setup.py may compute what no file declares."""
    return () if interpreter.origin == "own" else interpreter.requires.get(_canonical(project.name), ())


def _closure(roots: Iterable[str], interpreter: Interpreter) -> frozenset[str]:
    """Return all installed distributions that can be reached from the roots."""
    reached: set[str] = set()
    waiting = [_canonical(name) for name in roots]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in interpreter.distributions:
            continue
        reached.add(name)
        waiting.extend(_canonical(needed) for needed in interpreter.requires.get(name, ()))
    return frozenset(reached)


def _broken(reached: frozenset[str], interpreter: Interpreter, elsewhere: set[str]) -> Iterator[Unaudited]:
    """Yield what installed dependencies need but is not installed, unless it is accounted for elsewhere."""
    needing = {_canonical(needed): name for name in sorted(reached) for needed in interpreter.requires.get(name, ())}
    for name in sorted(needing):
        if name not in interpreter.distributions and name not in elsewhere:
            yield Unaudited(name=name, reason=f"not audited: {needing[name]} needs it, but it is not installed")


def _pinned(rows: tuple[Requirement, ...]) -> str:
    """Return the one version that the requirements of a distribution allow, or nothing."""
    pins = {pin for row in rows if (pin := _pin(row.specifier)) and row.url is None}
    return pins.pop() if len(pins) == 1 else ""


def _pin(specifiers: SpecifierSet) -> str:
    """Return the version that `==` names exactly, or nothing."""
    from packaging.version import InvalidVersion, Version

    exact = [row.version for row in specifiers if row.operator in {"==", "==="} and not row.version.endswith(".*")]
    if len(exact) != 1 or len(specifiers) != 1:
        return ""
    try:
        return str(Version(exact[0]))
    except InvalidVersion:
        return ""


def _why_missing(interpreter: Interpreter, pin: str) -> str:
    """Return why a declared dependency is not known as a whole."""
    why = _NO_ENVIRONMENT if interpreter.origin == "own" or interpreter.problem else _NOT_INSTALLED
    if not pin:
        return f"not audited: {why}"
    return f"only the declared version {pin} was audited, not what it needs itself: {why}"


def _is_name(text: str) -> bool:
    """Tell whether a text is the name of a distribution."""
    from packaging.utils import InvalidName, canonicalize_name

    try:
        canonicalize_name(text, validate=True)
    except InvalidName:
        return False
    return True


def _canonical(name: str) -> str:
    """Return the normalized name of a distribution."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)
