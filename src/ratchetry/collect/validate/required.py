"""Files that must be there: those the settings name, or what any Python project has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ratchetry.collect.validate.findings import error, warning
from ratchetry.domain.globs import matches
from ratchetry.domain.record import Finding

# GitHub shows a README from any of these places
# (https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes).
_README: Final = re.compile(r"(?:\.github/|docs/)?readme(?:\.[^/]*)?", re.IGNORECASE)
_DEFINITION: Final = re.compile(r"pyproject\.toml|setup\.cfg|setup\.py|[^/]*requirements[^/]*\.(?:txt|in)")


def check_required(files: Sequence[str], required: Sequence[str]) -> tuple[Finding, ...]:
    """Return an error for each required glob that no file matches; without globs, warnings for the usual files."""
    if required:
        return tuple(
            error("missing-file", pattern, f"no file matches {pattern!r}, which the setting required-files asks for")
            for pattern in required
            if not any(matches(path, (pattern,)) for path in files)
        )
    rows = []
    if not any(_README.fullmatch(path) for path in files):
        rows.append(warning("missing-file", "README.md", "there is no README: say what the project is for"))
    if not any(_DEFINITION.fullmatch(path) for path in files):
        message = "no pyproject.toml, setup.cfg, setup.py or requirements file defines this project"
        rows.append(warning("missing-file", "pyproject.toml", message))
    return tuple(rows)
