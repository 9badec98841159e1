"""The system's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ratchetry.adapters.clock import SystemClock
from ratchetry.ports import Clock


def test_now_is_the_present_in_utc() -> None:
    """The clock tells the present moment and knows its zone."""
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_monotonic_never_goes_back() -> None:
    """Readings taken one after the other are in order."""
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)
