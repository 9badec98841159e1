"""Packages as the directories show them, where nothing is configured.

The rules are those of setuptools' automatic discovery
(https://setuptools.pypa.io/en/latest/userguide/package_discovery.html): a src directory, or packages side by side in
the root, without the names that tests, documentation and tools usually have.  Namespace packages (PEP 420, and the
older ones declared in an __init__.py) are followed down to the portions that belong to the project.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import PurePosixPath
from typing import Final

from ratchetry.collect.discovery.names import NEVER, NO_MODULE, NO_PACKAGE, SELDOM
from ratchetry.collect.discovery.values import joined
from ratchetry.domain.project import Package

_TEST_MODULE: Final = re.compile(r"test_.*|.*_tests?|tests?")
_DEEP: Final = 8
_MANY: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Directories:
    """The directories that hold Python files: the module names in each, and the directories below it."""

    modules: Mapping[str, frozenset[str]]
    below: Mapping[str, tuple[str, ...]]
    is_namespace: Callable[[str], bool]
    """Tells whether the __init__.py of a directory only declares a namespace."""

    def has_package(self, path: str) -> bool:
        """Tell whether a directory is a regular package."""
        return "__init__" in self.modules.get(path, ())

    def has_python(self, path: str) -> bool:
        """Tell whether a path is a Python file, or a directory with Python files somewhere below it."""
        if path.endswith(".py"):
            directory, _, name = path.rpartition("/")
            return name.removesuffix(".py") in self.modules.get(directory or ".", ())
        return path in self.modules or path in self.below


def index(files: Iterable[str], is_namespace: Callable[[str], bool]) -> Directories:
    """Return the directories of the Python files."""
    modules: defaultdict[str, set[str]] = defaultdict(set)
    below: defaultdict[str, set[str]] = defaultdict(set)
    for file in files:
        if not file.endswith(".py"):
            continue
        directory, _, name = file.rpartition("/")
        modules[directory or "."].add(name.removesuffix(".py"))
        parts = directory.split("/") if directory else []
        for depth, part in enumerate(parts[:_DEEP]):
            below["/".join(parts[:depth]) or "."].add(part)
    return Directories(
        modules={path: frozenset(names) for path, names in modules.items()},
        below={path: tuple(sorted(names)) for path, names in below.items()},
        is_namespace=is_namespace,
    )


def import_name(project: str) -> str:
    """Return the import name that goes with a distribution's name, dots kept."""
    return re.sub(r"[-\s]+", "_", project)


def packages_by_layout(directories: Directories, directory: str, project: str, *, sure: bool) -> tuple[Package, ...]:
    """Return the packages that the layout of a project's directory shows.

    With `sure`, only what is certain: a src layout, regular packages, and what bears the project's name.
    """
    src = joined(directory, "src")
    if directories.has_python(src) and not directories.has_package(src):
        found = packages_in(directories, src, project)
        if found:
            return found
    if found := _flat(directories, directory, project):
        return found
    named = named_packages(directories, directory, import_name(project))
    if named or sure:
        return named
    return _modules(directories, directory) or _anything(directories, directory)


def packages_in(directories: Directories, directory: str, project: str = "") -> tuple[Package, ...]:
    """Return every package, module and namespace portion that a directory offers for import."""
    own = import_name(project).partition(".")[0]
    names = (name for name in directories.below.get(directory, ()) if name == own or name.lower() not in NO_PACKAGE)
    found = [package for name in names for package in portions(directories, joined(directory, name), name)]
    return (*found, *_modules(directories, directory))[:_MANY]


def portions(directories: Directories, path: str, name: str, depth: int = 0) -> tuple[Package, ...]:
    """Return the package at a path, or the portions below it when it is a namespace without modules of its own."""
    if depth > _DEEP or not importable(name):
        return ()
    modules = directories.modules.get(path, frozenset()) - {"__init__"}
    if modules or (directories.has_package(path) and not directories.is_namespace(path)):
        return (Package(name=name, path=path),)
    rows: list[Package] = []
    for child in directories.below.get(path, ()):
        if child.lower() not in NO_PACKAGE:
            rows += portions(directories, f"{path}/{child}", f"{name}.{child}", depth + 1)
    return tuple(rows[:_MANY])


def named_packages(directories: Directories, directory: str, name: str) -> tuple[Package, ...]:
    """Return the package or module of a dotted import name, looked for in src and then in the directory itself."""
    for root in (joined(directory, "src"), directory):
        for spelling in dict.fromkeys((name, name.replace(".", "_"), name.lower(), name.lower().replace(".", "_"))):
            path = joined(root, spelling.replace(".", "/"))
            if importable(spelling) and directories.has_python(path):
                return portions(directories, path, spelling)
            if importable(spelling) and directories.has_python(f"{path}.py"):
                return (Package(name=spelling, path=f"{path}.py"),)
    return ()


def importable(name: str) -> bool:
    """Tell whether a dotted name can stand in an import statement."""
    return all(part.isidentifier() and not iskeyword(part) for part in name.split("."))


def _flat(directories: Directories, directory: str, project: str) -> tuple[Package, ...]:
    """Return the regular packages side by side in a directory, the seldom-meant names only if there are no others."""
    own = import_name(project).lower().partition(".")[0]
    regular = [
        name
        for name in directories.below.get(directory, ())
        if directories.has_package(joined(directory, name)) and (name.lower() == own or name.lower() not in NEVER)
    ]
    chosen = [name for name in regular if name.lower() == own or name.lower() not in SELDOM] or regular
    rows = [package for name in chosen for package in portions(directories, joined(directory, name), name)]
    return tuple(rows[:_MANY])


def _modules(directories: Directories, directory: str) -> tuple[Package, ...]:
    """Return the modules that lie in a directory, those of tests and build tools left out."""
    names = sorted(directories.modules.get(directory, ()))
    return tuple(
        Package(name=name, path=joined(directory, f"{name}.py"))
        for name in names[:_MANY]
        if importable(name)
        and not name.startswith("__")
        and name.lower() not in NO_MODULE
        and not _TEST_MODULE.fullmatch(name.lower())
    )


def _anything(directories: Directories, directory: str) -> tuple[Package, ...]:
    """Return the directories with Python files that are no regular packages, as applications have them."""
    names = [name for name in directories.below.get(directory, ()) if name.lower() not in NEVER | {"src"}]
    rows = [package for name in names for package in portions(directories, joined(directory, name), name)]
    return tuple(rows[:_MANY])


def without_nested(packages: Iterable[Package]) -> tuple[Package, ...]:
    """Return the packages in path order, once each, without those that lie inside another one."""
    kept: dict[str, Package] = {}
    for package in sorted(packages, key=lambda row: (row.path, row.name)):
        above = (str(parent) for parent in PurePosixPath(package.path).parents)
        if package.path not in kept and not any(path in kept for path in above if path != "."):
            kept[package.path] = package
    return tuple(kept.values())
