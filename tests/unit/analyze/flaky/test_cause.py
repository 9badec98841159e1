"""The likeliest cause of a flaky test, and what speaks for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.flaky.cause import PRIOR, Result, cause_of
from ratchetry.analyze.flaky.cause_text import words_in

PASSES = [Result(failed=False, hour=at % 24, weekday=at % 7, python="3.12.1", cpu="A", seconds=0.2) for at in range(80)]


def failures(number: int = 6, **fields: object) -> list[Result]:
    """Return failures at all hours."""
    plain = {"hour": 0, "weekday": 0, "python": "3.12.1", "cpu": "A", "seconds": 0.2}
    return [
        Result(failed=True, **{**plain, "hour": 4 * at % 24, "weekday": at % 7, **fields})  # type: ignore[arg-type]
        for at in range(number)
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("requests.exceptions.ConnectionError: Max retries exceeded with url", "network"),
        ("E   socket.gaierror: [Errno -2] Name or service not known", "network"),
        ("E   assert datetime.now(tz=utc) == fromtimestamp(0)", "time"),
        ("RuntimeError: Event loop is closed", "concurrency"),
        ("hypothesis.errors.Unreliable: Falsifying example", "randomness"),
        ("OSError: [Errno 28] No space left on device", "resource"),
        ("sqlite3.IntegrityError: UNIQUE constraint failed: users.name", "order"),
    ],
)
def test_what_failures_say(text: str, kind: str) -> None:
    """Words that little else uses speak for a cause, and are named."""
    cause = cause_of([*PASSES, *failures(text=text)])
    assert cause.kind == kind
    assert "6 of 6 failures say" in cause.evidence[0]


def test_nothing_speaks_for_anything() -> None:
    """Without evidence the cause is unknown, and so it is without failures."""
    assert cause_of([*PASSES, *failures(text="assert 1 == 2")]).kind == "unknown"
    assert cause_of(PASSES).kind == "unknown"


def test_failures_that_keep_to_some_hours_or_days_are_a_matter_of_time() -> None:
    """Six failures between 21:00 and 24:00, or all on a Sunday, are no accident."""
    assert cause_of([*PASSES, *failures(hour=22)]).kind == "time"
    assert "Sunday" in cause_of([*PASSES, *failures(weekday=6)]).evidence[0]


def test_failures_on_one_python_are_a_matter_of_the_platform() -> None:
    """A test that only fails on one of two versions of Python depends on it."""
    other = [Result(failed=False, hour=at % 24, weekday=at % 7, python="3.13.0", seconds=0.2) for at in range(80)]
    cause = cause_of([*PASSES, *other, *failures(12, python="3.13.0")])
    assert (cause.kind, cause.evidence) == ("platform", ("12 of 12 failures on one Python (3.13)",))


def test_failures_on_one_cpu_speak_for_speed() -> None:
    """What fails on one model of processor is likely a race, or short of something."""
    other = [Result(failed=False, hour=at % 24, weekday=at % 7, cpu="B", seconds=0.2) for at in range(80)]
    cause = cause_of([*PASSES, *other, *failures(12, cpu="B")])
    assert cause.evidence == ("12 of 12 failures on one CPU (B)",)
    assert cause.kind == "unknown"  # not likelier than all others together


def test_failures_as_long_as_a_timeout() -> None:
    """Failures that always take as long as each other, and much longer than passes, waited in vain."""
    cause = cause_of([*PASSES, *failures(seconds=30.0, category="timeout")])
    assert cause.kind == "concurrency"
    assert any("as if there were a timeout" in piece for piece in cause.evidence)


def test_company_and_reruns() -> None:
    """Failures together with others of the file speak for the order, passing at once when run again against it."""
    together = cause_of([*PASSES, *failures(together=True)])
    assert together.kind == "order"
    again = cause_of([*PASSES, *failures(together=True, again=True)])
    assert again.kind != "order"


@given(
    st.lists(
        st.builds(
            Result,
            failed=st.booleans(),
            hour=st.none() | st.integers(0, 23),
            weekday=st.none() | st.integers(0, 6),
            python=st.sampled_from(["", "3.11.1", "x"]),
            cpu=st.sampled_from(["", "A", "B"]),
            seconds=st.none() | st.floats(0, 1e9),
            text=st.text(max_size=80) | st.sampled_from(["deadlock", "seed", "Errno 28"]),
            category=st.sampled_from(["", "timeout", "setup", "assertion"]),
            together=st.booleans(),
            again=st.booleans(),
        ),
        max_size=30,
    )
)
def test_any_results_have_a_cause_or_none(results: list[Result]) -> None:
    """Whatever the results are, the cause is one of the known, with a probability, and with evidence."""
    cause = cause_of(results)
    assert cause.kind in {*PRIOR, "unknown"}
    assert 0.0 <= cause.probability <= 1.0
    assert (cause.kind == "unknown") == (cause.probability == 0.0)
    assert cause.kind == "unknown" or cause.evidence


@given(st.text())
def test_any_text_is_searched(text: str) -> None:
    """Words are found in any text, or none are."""
    assert all(word.lower() in text.lower() for word in words_in(text).values())
