"""Identifiers of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.learn.bandit.identifier import ENTROPY, decision_id, moment_in


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 1, 1)),  # noqa: DTZ001  # made aware below
    st.binary(min_size=ENTROPY, max_size=ENTROPY),
)
def test_an_identifier_tells_its_moment_and_sorts_by_it(moment: datetime, entropy: bytes) -> None:
    """26 characters that sort like the moments they were made at, to the millisecond."""
    aware = moment.replace(tzinfo=UTC)
    found = decision_id(aware, entropy)
    told = moment_in(found)
    assert len(found) == 26
    assert told is not None
    assert timedelta(0) <= aware - told < timedelta(milliseconds=1)
    assert decision_id(aware + timedelta(milliseconds=1), bytes(ENTROPY)) > found


def test_an_identifier_is_that_of_the_specification() -> None:
    """The example of https://github.com/ulid/spec begins with the milliseconds 1469918176385."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1469918176385)
    assert decision_id(moment, bytes(ENTROPY))[:10] == "01ARYZ6S41"


@given(st.text(max_size=30))
def test_any_other_text_tells_no_moment_or_a_valid_one(text: str) -> None:
    """Nothing that somebody writes as an identifier breaks the reading."""
    assert moment_in(text) is None or len(text) == 26


def test_entropy_must_be_complete() -> None:
    """Fewer bytes than an identifier takes are refused."""
    with pytest.raises(ValueError, match="takes 10 bytes"):
        decision_id(datetime(2026, 1, 1, tzinfo=UTC), b"x")
