"""Units tell times, rates and directions."""

from __future__ import annotations

import pytest

from ratchetry.history.imports.units import direction, seconds, seconds_of_rate


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("ns", 1e9, 1.0),
        ("ns/iter", 500.0, 5e-7),
        (" ns/op", 676.5, 676.5e-9),
        ("µs", 2.0, 2e-6),
        ("μs/iter", 2.0, 2e-6),
        ("ms/op", 1.5, 0.0015),
        ("Seconds", 3.0, 3.0),
        ("min", 2.0, 120.0),
        ("ms/request", 1.0, None),
        ("iter/sec", 1.0, None),
        ("Percent", 1.0, None),
        ("", 1.0, None),
    ],
)
def test_times_become_seconds(unit: str, value: float, expected: float | None) -> None:
    """A time, also one for each turn of a benchmark, is one in seconds; nothing else is."""
    assert seconds(value, unit) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("iter/sec", 4.0, 0.25),
        ("ops/sec", 0.5, 2.0),
        ("op/ms", 2.0, 0.0005),
        ("ops/sec", 0.0, None),
        ("MB/s", 1.0, None),
    ],
)
def test_rates_become_times(unit: str, value: float, expected: float | None) -> None:
    """The reciprocal of a rate of turns is the time of one; a rate of nothing has none."""
    assert seconds_of_rate(value, unit) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("unit", "better"),
    [
        ("ms", "lower"),
        ("B/op", "lower"),
        ("KiB", "lower"),
        ("allocs/op", "lower"),
        ("MB/s", "higher"),
        ("ops/ms", "higher"),
        ("requests / second", "higher"),
        ("Percent", None),
        ("points", None),
        ("a/b/s", None),
    ],
)
def test_units_tell_directions_where_they_can(unit: str, better: str | None) -> None:
    """Less time and fewer bytes are better, more of anything a second, too; of all others nothing is known."""
    assert direction(unit) == better
