"""The order of the pairs is random and balanced, and what is measured fits into the time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.pipeline.bench.plan import (
    EFFORTS,
    MIN_PAIRS,
    Request,
    WarmUp,
    expected,
    least_pairs,
    ordered_pairs,
    scheduled,
)

REQUEST = Request(base="main", head=".")
QUICK = WarmUp(seconds=1.0, calls=(0.001,) * 8)
SLOW = WarmUp(seconds=11.0, calls=(10.0,))


@given(st.integers(1, 60), st.integers(0, 2**40))
def test_each_block_of_two_pairs_begins_with_either_side_once(count: int, seed: int) -> None:
    """Pairs are numbered, hold both sides, and come in blocks in which each side is first once."""
    pairs = ordered_pairs(count, seed)
    assert [pair.number for pair in pairs] == list(range(count))
    assert all(set(pair.order) == {"base", "head"} and 0 <= pair.hash_seed < 2**32 for pair in pairs)
    assert all(one.order != other.order for one, other in zip(pairs[::2], pairs[1::2], strict=False))


def test_the_order_is_that_of_the_seed() -> None:
    """One seed gives one order, whatever the count; over seeds, either side begins about half of the time."""
    assert ordered_pairs(20, 7)[:10] == ordered_pairs(10, 7)
    assert ordered_pairs(20, 7) != ordered_pairs(20, 8)
    first = sum(ordered_pairs(1, seed)[0].order[0] == "base" for seed in range(400))
    assert 160 <= first <= 240


def test_the_most_thorough_effort_that_fits_is_chosen() -> None:
    """Less time makes processes shorter first, and only then the pairs fewer; when hardly any fit, there are none."""
    every = [expected((QUICK, QUICK), effort) for effort in EFFORTS]
    assert every == sorted(every, reverse=True)
    for effort, pair in zip(EFFORTS, every, strict=True):
        chosen = scheduled(REQUEST, (QUICK, QUICK), 20 * pair + 0.001)
        assert chosen is not None
        assert (chosen.effort, chosen.pairs) == (effort, 20)
    fewer = scheduled(REQUEST, (QUICK, QUICK), 12.5 * every[-1])
    assert fewer is not None
    assert (fewer.effort, fewer.pairs) == (EFFORTS[-1], 12)
    assert scheduled(REQUEST, (QUICK, QUICK), (MIN_PAIRS - 0.5) * every[-1]) is None


def test_a_slow_benchmark_is_called_once_where_there_is_no_time_for_more() -> None:
    """What takes ten seconds a call is expected to take them as often as it is called."""
    assert expected((SLOW, SLOW), EFFORTS[0]) == pytest.approx(1.25 * 2 * 51)
    chosen = scheduled(REQUEST, (SLOW, SLOW), 600)
    assert chosen is not None
    assert chosen.effort.rounds == 1


def test_a_time_that_is_asked_for_is_kept() -> None:
    """The least time of a benchmark is that of the command line, whatever else would fit."""
    chosen = scheduled(Request(base="a", head="b", min_time=0.5), (QUICK, QUICK), 1e6)
    assert chosen is not None
    assert chosen.effort.seconds == 0.5


def test_more_benchmarks_need_more_pairs() -> None:
    """The least p-value that pairs can have, twice 1/2 to their number, is small enough for one benchmark of all."""
    assert [least_pairs(count, 0.02) for count in (1, 8, 100)] == [7, 10, 14]
    for count in (1, 8, 100, 5000):
        assert 2.0 ** (1 - least_pairs(count, 0.02)) * count <= 0.02 < 2.0 ** (2 - least_pairs(count, 0.02)) * count


def test_names_are_asked_for_whole_or_without_their_file() -> None:
    """A pattern meets the whole name of a benchmark, or that after the file."""
    request = Request(base="a", head="b", pattern="test_parse*")
    assert request.wants("tests/test_speed.py::test_parse[big]")
    assert not request.wants("tests/test_parse.py::test_dump")
    assert REQUEST.wants("anything")
