"""Where mypy finds its configuration in a repository, and what of it changes how mypy is called.

https://mypy.readthedocs.io/en/stable/config_file.html
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

_OWN_FILES: Final = ("mypy.ini", ".mypy.ini")
_SECTION: Final = "mypy"
_TARGETS: Final = ("files", "packages", "modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class MypyConfig:
    """A configuration file (empty: there is none) and the options of its global section."""

    path: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    def names_targets(self) -> bool:
        """Tell whether it says what to check."""
        return any(self.says(name) for name in _TARGETS)

    def says(self, option: str) -> bool:
        """Tell whether an option is there and not empty."""
        value = self.options.get(option)
        return bool(value.strip() if isinstance(value, str) else value)


def find_config(tree: SourceTree, tables: Mapping[str, object]) -> MypyConfig:
    """Return the configuration that mypy would use at the repository's root; `tables` is pyproject.toml.

    Raises ReportError naming the file that cannot be read.
    """
    for path in _OWN_FILES:
        if tree.exists(path):
            return MypyConfig(path=path, options=_section(tree, path) or {})
    tool = tables.get("tool")
    table = tool.get(_SECTION) if isinstance(tool, Mapping) else None
    if isinstance(table, Mapping):
        return MypyConfig(path="pyproject.toml", options=table)
    section = _section(tree, "setup.cfg") if tree.exists("setup.cfg") else None
    return MypyConfig() if section is None else MypyConfig(path="setup.cfg", options=section)


def _section(tree: SourceTree, path: str) -> Mapping[str, object] | None:
    """Return mypy's global section of an INI file, or None when it has none.

    Raises ReportError when the file cannot be read or is no INI file.
    """
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(tree.read(path).decode("utf-8"), path)
    except (configparser.Error, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise ReportError(msg) from error
    return dict(parser[_SECTION]) if parser.has_section(_SECTION) else None
