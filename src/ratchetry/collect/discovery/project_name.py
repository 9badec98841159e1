"""The name a project gives itself."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.collect.discovery.declared import Declared
from ratchetry.collect.discovery.values import text_at

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")


def project_name(declared: Declared) -> str:
    """Return the distribution's name, empty when none is declared or it is not a valid one.

    Valid as in https://packaging.python.org/en/latest/specifications/name-normalization/.
    """
    stated = (
        text_at(declared.pyproject, "project", "name"),
        text_at(declared.pyproject, "tool", "poetry", "name"),
        text_at(declared.pyproject, "tool", "flit", "metadata", "dist-name"),
        text_at(declared.pyproject, "tool", "flit", "metadata", "module"),
        declared.setup_cfg.get("metadata", {}).get("name", "").strip(),
        text_at(declared.setup_py.arguments, "name"),
    )
    return next((name for name in stated if _NAME.fullmatch(name)), "")


def normalized(name: str) -> str:
    """Return a distribution's name in the form in which all its spellings are equal."""
    return re.sub(r"[-_.]+", "-", name).lower()
