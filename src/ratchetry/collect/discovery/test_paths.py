"""Where the tests are: as pytest is configured, or as the names show."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from ratchetry.collect.discovery.declared import Declared
from ratchetry.collect.discovery.names import NEVER
from ratchetry.collect.discovery.pytest_table import pytest_table
from ratchetry.collect.discovery.values import inside, texts
from ratchetry.domain.project import Package
from ratchetry.errors import ConfigError
from ratchetry.ports import SourceTree

_DIRECTORIES: Final = frozenset({"tests", "test"})
_FILES: Final = ("test_*.py", "*_test.py", "tests.py")
_MANY: Final = 500
_ELSEWHERE: Final = NEVER - {"test", "tests", "testing", "unit_test", "unit_tests", "src"}


def find_test_paths(
    tree: SourceTree,
    files: tuple[str, ...],
    declared: Declared,
    packages: Iterable[Package],
    tests: tuple[str, ...],
) -> tuple[str, ...]:
    """Return directories and files with tests: settings.tests, else pytest's testpaths, else what is named so.

    Raises ConfigError when one of `tests` is not in the repository.
    """
    if tests:
        return tuple(_given(tree, path) for path in tests)
    python = tuple(file for file in files if file.endswith(".py"))
    configured = _configured(python, testpaths(tree, declared))
    named = _directories(python, packages) or _by_name(python)
    return _without_packages(configured, named, packages) or named


def testpaths(tree: SourceTree, declared: Declared) -> tuple[str, ...]:
    """Return the testpaths that pytest is configured with."""
    table = pytest_table(tree, declared)
    stated = table.options.get("testpaths")
    if table.path.endswith(".toml") and not isinstance(stated, str):
        return texts(stated)
    return tuple(path for text in texts(stated) for path in _split(text))


def _given(tree: SourceTree, path: str) -> str:
    """Return a path of settings.tests, normalized.

    Raises ConfigError when it is not in the repository; a pytest node identifier is checked without its names.
    """
    file, separator, names = path.partition("::")
    normal = inside(file)
    if normal is None or not (normal == "." or tree.exists(normal)):
        msg = f"tests: there is no {file!r} in the repository; give paths relative to it"
        raise ConfigError(msg)
    return f"{normal}{separator}{names}"


def _configured(python: tuple[str, ...], patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the directories and files with Python code that testpaths name, wildcards resolved."""
    places = dict.fromkeys(
        place for file in python for place in (file, *(str(parent) for parent in PurePosixPath(file).parents))
    )
    rows: dict[str, None] = {}
    for pattern in patterns:
        path = inside(pattern)
        if path is None:
            continue
        depth = path.count("/")
        rows |= {place: None for place in places if place.count("/") == depth and fnmatchcase(place, path)}
    return tuple(rows)[:_MANY]


def _without_packages(
    configured: tuple[str, ...], named: tuple[str, ...], packages: Iterable[Package]
) -> tuple[str, ...]:
    """Return the testpaths with each that holds a whole package, as for doctests, replaced by the tests named in it."""
    paths = tuple(package.path for package in packages)
    rows: dict[str, None] = {}
    for place in configured:
        if any(place in {".", path} or path.startswith(f"{place}/") for path in paths):
            rows |= {name: None for name in named if place == "." or name.startswith(f"{place}/")}
        else:
            rows[place] = None
    return tuple(rows)


def _directories(python: tuple[str, ...], packages: Iterable[Package]) -> tuple[str, ...]:
    """Return the outermost directories called tests or test; inside a package they must hold test files."""
    inner = tuple(f"{package.path}/" for package in packages)
    rows: dict[str, None] = {}
    for file in python:
        parts = file.split("/")[:-1]
        depth = next((depth for depth, part in enumerate(parts) if part.lower() in _DIRECTORIES), None)
        if depth is None or any(part.lower() in _ELSEWHERE for part in parts[:depth]):
            continue
        if not file.startswith(inner) or _is_test_file(file):
            rows["/".join(parts[: depth + 1])] = None
    return tuple(rows)[:_MANY]


def _by_name(python: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that are named like tests."""
    rows = (file for file in python if _is_test_file(file))
    return tuple(file for file in rows if not any(part.lower() in _ELSEWHERE for part in file.split("/")[:-1]))[:_MANY]


def _is_test_file(file: str) -> bool:
    """Tell whether a file is named like a test."""
    return any(fnmatchcase(file.rpartition("/")[2], pattern) for pattern in _FILES)


def _split(text: str) -> tuple[str, ...]:
    """Return the items of a value that pytest splits at white space."""
    return tuple(text.split())
