"""What has not changed is not measured again, and what has is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import TESTS, Ended, run_in
from tests.e2e.repositories import flat, write

pytestmark = pytest.mark.e2e


def reused(ended: Ended) -> set[str]:
    """Return the stages whose result is that of an earlier run; the run itself must have passed."""
    assert ended.code == 0, ended.out + ended.err
    return {name for name, result in ended.record.stages.items() if result.cached}


def test_a_result_is_reused_until_an_input_changes(tmp_path: Path) -> None:
    """An edited source file, a corrupted entry and --no-cache each make the stage run again, with the same figures."""
    root = flat(tmp_path, {"README.md": "# pkg\n"})
    asked = ("--stage", "quality", *TESTS)
    first = run_in(root, *asked)
    assert reused(first) == set()
    again = run_in(root, *asked)
    assert reused(again) == {"quality", "test"}
    assert again.values("coverage.line", "tests.passed", "types.errors") == (75, 1, 0)
    assert "reused" in again.out
    write(root, {"pkg/__init__.py": "def sign(x):\n    return (x > 0) - (x < 0)\n"})
    edited = run_in(root, *asked)
    assert reused(edited) == set()
    assert edited.values("coverage.line") == (100,)
    assert reused(run_in(root, *asked)) == {"quality", "test"}


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe" * 100, b"[" * 100_000])
def test_a_corrupted_entry_is_a_miss(tmp_path: Path, damage: bytes) -> None:
    """It is neither used nor an error, and the next run has a sound one again."""
    root = flat(tmp_path)
    quality = ("--stage", "validate")
    run_in(root, *quality)
    entries = list((root / ".ratchetry" / "cache" / "stages").iterdir())
    assert entries
    for entry in entries:
        entry.write_bytes(damage)
    assert reused(run_in(root, *quality)) == set()
    assert reused(run_in(root, *quality)) == {"validate"}
    assert reused(run_in(root, "--no-cache", *quality)) == set()


def test_a_failed_stage_is_measured_again(tmp_path: Path) -> None:
    """Only what passed is reused: the next attempt of a failing suite may tell more."""
    root = flat(tmp_path, {"tests/test_sign.py": "def test_fails():\n    assert False\n"})
    for _ in range(2):
        ended = run_in(root, *TESTS)
        assert (ended.code, ended.record.stages["test"].cached) == (1, False)
