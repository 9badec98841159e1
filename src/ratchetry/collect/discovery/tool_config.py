"""Which tools the project has configured: their own files, or their sections in shared ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ratchetry.collect.discovery.declared import Declared, Ini, parse_ini, read
from ratchetry.collect.discovery.values import table_at
from ratchetry.ports import SourceTree

_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "ruff": ("ruff.toml", ".ruff.toml"),
    "mypy": ("mypy.ini", ".mypy.ini"),
    "pytest": ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"),
    "coverage": (".coveragerc", ".coveragerc.toml"),
    "bandit": (".bandit", "bandit.yaml", "bandit.yml"),
    "detect-secrets": (".secrets.baseline",),
}
_PYPROJECT: Final = ("ruff", "mypy", "pytest", "coverage", "bandit")
_SETUP_CFG: Final = {"mypy": "mypy", "pytest": "tool:pytest", "coverage": "coverage:"}
_TOX_INI: Final = {"pytest": "pytest", "coverage": "coverage:"}


def configured_tools(tree: SourceTree, files: tuple[str, ...], declared: Declared) -> frozenset[str]:
    """Return the tools that have configuration of their own in the repository's root."""
    present = frozenset(files)
    own = {tool for tool, names in _FILES.items() if any(name in present for name in names)}
    pyproject = {tool for tool in _PYPROJECT if tool in table_at(declared.pyproject, "tool")}
    setup_cfg = _sections(declared.setup_cfg, _SETUP_CFG)
    tox_ini = _sections(parse_ini(read(tree, "tox.ini")), _TOX_INI) if "tox.ini" in present else set()
    return frozenset(own | pyproject | setup_cfg | tox_ini)


def _sections(ini: Ini, wanted: Mapping[str, str]) -> set[str]:
    """Return the tools that have a section in an INI file; a name that ends in a colon is a prefix."""
    return {
        tool
        for tool, section in wanted.items()
        if section in ini or (section.endswith(":") and any(name.startswith(section) for name in ini))
    }
