"""State files against their own schemas."""

from __future__ import annotations

import pytest

from ratchetry.collect.validate.state_files import check_state, state_paths
from ratchetry.errors import StateError
from ratchetry.settings import Settings
from tests.unit.collect.contexts import MemoryTree


def loads(data: bytes, origin: str) -> object:
    """Accept only one text."""
    if data != b"good":
        msg = f"{origin}: coverage.minimum: expected a number"
        raise StateError(msg)
    return data


def test_paths() -> None:
    """The settings say which file each loader reads."""
    settings = Settings(thresholds="bounds.json")
    paths = state_paths(settings, {"thresholds": loads, "score_model": loads, "weights": loads})
    assert list(paths) == ["bounds.json", "PromptScoreModel.json", "bandit_weights.json"]
    with pytest.raises(KeyError):
        state_paths(settings, {"other": loads})


def test_check() -> None:
    """A file that its loader refuses is an error with the loader's words; one that is not there is none."""
    tree = MemoryTree({"a.json": "good", "b.json": "bad"})
    (finding,) = check_state(tree, {"a.json": loads, "b.json": loads, "c.json": loads, "": loads})
    assert (finding.rule, finding.severity, finding.path) == ("invalid-state-file", "high", "b.json")
    assert finding.message == "b.json: coverage.minimum: expected a number"


def test_unreadable() -> None:
    """A file that cannot be read is said not to have been checked."""
    (finding,) = check_state(MemoryTree({"a.json": b"x" * 5_000_001}), {"a.json": loads})
    assert finding.rule == "not-checked"
