"""The project's configuration of pytest, and the plugins without which pytest would refuse it.

Order of the files: https://docs.pytest.org/en/stable/reference/customize.html#configuration-file-formats.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.collect.discovery.declared import Declared, parse_ini, parse_toml, read
from ratchetry.collect.discovery.values import table_at, texts
from ratchetry.ports import SourceTree

_PLUGINS: Final = (
    (re.compile(r"--(no-)?cov(-[a-z-]+)?(=.*)?"), "pytest-cov"),
    (re.compile(r"-n(\d+|auto|logical)?|--(numprocesses|dist|maxprocesses)(=.*)?"), "pytest-xdist"),
    (re.compile(r"--reruns(-delay)?(=.*)?"), "pytest-rerunfailures"),
    (re.compile(r"--timeout(-method)?(=.*)?"), "pytest-timeout"),
    (re.compile(r"--asyncio-mode(=.*)?"), "pytest-asyncio"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestTable:
    """What the file that pytest reads says; the path is empty when there is none."""

    path: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


def pytest_table(tree: SourceTree, declared: Declared) -> PytestTable:
    """Return the project's configuration of pytest, from the first of its files that exists, in pytest's own order."""
    for name in ("pytest.toml", ".pytest.toml"):
        if tree.exists(name):
            return PytestTable(path=name, options=table_at(parse_toml(read(tree, name)), "pytest"))
    for name in ("pytest.ini", ".pytest.ini"):
        if tree.exists(name):
            return PytestTable(path=name, options=parse_ini(read(tree, name)).get("pytest", {}))
    if table := table_at(declared.pyproject, "tool", "pytest"):
        return PytestTable(path="pyproject.toml", options={**table_at(table, "ini_options"), **table})
    tox = parse_ini(read(tree, "tox.ini"))
    if "pytest" in tox:
        return PytestTable(path="tox.ini", options=tox["pytest"])
    if "tool:pytest" in declared.setup_cfg:
        return PytestTable(path="setup.cfg", options=declared.setup_cfg["tool:pytest"])
    return PytestTable()


def needed_plugins(table: PytestTable) -> tuple[str, ...]:
    """Return the plugins that a configuration requires, or whose options it always gives."""
    required = [row for text in texts(table.options.get("required_plugins")) for row in _words(text)]
    words = [word for text in texts(table.options.get("addopts")) for word in _words(text)]
    return (*required, *(plugin for option, plugin in _PLUGINS if any(map(option.fullmatch, words))))


def _words(text: str) -> tuple[str, ...]:
    """Return the arguments in a text, none when it cannot be split like a shell's."""
    try:
        return tuple(shlex.split(text, comments=True))
    except ValueError:
        return ()
