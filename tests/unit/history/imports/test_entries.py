"""Text, numbers and times of sources that nobody vouches for."""

from __future__ import annotations

import pytest

from ratchetry.history.imports.entries import (
    commit_of,
    count,
    moment,
    moment_of_milliseconds,
    number,
    plain,
    repository_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05T11:00:00+01:00", "2026-01-05T10:00:00Z"),
        ("2026-01-05T10:00:00.123456Z", "2026-01-05T10:00:00Z"),
        ("2026-01-05", "2026-01-05T00:00:00Z"),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday at", None),
        ("2026", None),
        (1767607200000, None),
        (None, None),
    ],
)
def test_moments_are_in_utc(text: object, expected: str | None) -> None:
    """A time that was never set, or leads out of the calendar, is none."""
    found = moment(text)
    assert (found.text if found else None) == expected


def test_a_moment_knows_whether_its_zone_was_said() -> None:
    """One without a zone is taken for UTC."""
    with_zone, without = moment("2026-01-05T10:00:00Z"), moment("2026-01-05T10:00:00")
    assert with_zone
    assert without
    assert (with_zone.text, with_zone.zoned) == (without.text, not without.zoned)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1767607200000, "2026-01-05T10:00:00Z"), ("1767607200000", "2026-01-05T10:00:00Z"), (0, None), (1e300, None)],
)
def test_milliseconds_are_moments(value: object, expected: str | None) -> None:
    """JavaScript counts milliseconds from 1970."""
    found = moment_of_milliseconds(value)
    assert (found.text if found else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        ("3.5", 3.5),
        (" 1e3 ", 1000.0),
        ("1_000", None),
        ("nan", None),
        ("1e999", None),
        (True, None),
        (10**400, None),
        (float("inf"), None),
        ([1], None),
    ],
)
def test_numbers_are_finite(value: object, expected: float | None) -> None:
    """Numbers may stand there as text, but nothing that is none becomes one."""
    assert number(value) == expected


def test_counts_begin_at_one() -> None:
    """What is no whole number of things is none at all."""
    assert [count(value) for value in (2, "3", 0, -1, None, 1e300)] == [2, 3, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://github.com/owner/name", "owner/name"),
        ("https://example.org/owner/name.git/", "owner/name"),
        ("owner/name", "owner/name"),
        ("owner/name/part", "owner/name/part"),
        ("https://github.com/", ""),
        ("name", ""),
        ("owner/na me", ""),
        (None, ""),
    ],
)
def test_repositories_have_an_owner(value: object, expected: str) -> None:
    """A name, or an address that ends in one."""
    assert repository_of(value) == expected


def test_commits_are_hexadecimal() -> None:
    """Nothing else is a commit."""
    assert [commit_of(value) for value in ("ABCDEF0", "unversioned", "abc", 7)] == ["abcdef0", "", "", ""]


def test_text_can_be_kept() -> None:
    """Half characters are replaced and length is bounded."""
    assert plain("a\ud800b") == "a?b"
    assert len(plain("a" * 10_000)) == 500
    assert plain(7) == ""
