"""Bisection by probability, held to the best tree by dynamic programming and to the bound of entropy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.blame.bisection import (
    best_split,
    bisection,
    check_of_benchmark,
    check_of_test,
    entropy_bound,
    expected_steps,
)
from tests.adapters.repositories import ENVIRON, git

SHARES = st.lists(st.floats(0.001, 1.0), min_size=1, max_size=9)


def best(shares: Sequence[float]) -> float:
    """Return the tests that the best of all trees takes, by trying every split."""
    sums = [0.0, *accumulate(shares)]

    @cache
    def cost(low: int, high: int) -> float:
        if low >= high:
            return 0.0
        return sums[high + 1] - sums[low] + min(cost(low, at) + cost(at + 1, high) for at in range(low, high))

    return cost(0, len(shares) - 1) / sums[-1]


@settings(max_examples=80, deadline=None)
@given(SHARES)
def test_close_to_the_best_tree(shares: list[float]) -> None:
    """No tree beats the entropy, ours takes at most two tests more than it, and is near the best."""
    found = expected_steps(shares)
    assert entropy_bound(shares) - 1e-9 <= best(shares) <= found + 1e-9
    assert found <= entropy_bound(shares) + 2.0


def test_equal_shares_are_halved() -> None:
    """With nothing known it is what git does."""
    assert expected_steps([1.0] * 16) == pytest.approx(4.0)
    assert best_split([0.0, *accumulate([1.0] * 16)], 0, 15) == 7


def test_the_likely_commit_is_tested_at_once() -> None:
    """A commit that is most probably the cause takes two tests: it is bad, and the one before is good."""
    shares = [0.01] * 50
    shares[30] = 5.0
    assert expected_steps(shares) < 2.6
    assert best_split([0.0, *accumulate(shares)], 0, 49) in {29, 30}
    assert expected_steps([0.0, 0.0]) == 0.0
    assert expected_steps([1.0]) == 0.0


def test_nothing_to_bisect() -> None:
    """One commit needs no search, and what is no commit is not handed to git."""
    assert bisection("a" * 40, "b" * 40, ["b" * 40], [1.0], "true") is None
    assert bisection("", "b" * 40, ["a", "b"], [0.5, 0.5], "true") is None
    assert bisection("--x", "b" * 40, ["a", "b"], [0.5, 0.5], "true") is None


def test_hostile_names_are_one_argument() -> None:
    """The name of a test is quoted for the shell."""
    assert check_of_test("t.py::x[$(id)']").endswith(""" 't.py::x[$(id)'"'"']'""")
    assert check_of_benchmark("a;b", "c" * 40).endswith(f"{'c' * 40} 'a;b'")


def test_the_commands_find_the_commit(tmp_path: Path) -> None:
    """Typed in as they are shown, they name the commit that broke the test, also over one that lacks it."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "test_it.py").write_text("from it import x\n\n\ndef test_x():\n    assert x == 1\n")
    shas = []
    for number in range(7):
        (root / "it.py").write_text(f"x = {1 if number < 4 else 2}\ny = {number}\n")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", str(number))
        shas.append(git(root, "rev-parse", "HEAD"))
    found = bisection(shas[0], shas[6], shas[1:], [0.1, 0.1, 0.1, 0.4, 0.2, 0.1], check_of_test("test_it.py::test_x"))
    assert found is not None
    assert found.first in {shas[3], shas[4]}
    start, _, run, reset = found.commands
    environ = {**ENVIRON, "PATH": f"{Path(sys.executable).parent}:{ENVIRON['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["/bin/sh", "-c", f"{start} && {run}; {reset}"],
        cwd=root,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"{shas[4]} is the first bad commit" in done.stdout
