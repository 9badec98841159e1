"""Series as files hold them."""

from __future__ import annotations

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.series import Series
from ratchetry.errors import UsageError
from ratchetry.state.series_file import read_series


def _read(text: str) -> list[Series]:
    """Return the series in a text."""
    return list(read_series(text.encode().splitlines(keepends=True), "file"))


def test_reads_one_list_over_several_lines() -> None:
    """A list may be laid out over lines."""
    (series,) = _read("[\n 1,\n 2.5,\n null]\n")
    assert series.values[:2] == (1.0, 2.5)
    assert math.isnan(series.values[2])


def test_reads_a_series_from_each_line() -> None:
    """Every line is a series, empty ones are skipped, and NaN is a missing value."""
    first, second, third = _read('[1, 2]\n\n{"name": "x", "better": "lower", "points": [3]}\n[NaN, Infinity]\n')
    assert first.values == (1.0, 2.0)
    assert (second.name, second.better, second.values) == ("x", "lower", (3.0,))
    assert math.isinf(third.values[1])


def test_reads_points_with_time_commit_and_machine() -> None:
    """Times of either kind come out in UTC, and sort like the moments they are."""
    text = json.dumps(
        [
            {"value": 1, "time": "2026-01-01T02:00:00+02:00", "commit": "a", "machine": "m"},
            {"value": 2, "time": 1767225600.5},
        ]
    )
    one, other = _read(text)[0].points
    assert (one.time, one.commit, one.machine) == ("2026-01-01T00:00:00.000000Z", "a", "m")
    assert other.time == "2026-01-01T00:00:00.500000Z"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "file: is empty"),
        ("[1]\n[1, 'x']\n", "file, line 2: not valid JSON"),
        ('[1]\n[1, "x"]\n', "file, line 2: [1]: must be a number"),
        ("[true]", "[0]: must be a number"),
        ('[{"time": 1}]', "[0]: has no value"),
        ('[{"value": "1"}]', "[0].value: must be a number"),
        ('[{"value": 1, "time": "soon"}]', "[0].time: must be a time"),
        ('[{"value": 1, "time": 1e300}]', "[0].time: must be a time"),
        ('[{"value": 1, "commit": 5}]', "[0].commit: must be a text"),
        ('{"points": [], "better": "up"}', "better: must be"),
        ('{"values": []}', "must be a list of points"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_names_the_line_and_the_field_that_is_wrong(text: str, said: str) -> None:
    """What is no series is refused, and the message says where it is wrong."""
    with pytest.raises(UsageError, match="file") as caught:
        _read(text)
    assert said in str(caught.value)


def test_gives_a_series_before_the_next_line_is_there() -> None:
    """A stream is answered line by line."""

    def lines() -> object:
        yield b"[1]\n"
        msg = "was asked for more"
        raise AssertionError(msg)

    stream = lines()
    assert next(read_series(stream, "stream")).values == (1.0,)  # type: ignore[arg-type]


@given(st.binary(max_size=200))
def test_any_bytes_are_series_or_refused(data: bytes) -> None:
    """Nothing but a usage error comes out of bytes that are no series."""
    with suppress(UsageError):
        list(read_series(data.splitlines(keepends=True), "file"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["value", "time", "points", "x"]), inner)
    ),
    max_leaves=10,
)


@given(_JSON)
def test_any_json_is_a_series_or_refused(document: object) -> None:
    """Nothing but a usage error comes out of JSON that is no series."""
    with suppress(UsageError):
        _read(json.dumps(document))
