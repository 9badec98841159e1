"""A policy as a file: read strictly."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.errors import StateError
from ratchetry.state.arm_probabilities import loads


def test_contexts_come_before_the_rest() -> None:
    """The probabilities of a context are used in it, the general ones elsewhere."""
    found = loads(b'{"arms": {"a": 0.25, "b": 0.75}, "contexts": {"code_type=api": {"a": 1}}}', "p.json")
    assert found.of("code_type=api") == {"a": 1.0}
    assert found.of("") == {"a": 0.25, "b": 0.75}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"arms": {"a": 0.5}}', "arms: the probabilities add up to 0.5"),
        (b'{"arms": {"a": 1.5, "b": -0.5}}', "arms.a"),
        (b'{"arms": {}}', "arms"),
        (b'{"arms": {"a b": 1}}', "'a b' is no name of an arm"),
        (b'{"arms": {"a": 1}, "contexts": {"x": {"a": 1}}}', "contexts"),
        (b'{"arms": {"a": 1}, "contexts": {"x=1": {"a": 0.1}}}', "contexts.x=1: the probabilities"),
        (b'{"arms": {"a": NaN}}', "not valid JSON"),
        (b'{"arms": {"a": 1}, "other": 1}', "other"),
        (b'{"version": 2}', "newer"),
        (b"", "not valid JSON"),
    ],
)
def test_what_is_no_policy_is_refused(data: bytes, problem: str) -> None:
    """The message names the file and what is wrong."""
    with pytest.raises(StateError, match=r"p\.json") as error:
        loads(data, "p.json")
    assert problem in str(error.value)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """A policy, or the error."""
    with contextlib.suppress(StateError):
        loads(data, "p.json")
