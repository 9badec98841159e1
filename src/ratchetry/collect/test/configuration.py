"""What the measured project's own configuration of pytest and coverage.py means for how they are started."""

from __future__ import annotations

import configparser
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

_YES: Final = frozenset({"1", "yes", "true", "on"})
_PYTEST_FILES: Final = (
    ("pytest.toml", "pytest"),
    (".pytest.toml", "pytest"),
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("pyproject.toml", "tool.pytest"),
    ("pyproject.toml", "tool.pytest.ini_options"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
"""Where pytest looks, and for which table, in its order: https://docs.pytest.org/en/stable/reference/customize.html"""
_COVERAGE_FILES: Final = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")
_COVERAGE_PREFIXES: Final = ("", "coverage:", "tool.coverage.")
"""Where coverage.py looks, and what its tables start with: https://coverage.readthedocs.io/en/latest/config.html"""

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestConfiguration:
    """The options that pytest always gets here, and whether the project says what its test files are called."""

    configured: bool = False
    addopts: tuple[str, ...] = ()
    names_files: bool = False

    def blocks(self, plugin: str) -> bool:
        """Tell whether a plugin is kept from loading by name."""
        return f"no:{plugin}" in self._plugins()

    def loads(self, plugin: str) -> bool:
        """Tell whether an installed plugin is loaded, so that pytest knows its options."""
        asked = any(name.partition(".")[0] in {plugin, f"pytest_{plugin}"} for name in self._plugins())
        return not self.blocks(plugin) and (asked or "--disable-plugin-autoload" not in self.addopts)

    def _plugins(self) -> tuple[str, ...]:
        """Return what the options -p name."""
        pairs = pairwise((*self.addopts, ""))
        return tuple(after if word == "-p" else word[2:] for word, after in pairs if word.startswith("-p"))

    def values(self, option: str) -> tuple[str, ...]:
        """Return the values that a long option is given, in both of its notations; the empty ones are left out."""
        found = []
        for word, following in pairwise((*self.addopts, "")):
            name, equals, value = word.partition("=")
            if name == option:
                found.append(value if equals else following if not following.startswith("-") else "")
        return tuple(value for value in found if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageConfiguration:
    """What the project's configuration of coverage.py already decides."""

    chooses_sources: bool = False
    chooses_omissions: bool = False
    branch: bool = False
    parallel: bool = False
    """Whether every process writes a data file of its own, to be combined."""
    follows_workers: bool = False
    """Whether the children of multiprocessing are measured as well."""
    follows_children: bool = False
    """Whether all Python processes that the suite starts are measured as well."""


def pytest_configuration(tree: SourceTree, more: Iterable[str] = ()) -> PytestConfiguration:
    """Return the project's configuration of pytest, with `more` options given after its own.

    What cannot be parsed counts as absent: pytest itself will say what is wrong with it.
    """
    for path, section in _PYTEST_FILES:
        options = _tables(tree, path).get(section, {})
        if options or (path.endswith("pytest.ini") and tree.exists(path)):
            addopts = (*_words(options.get("addopts")), *more)
            return PytestConfiguration(configured=True, addopts=addopts, names_files="python_files" in options)
    return PytestConfiguration(addopts=tuple(more))


def coverage_configuration(tree: SourceTree, given: str = "") -> CoverageConfiguration:
    """Return the project's configuration of coverage.py, from the `given` file or from where coverage.py looks."""
    for path in (given,) if given else _COVERAGE_FILES:
        tables = _tables(tree, path)
        prefixes = _COVERAGE_PREFIXES if given or path.startswith(".coveragerc") else _COVERAGE_PREFIXES[1:]
        run, report = (_first(tables, [prefix + name for prefix in prefixes]) for name in ("run", "report"))
        if run or report or (path == ".coveragerc" and tree.exists(path)):
            return _coverage_decisions(run, report)
    return CoverageConfiguration()


def _coverage_decisions(run: Table, report: Table) -> CoverageConfiguration:
    """Return what the tables `run` and `report` decide."""
    follows_children = "subprocess" in _items(run.get("patch"))
    follows_workers = "multiprocessing" in _items(run.get("concurrency"))
    return CoverageConfiguration(
        chooses_sources=any(run.get(name) for name in ("source", "source_pkgs", "source_dirs", "include"))
        or bool(report.get("include")),
        chooses_omissions=bool(run.get("omit") or report.get("omit")),
        branch=_is_yes(run.get("branch")),
        parallel=_is_yes(run.get("parallel")) or follows_children or follows_workers,
        follows_workers=follows_workers,
        follows_children=follows_children,
    )


def _first(tables: Mapping[str, Table], names: Iterable[str]) -> Table:
    """Return the first of the named tables that holds anything."""
    return next((tables[name] for name in names if tables.get(name)), {})


def _tables(tree: SourceTree, path: str) -> dict[str, dict[str, object]]:
    """Return the sections of a file by name (nested tables joined by dots); none when it cannot be read."""
    if not tree.exists(path):
        return {}
    try:
        text = tree.read(path, limit=1_000_000).decode("utf-8")
        if path.endswith(".toml"):
            return dict(_flat(tomllib.loads(text)))
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
        return {name: dict(parser.items(name)) for name in parser.sections()}
    except (ReportError, ValueError, RecursionError, configparser.Error):
        return {}


def _flat(document: Table) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the plain values of every table of a TOML document down to the third level, under its dotted name."""
    level: list[tuple[str, Table]] = [("", document)]
    for _ in range(3):
        level = [
            (f"{name}.{key}" if name else key, value)
            for name, table in level
            for key, value in table.items()
            if isinstance(value, dict)
        ]
        for name, table in level:
            yield name, {key: value for key, value in table.items() if not isinstance(value, dict)}


def _words(value: object) -> tuple[str, ...]:
    """Return command-line options written as one string or as a list."""
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _items(value: object) -> tuple[str, ...]:
    """Return a list written as such, or as a string with commas or line breaks."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _is_yes(value: object) -> bool:
    """Tell whether a switch is on, in TOML or in an INI file."""
    return value is True or (isinstance(value, str) and value.strip().lower() in _YES)
