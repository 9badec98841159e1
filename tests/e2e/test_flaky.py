"""Vetting and quarantine over real suites."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.commands import OWN, TESTS, Ended, ratchetry, run_in
from tests.e2e.repositories import committed, flat, write

pytestmark = pytest.mark.e2e

ORDER = """
STATE = []


def test_polluter():
    STATE.append(1)


def test_victim():
    assert not STATE


def test_stable():
    assert 1 + 1 == 2
"""
RANDOM = """
import os
import random


def test_random():
    assert random.Random(os.environ["PYTHONHASHSEED"]).random() < 0.5


def test_by_hash():
    assert hash("x") % 2
"""


def vet(root: Path, *words: str) -> Ended:
    """Return how vetting a repository ended."""
    return ratchetry(root, "flaky", "vet", *words, "--format", "json", *OWN)


def verdicts(ended: Ended) -> dict[str, str]:
    """Return the verdicts by the names of the tests without their files."""
    return {test["test"].rpartition("::")[2]: test["verdict"] for test in json.loads(ended.out)["tests"]}


def test_an_order_dependent_test_is_told_from_a_flaky_one(tmp_path: Path) -> None:
    """The one that fails after another names it, with a seed that shows it again; the random ones are flaky."""
    root = write(tmp_path, {"tests/test_order.py": ORDER})
    ended = vet(root, "--seed", "1", "--rounds", "5")
    assert ended.code == 1, ended.out + ended.err
    assert verdicts(ended) == {"test_polluter": "stable", "test_victim": "order-dependent", "test_stable": "stable"}
    victim = next(test for test in json.loads(ended.out)["tests"] if test["verdict"] == "order-dependent")
    assert victim["after"] == ["tests/test_order.py::test_polluter"]
    again = vet(root, victim["test"], "--rounds", "1", "--seed", str(victim["seed"]))
    assert again.code == 1, again.out + again.err


def test_random_tests_are_flaky(tmp_path: Path) -> None:
    """What differs although the order does not is flaky, whether by chance or by the order of hashes."""
    root = write(tmp_path, {"tests/test_random.py": RANDOM})
    ended = vet(root, "--seed", "3", "--rounds", "4")
    assert ended.code == 1
    assert verdicts(ended) == {"test_random": "flaky", "test_by_hash": "flaky"}


def test_only_new_tests_are_vetted(tmp_path: Path) -> None:
    """With --new, those that the base did not have; when there is none, nothing runs."""
    root = flat(tmp_path)
    base = committed(root)
    nothing = vet(root, "--new", "--base", base, "--rounds", "1")
    assert (nothing.code, verdicts(nothing)) == (0, {})
    write(root, {"tests/test_more.py": "def test_more():\n    assert True\n"})
    ended = vet(root, "--new", "--base", base, "--rounds", "2")
    assert (ended.code, verdicts(ended)) == (0, {"test_more": "stable"})


def test_what_cannot_be_run_is_no_success(tmp_path: Path) -> None:
    """A test that is not there, and a suite that takes too long, end with 3; a file that is not there with 2."""
    root = flat(tmp_path)
    missing = vet(root, "tests/test_sign.py::test_nope", "--rounds", "1")
    assert missing.code == 3
    write(root, {"tests/test_slow.py": "import time\n\n\ndef test_slow():\n    time.sleep(60)\n"})
    slow = vet(root, "tests/test_slow.py", "--rounds", "1", "--timeout", "6")
    assert slow.code == 3
    assert "killed after" in slow.out
    assert vet(root, "tests/nope.py").code == 2


def test_a_quarantined_failure_does_not_block_and_is_shown(tmp_path: Path) -> None:
    """The run passes with a warning that names the test; a quarantine that came with the code is not believed."""
    name = "tests/test_bad.py::test_bad"
    root = flat(tmp_path, {"tests/test_bad.py": "def test_bad():\n    assert 1 == 2\n", "README.md": "# pkg\n"})
    committed(root)
    assert run_in(root, *TESTS).code == 1
    until = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    words = ("flaky", "quarantine", "add", name, "--reason", "slow", "--until", until)
    assert ratchetry(root, *words).code == 0
    excused = run_in(root, *TESTS)
    assert excused.code == 0, excused.out + excused.err
    assert excused.values("tests.failed", "tests.quarantined", "tests.pass_rate") == (0, 1, 1.0)
    assert excused.outcomes()["test_bad"] == "failed"
    assert f"{name} (until {until}: slow)" in excused.gate("stage.test").reason
    assert excused.record.verdict == "warn"
    write(root, {".ratchetry/.gitignore": ""})
    committed(root)
    assert run_in(root, *TESTS).code == 1
