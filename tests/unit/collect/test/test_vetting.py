"""How tests are started in a shuffled order, and which tests a file defines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.test.vetting import defined_tests, shuffled
from tests.unit.collect.test.suites import context


def test_a_shuffled_run_is_reproducible_and_alone() -> None:
    """The seeds stand in the environment, and no other plugin shuffles, spreads or tries again."""
    tools = {"pytest": "9.2.0", "pytest-randomly": "4.0", "pytest-rerunfailures": "16.0", "pytest-xdist": "3.8"}
    command = shuffled(context(tools=tools), ["tests/test_outcomes.py"], seed=7, hash_seed=2**40)
    assert (command.environment["RATCHETRY_SHUFFLE_SEED"], command.cwd) == ("7", "scratch")
    assert 0 <= int(command.environment["PYTHONHASHSEED"]) <= 4294967295
    for argument in ("tests/test_outcomes.py", "-n0", "--reruns=0", "--randomly-dont-reorganize", "--randomly-seed=7"):
        assert argument in command.argv
    assert "coverage" not in command.argv
    assert any(path.endswith("/ratchetry_shuffler.py") for path in command.files)


def test_plugins_that_are_not_there_get_no_options() -> None:
    """A bare pytest would refuse them."""
    argv = shuffled(context(), ["tests"], seed=1, hash_seed=1).argv
    assert not {"-n0", "--reruns=0", "--randomly-dont-reorganize"} & set(argv)


def test_the_tests_of_a_file() -> None:
    """Functions and methods that begin with test, with their classes; none of a file that is no Python."""
    source = b"def test_a(): ...\nasync def test_b(): ...\ndef helper(): ...\nclass TestC:\n  def test_d(self): ...\n"
    assert defined_tests(source) == {"test_a", "test_b", "TestC::test_d"}
    assert defined_tests(b"def test_a(:") == frozenset()


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_define_some_tests_or_none(source: bytes) -> None:
    """What is no Python defines no test, and never raises."""
    assert isinstance(defined_tests(source), frozenset)
