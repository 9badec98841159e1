"""The normal form: a fixed order, and the digits that mean something."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import Benchmark, Gate, Metric, RunRecord, TestResult
from ratchetry.history.normal import normalized
from tests.builders import record
from tests.unit.history.records import records


@given(records())
def test_the_normal_form_is_its_own(drawn: RunRecord) -> None:
    """Taking the normal form again changes nothing, bit for bit."""
    assert repr(normalized(normalized(drawn))) == repr(normalized(drawn))


@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(drawn: RunRecord, rng: random.Random) -> None:
    """However the rows of a record are ordered, its normal form is the same."""
    mixed = replace(
        drawn,
        tests=tuple(rng.sample(drawn.tests, len(drawn.tests))),
        findings=tuple(rng.sample(drawn.findings, len(drawn.findings))),
        failures=tuple(rng.sample(drawn.failures, len(drawn.failures))),
    )
    assert normalized(mixed) == normalized(drawn)


def test_counts_stay_and_measurements_lose_what_no_clock_tells() -> None:
    """Whole numbers keep all digits, seconds six and everything else nine."""
    metrics = {
        "a": Metric(value=123_456_789_012, unit="count", better="lower", stage="s"),
        "b": Metric(value=1.23456789012, unit="seconds", better="lower", stage="s", spread=0.0123456),
        "c": Metric(value=86.66666666666667, unit="percent", better="higher", stage="s"),
    }
    kept = normalized(record(metrics=metrics)).metrics
    assert [metric.value for metric in kept.values()] == [123_456_789_012, 1.23457, 86.6666667]
    assert kept["b"].spread == 0.0123
    assert normalized(record(tests=(TestResult(id="t", outcome="passed", duration=0.1234567),))).tests[0].duration == (
        0.123457
    )


def test_a_benchmark_keeps_some_rounds_and_says_how_many_there_were() -> None:
    """Of many rounds some stay, evenly spaced, with the statistics that no longer follow from what is kept."""
    rounds = tuple(0.001 + 1e-7 * number for number in range(101))
    statistics = {"mean": 0.00100512345, "stddev": 3e-6, "median": 0.001, "iterations": 7.0, "max": 9.0}
    (kept,) = normalized(record(benchmarks=(Benchmark(name="b", rounds=rounds, statistics=statistics),))).benchmarks
    assert kept.rounds == (0.001, 0.001002, 0.001005, 0.001007, 0.00101)
    assert kept.statistics == {"mean": 0.001005, "stddev": 3e-6, "iterations": 7.0, "rounds_measured": 101.0}


def test_statistics_that_follow_from_all_rounds_are_left_out() -> None:
    """Where every round is kept, what can be computed from them need not be."""
    statistics = {"mean": 1.5, "min": 1.0, "rounds_measured": 2.0, "iterations": 1.0}
    given_rows = (Benchmark(name="b", rounds=(1.0, 2.0), statistics=statistics),)
    (kept,) = normalized(record(benchmarks=given_rows)).benchmarks
    assert (kept.rounds, kept.statistics) == ((1.0, 2.0), {"iterations": 1.0})


@pytest.mark.parametrize(("margin", "kept"), [(6.6666666666, 6.666666699999993), (-1e-9, -1e-9), (3.0, 3.0)])
def test_a_margin_follows_from_its_bound_unless_it_says_something_else(margin: float, kept: float) -> None:
    """A gate's margin is that of its rounded value, unless that would change its side or its meaning."""
    gate = Gate(metric="m", kind="minimum", bound=80.0, value=86.66666666666667, margin=margin, verdict="pass")
    assert normalized(record(gates=(gate,))).gates[0].margin == pytest.approx(kept, abs=1e-12)


def test_statistics_without_rounds_are_kept() -> None:
    """Where only statistics are known nothing follows from rounds, and no count of rounds is made up."""
    statistics = {"mean": 5.387999863e-06, "stddev": 3.18119978e-07, "iterations": 3.0}
    (kept,) = normalized(record(benchmarks=(Benchmark(name="b", rounds=(), statistics=statistics),))).benchmarks
    assert kept.statistics == {"mean": 5.388e-06, "stddev": 3.1812e-07, "iterations": 3.0}
    assert normalized(record(benchmarks=(kept,))).benchmarks == (kept,)
