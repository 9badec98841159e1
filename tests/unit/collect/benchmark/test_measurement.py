"""Rounds become medians and spreads under names that are safe, unique and stable."""

from __future__ import annotations

import re
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.benchmark.measurement import metric_names, metrics_of, thinned
from ratchetry.domain.record import Benchmark

ROUNDS = st.lists(st.floats(min_value=0, max_value=1e3), min_size=2, max_size=50)


@given(ROUNDS)
def test_the_value_is_the_median_and_the_spread_the_interquartile_range(rounds: list[float]) -> None:
    """Both agree with the standard library's inclusive quantiles."""
    metric = metrics_of([Benchmark(name="t.py::t", rounds=tuple(rounds))])["benchmark.t.t"]
    first, _, third = statistics.quantiles(rounds, n=4, method="inclusive")
    assert metric.value == pytest.approx(statistics.median(rounds))
    assert metric.spread == pytest.approx(third - first, abs=1e-9)
    assert (metric.n, metric.unit, metric.better, metric.stage) == (len(rounds), "seconds", "lower", "benchmark")


def test_one_round_has_no_spread() -> None:
    """A single round is a measurement with spread 0 and n 1."""
    metric = metrics_of([Benchmark(name="t", rounds=(2.0,))])["benchmark.t"]
    assert (metric.value, metric.spread, metric.n) == (2.0, 0.0, 1)


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("tests/test_a.py::TestB::test_c[1-2]", "benchmark.tests.test_a.TestB.test_c[1-2]"),
        ("test_a.py::test_b", "benchmark.test_a.test_b"),
        ("test_a.py::test_b[x/y::z]", r"benchmark.test_a.test_b[x_y__z]~"),
        ("test_ä.py::test_b", "benchmark.test__.test_b~"),
    ],
)
def test_names_are_dotted_and_marked_when_characters_were_lost(test: str, name: str) -> None:
    """Parameters keep their brackets; a lossy name carries a hash."""
    made = metric_names([test])[test]
    assert made == name if not name.endswith("~") else re.fullmatch(re.escape(name) + "[0-9a-f]{8}", made)


def test_tests_that_would_share_a_name_do_not() -> None:
    """Both get a hash, and in either order the same."""
    names = metric_names(["a/b.py::t", "a.b::t"])
    assert len(set(names.values())) == 2
    assert names == metric_names(["a.b::t", "a/b.py::t"])


@given(st.lists(st.text(alphabet="ab/.:[] ~ä", min_size=1, max_size=12) | st.text(min_size=190, max_size=300)))
def test_names_are_unique_safe_and_short(tests: list[str]) -> None:
    """However tests are called, no two share a metric and no name has a control character or space."""
    names = metric_names(tests)
    assert len(set(names.values())) == len(set(tests))
    assert all(re.fullmatch(r"benchmark\.[A-Za-z0-9_.\[\]~-]{0,209}", name) for name in names.values())


@given(st.integers(2, 40), st.integers(0, 200))
def test_thinning_keeps_the_ends_and_the_order(limit: int, count: int) -> None:
    """At most `limit` rounds stay, from the first to the last, none twice."""
    kept = thinned(Benchmark(name="t", rounds=tuple(float(value) for value in range(count))), limit).rounds
    assert len(kept) == min(limit, count)
    assert list(kept) == sorted(set(kept))
    assert count == 0 or (kept[0], kept[-1]) == (0.0, float(count - 1))
