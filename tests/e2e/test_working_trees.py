"""`ratchetry run` over working trees in every state that git knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.repositories import git
from tests.e2e.commands import TESTS, run_in
from tests.e2e.repositories import SIGN, committed, flat, write

pytestmark = pytest.mark.e2e

GROWN = f"{SIGN}\n\ndef twice(x):\n    if x is None:\n        return 0\n    return 2 * x\n"
"""`sign` as it was, and a function of four statements, of which importing executes one."""


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    """The record names no commit, and nothing fails for it."""
    ended = run_in(flat(tmp_path), "--stage", "validate")
    assert ended.code == 0, ended.out
    assert (ended.record.run.commit, ended.record.run.dirty, ended.record.change.files) == ("", False, ())


def test_a_dirty_tree_is_measured_as_it_stands(tmp_path: Path) -> None:
    """Edited and untracked files count; ignored ones are seen by the tests that need them, and by no linter."""
    root = flat(tmp_path, {".gitignore": "generated.py\n", "tests/test_sign.py": "def test_nothing():\n    pass\n"})
    committed(root)
    test = (
        "from pkg import sign\nfrom pkg.generated import ANSWER\n\n\ndef test_sign():\n    assert sign(ANSWER) == 1\n"
    )
    write(
        root,
        {"tests/test_new.py": test, "pkg/generated.py": "import os\n\nANSWER = 42\n", "pkg/new.py": "import sys\n"},
    )
    ended = run_in(root, "--stage", "quality", *TESTS)
    assert ended.code == 0, ended.out
    assert ended.record.run.dirty
    assert ended.outcomes() == {"test_nothing": "passed", "test_sign": "passed"}
    assert [(row.rule, row.path) for row in ended.record.findings if row.rule == "F401"] == [("F401", "pkg/new.py")]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """Return a repository whose second commit adds a function that no test calls."""
    root = flat(tmp_path / "origin")
    committed(root)
    write(root, {"pkg/__init__.py": GROWN})
    committed(root)
    return root


def test_coverage_of_changed_lines(origin: Path) -> None:
    """Of what the last commit added, only the line that importing executes is covered; the others are named."""
    ended = run_in(origin, "--base", "HEAD~1", *TESTS)
    assert ended.code == 0, ended.out
    changed = ended.record.metrics["coverage.changed"]
    assert (changed.value, changed.n) == (25, 4)
    assert ended.record.run.base_commit == git(origin, "rev-parse", "HEAD~1")
    assert [(file.path, file.added, file.deleted) for file in ended.record.change.files] == [("pkg/__init__.py", 6, 0)]
    missed = [(row.path, row.line) for row in ended.record.findings if row.tool == "coverage"]
    assert missed
    assert {path for path, _ in missed} == {"pkg/__init__.py"}
    assert {line for _, line in missed} <= {8, 9, 10}


def test_a_shallow_clone(origin: Path, tmp_path: Path) -> None:
    """A base that was not fetched ends the run with what to do; one that was is compared with."""
    base = git(origin, "rev-parse", "HEAD~1")
    git(tmp_path, "clone", "-q", "--depth", "1", origin.as_uri(), "one")
    absent = run_in(tmp_path / "one", "--base", base, "--stage", "test")
    assert absent.code == 2
    assert base in absent.err
    assert "fetch" in absent.err
    git(tmp_path, "clone", "-q", "--depth", "2", origin.as_uri(), "two")
    ended = run_in(tmp_path / "two", "--base", base, *TESTS)
    assert ended.code == 0, ended.out + ended.err
    assert ended.values("coverage.changed") == (25,)
