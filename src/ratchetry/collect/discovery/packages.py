"""The importable packages of a repository: stated by the user, by the build configuration, or by the layout."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ratchetry.collect.discovery.configured import configured_packages
from ratchetry.collect.discovery.declared import Declared, read, read_declared
from ratchetry.collect.discovery.layout import (
    Directories,
    index,
    packages_by_layout,
    packages_in,
    portions,
    without_nested,
)
from ratchetry.collect.discovery.names import NEVER
from ratchetry.collect.discovery.project_name import project_name
from ratchetry.collect.discovery.values import inside, joined
from ratchetry.domain.project import Package
from ratchetry.errors import ConfigError
from ratchetry.ports import SourceTree

_DECLARING: Final = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_DEPTH: Final = 4
_MEMBERS: Final = 200
_NAMESPACE: Final = re.compile(rb"declare_namespace\s*\(|extend_path\s*\(")


def find_packages(
    tree: SourceTree, files: tuple[str, ...], declared: Declared, sources: tuple[str, ...]
) -> tuple[Package, ...]:
    """Return the packages, never those of tests, documentation, examples, scripts or benchmarks.

    Every directory that declares a project of its own (packages/* of a monorepo) is looked into like the root.
    Raises ConfigError when one of `sources` is not in the repository.
    """
    directories = index(files, lambda path: bool(_NAMESPACE.search(read(tree, joined(path, "__init__.py")))))
    if sources:
        return without_nested(package for source in sources for package in _at_source(directories, source))
    found = _of_project(directories, declared, sure=True)
    for member in member_directories(files, found):
        found += _of_project(directories, read_declared(tree, member), sure=False)
    return without_nested(found or _of_project(directories, declared, sure=False))


def source_roots(packages: Iterable[Package]) -> tuple[str, ...]:
    """Return the directories that the packages are imported from, without those whose path does not end in the name."""
    roots: dict[str, None] = {}
    for package in packages:
        tail = package.name.replace(".", "/")
        path = package.path.removesuffix(".py")
        if path == tail or path.endswith(f"/{tail}"):
            roots[path.removesuffix(tail).rstrip("/") or "."] = None
    return tuple(roots)


def _of_project(directories: Directories, declared: Declared, *, sure: bool) -> tuple[Package, ...]:
    """Return the packages of one project directory."""
    name = project_name(declared)
    return configured_packages(directories, declared, name) or packages_by_layout(
        directories, declared.directory, name, sure=sure
    )


def member_directories(files: Iterable[str], found: tuple[Package, ...] = ()) -> tuple[str, ...]:
    """Return the directories below the root that declare a project, outside of the packages already found."""
    inner = tuple(f"{package.path}/" for package in found)
    members: dict[str, None] = {}
    for file in files:
        directory, _, name = file.rpartition("/")
        parts = directory.split("/")
        if (
            name in _DECLARING
            and directory
            and len(parts) <= _DEPTH
            and not any(part.lower() in NEVER or part.startswith(".") for part in parts)
            and not file.startswith(inner)
        ):
            members[directory] = None
    return tuple(members)[:_MEMBERS]


def _at_source(directories: Directories, source: str) -> tuple[Package, ...]:
    """Return the package at a path of settings.sources, or the packages in it when it is a directory of them.

    Raises ConfigError when there is no Python file at or below it.
    """
    path = inside(source)
    if path is None or not (path == "." or directories.has_python(path)):
        msg = f"sources: no Python files at {source!r}; give paths of packages, relative to the repository"
        raise ConfigError(msg)
    name = path.rpartition("/")[2]
    if path.endswith(".py"):
        return (Package(name=name.removesuffix(".py"), path=path),)
    if path != "." and directories.has_package(path):
        return portions(directories, path, name)
    return packages_in(directories, path)
