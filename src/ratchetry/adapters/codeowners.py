"""Who owns the files of a checkout."""

from __future__ import annotations

from pathlib import Path

from ratchetry.adapters.files import read_bounded
from ratchetry.domain.codeowners import PLACES, CodeOwners, parse_codeowners
from ratchetry.errors import StateError


def code_owners(root: Path) -> CodeOwners:
    """Return the owners that a checkout names, nobody where it has no file of them or one that cannot be read."""
    for place in PLACES:
        path = root / place
        if path.is_file() and not path.is_symlink():
            try:
                return parse_codeowners(read_bounded(path, place))
            except StateError:
                return CodeOwners()
    return CodeOwners()
