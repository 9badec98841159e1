"""Texts kept as test data: run the tests with RATCHETRY_UPDATE_SNAPSHOTS=1 to write them anew, then read the diff."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "report"


def check(name: str, text: str) -> None:
    """Assert that a text is the one that was kept."""
    path = DATA / name
    if os.environ.get("RATCHETRY_UPDATE_SNAPSHOTS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
