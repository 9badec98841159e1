"""What there is to say about a project: its packages, commands and public names, the most important ones first."""

from __future__ import annotations

import builtins
import keyword
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.collect.score.definitions import Module, read_module
from ratchetry.collect.score.usage import names_taken
from ratchetry.domain.project import Package, Project
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

BYTE_LIMIT: Final = 10_000_000
_FILE_LIMIT: Final = 1_000_000
_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names of a project.

    `ranked` holds the public names, most important first; `known` every name its files bind, against which a
    document's names are checked; `foreign` names of the language, its library and the declared requirements, which
    say nothing about the project.
    """

    packages: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()


def vocabulary(project: Project, tree: SourceTree) -> Vocabulary:
    """Return the names of a project, read from at most 10 MB of its Python files, its packages' first.

    A file that is larger than 1 MB or cannot be read says nothing; nor does one of a package that cannot be parsed.
    """
    sources = project.source_files()
    own = frozenset(sources)
    texts = dict(_read((*sources, *(path for path in project.python_files() if path not in own)), tree))
    modules = tuple(module for path in sources if path in texts and (module := read_module(path, texts[path])))
    packages = frozenset(package.name for package in project.packages)
    users = Counter(
        name for path, data in texts.items() if path not in own for name in names_taken(_decoded(data), packages)
    )
    return Vocabulary(
        packages=tuple(package.name for package in project.packages),
        commands=commands(project.tables),
        ranked=_ranked(project.packages, modules, users),
        known=frozenset(_known(modules)) | packages,
        options=frozenset(option for module in modules for option in module.options),
        foreign=_foreign(project) - packages,
    )


def _read(paths: Iterable[str], tree: SourceTree) -> Iterator[tuple[str, bytes]]:
    """Yield files with their content until the limit is reached."""
    total = 0
    for path in paths:
        try:
            data = tree.read(path, limit=_FILE_LIMIT)
        except ReportError:
            continue
        total += len(data)
        if total > BYTE_LIMIT:
            return
        yield path, data


def _decoded(data: bytes) -> str:
    """Return the text of a file; what is no UTF-8 in it is replaced."""
    return data.decode("utf-8", "replace")


def commands(tables: Mapping[str, object]) -> tuple[str, ...]:
    """Return the commands that a parsed pyproject.toml installs (`project.scripts`, PEP 621; Poetry's as well)."""
    found: list[str] = []
    for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
        table: object = tables
        for key in keys:
            table = table.get(key) if isinstance(table, Mapping) else None
        found += [str(name) for name in table] if isinstance(table, Mapping) else []
    return tuple(dict.fromkeys(found))


def _ranked(packages: Iterable[Package], modules: tuple[Module, ...], users: Counter[str]) -> tuple[str, ...]:
    """Return the public names, most important first.

    Importance is use: in how many files outside of the packages (tests, documentation, examples) a name is taken
    from them.  Of names used alike, those offered at the top of a package come first, then those the packages
    themselves use more, then those that are defined first.
    """
    packages = tuple(packages)
    top = dict.fromkeys(name for package in packages for name in _offered(package, modules))
    deep = dict.fromkeys(name for module in modules if _is_public(module.path) for name in module.public)
    names = frozenset(package.name for package in packages)
    inside = Counter(name for module in modules for name in _taken(module, names))
    order = {name: place for place, name in enumerate({**top, **deep})}
    return tuple(sorted(order, key=lambda name: (-users[name], name not in top, -inside[name], order[name])))


def _offered(package: Package, modules: Iterable[Module]) -> Iterator[str]:
    """Yield the names at the top of a package, but not its modules."""
    inits = {package.path, f"{package.path}/__init__.py", f"{package.path}/__init__.pyi"}
    siblings = {posixpath.basename(module.path).partition(".")[0] for module in modules}
    for module in modules:
        if module.path in inits:
            yield from (name for name in (*module.public, *module.reexported) if name not in siblings)


def _is_public(path: str) -> bool:
    """Tell whether a file is a module that no underscore hides."""
    return not any(part.startswith("_") for part in path.split("/") if part not in {"__init__.py", "__init__.pyi"})


def _taken(module: Module, packages: frozenset[str]) -> frozenset[str]:
    """Return the names that a file of the packages takes from them, once each."""
    return frozenset(
        name for source, name in module.uses if source.startswith(".") or source.partition(".")[0] in packages
    )


def _known(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every name that the packages bind, and the names of their modules and directories."""
    for module in modules:
        yield from module.names
        yield from module.path.removesuffix(".pyi").removesuffix(".py").split("/")


def _foreign(project: Project) -> frozenset[str]:
    """Return the names of the language, of its library and of what the project requires."""
    declared = (*project.requirements.runtime, *project.requirements.test)
    required = (match.group() for text in declared if (match := _REQUIREMENT.match(text.strip())))
    spelled = (spelling for name in required for spelling in (name, name.lower(), name.lower().replace("-", "_")))
    return frozenset((*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names, *spelled))
