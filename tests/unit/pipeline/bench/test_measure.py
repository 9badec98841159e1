"""What both sides have in common is measured, pair by pair, and what is missing is told."""

from __future__ import annotations

import pytest

from ratchetry.domain.bench import SideName
from ratchetry.errors import ReportError, UsageError
from ratchetry.pipeline.bench.measure import common
from ratchetry.pipeline.bench.plan import EFFORTS, WARM_UP, Request
from ratchetry.pipeline.bench.process import Reading
from tests.unit.pipeline.bench.benches import compared, noisy, reading

REQUEST = Request(base="main", head=".", seed=1)


def test_benchmarks_of_one_side_are_listed_and_failures_told() -> None:
    """What failed on one side is not compared, although the other side has it, and is not taken for new or removed."""
    base = reading({"a": 1.0, "b": 1.0, "gone": 1.0})
    head = reading({"a": 1.0, "new": 1.0}, failures=("b: assert 0", "c: no fixture"))
    found = common(base, head, REQUEST)
    assert (found.names, found.only_base, found.only_head, found.whole) == (("a",), ("gone",), ("new",), False)
    assert [(each.name, each.reason) for each in found.failed] == [("b", "head: assert 0"), ("c", "head: no fixture")]


def test_the_longest_name_is_that_of_a_failure() -> None:
    """A parameter may look like the end of a name; the failure is that of the benchmark with the longer one."""
    base = reading({"t[x": 1.0, "t[x: y]": 1.0, "ok": 1.0})
    found = common(base, reading({"t[x": 1.0, "ok": 1.0}, failures=("t[x: y]: boom",)), REQUEST)
    assert [each.name for each in found.failed] == ["t[x: y]"]
    assert found.names == ("ok", "t[x")


def test_a_pattern_without_a_benchmark_is_refused() -> None:
    """A name that no benchmark has is a slip, which the message shows the names against."""
    asked = Request(base="main", head=".", pattern="nope*")
    with pytest.raises(UsageError, match=r"nope\*.*there are a"):
        common(reading({"a": 1.0}), reading({"a": 1.0}), asked)


@pytest.mark.parametrize("side", ["base", "head"])
def test_a_side_that_measures_nothing_is_named(side: SideName) -> None:
    """When the warm-up of a side leaves no times, nothing is compared, and the reason says which side that was."""

    def answer(which: SideName, _number: int) -> Reading:
        return Reading(problem="no module named x") if which == side else reading({"a": 1.0})

    with pytest.raises(ReportError, match=f"^{side}: no module named x"):
        compared(answer)


def test_nothing_in_common_is_not_measured() -> None:
    """Sides without a common benchmark cannot be compared."""
    with pytest.raises(ReportError, match="on both sides"):
        compared(lambda side, _number: reading({side: 1.0}))


def test_the_warm_up_does_not_count_and_only_what_is_compared_runs() -> None:
    """Two short processes come first; then pairs, both with one seed of hashes, of the common benchmarks alone."""
    report, runs = compared(lambda side, number: reading({"a": 9.0 if number < 2 else 1.0, side: 1.0}))
    assert [call[:2] for call in runs.calls[:2]] == [("base", WARM_UP), ("head", WARM_UP)]
    assert len(runs.calls) == 42
    assert {call[3] for call in runs.calls[2:]} == {("a",)}
    assert all(one[2] == other[2] for one, other in zip(runs.calls[2::2], runs.calls[3::2], strict=True))
    assert report.times[0].base == (1.0,) * 20
    assert (report.only_base, report.only_head) == (("base",), ("head",))


def test_all_benchmarks_are_run_without_naming_them() -> None:
    """Where both sides have the same benchmarks, none need be named."""
    _, runs = compared(noisy(("a", "b")))
    assert {call[3] for call in runs.calls} == {()}
    assert {call[1] for call in runs.calls[2:]} == {EFFORTS[0]}


def test_the_time_ends_the_pairs() -> None:
    """When processes take longer than the warm-up did, there are fewer pairs, and the report says so."""
    report, _ = compared(
        lambda _side, number: reading({"a": 1e-3}, seconds=1.0 if number < 2 else 10.0), ends=2 + 20 * 2.7
    )
    assert report.pairs == 2
    assert not report.comparisons
    assert "only 2 of 2 pairs" in report.not_compared[0].reason
    assert any("time was up after 2 of 20 pairs" in note for note in report.notes)


def test_no_time_for_pairs_is_not_measured() -> None:
    """When not even six pairs would fit, none is begun."""
    with pytest.raises(ReportError, match="--timeout"):
        compared(noisy(("a",)), ends=4.0)


def test_a_few_lost_pairs_are_left_out_and_more_end_it() -> None:
    """A process that measures nothing costs its pair; the fourth of them ends the comparison, with its reason."""

    def losing(times: int) -> tuple[int, ...]:
        lost = {3 + 4 * each for each in range(times)}
        steady = noisy(("a",))
        report, _ = compared(
            lambda side, number: Reading(problem="crashed") if number in lost else steady(side, number)
        )
        return (report.pairs, len(report.times[0].pairs), sum("left out" in note for note in report.notes))

    assert losing(2) == (18, 18, 1)
    with pytest.raises(ReportError, match="crashed"):
        losing(4)


def test_a_benchmark_that_fails_now_and_then_is_paired_where_it_can_be() -> None:
    """Pairs in which one side lacks a benchmark do not count for it; with fewer than six it is not compared."""

    def answer(_side: SideName, number: int) -> Reading:
        names = ["a"] + ["often"] * (number % 4 != 3) + ["seldom"] * (number < 10)
        return reading(dict.fromkeys(names, 1.0))

    report, _ = compared(answer)
    paired = {each.name: each for each in report.times}
    assert len(paired["a"].pairs) == 20
    assert len(paired["often"].base) == len(paired["often"].head) == len(paired["often"].pairs) == 10
    assert [each.name for each in report.not_compared] == ["seldom"]
