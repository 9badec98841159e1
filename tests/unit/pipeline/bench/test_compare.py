"""Verdicts over pairs: a true change is found, equal sides are left alone, and all benchmarks count at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bench import PairedTimes
from ratchetry.pipeline.bench.compare import RATE, verdicts
from ratchetry.pipeline.bench.plan import Request
from tests.unit.pipeline.bench.benches import compared, noisy

NAMES = tuple(f"b{number}" for number in range(8))


def test_a_slower_head_has_regressed() -> None:
    """Ten percent, in noise of one, are found in every benchmark, with an interval around them."""
    report, _ = compared(noisy(NAMES, head=1.1))
    assert {each.verdict for each in report.comparisons} == {"regressed"}
    assert all(each.interval[0] <= 0.1 <= each.interval[1] + 0.01 for each in report.comparisons)
    assert report.regressed == report.comparisons
    assert report.pairs == 20
    assert report.notes == ()


def test_a_quicker_head_has_improved() -> None:
    """Ten percent the other way are an improvement."""
    report, _ = compared(noisy(NAMES, head=1 / 1.1))
    assert {each.verdict for each in report.comparisons} == {"improved"}


def test_equal_sides_are_unchanged() -> None:
    """Where nothing differs, little noise allows to say so."""
    report, _ = compared(noisy(NAMES))
    assert {each.verdict for each in report.comparisons} == {"unchanged"}


def test_equal_sides_in_wild_noise_raise_no_alarm() -> None:
    """Of a hundred suites of equal sides, in noise with a heavy tail, at most two in a hundred declare anything."""
    draw = np.random.default_rng(5)
    alarms = 0
    for _ in range(100):
        times = []
        for name in NAMES:
            base, head = (tuple((1 + 0.2 * draw.pareto(1.5, 20)).tolist()) for _ in range(2))
            times.append(PairedTimes(name=name, pairs=tuple(range(20)), base=base, head=head))
        alarms += any(each.verdict in {"regressed", "improved"} for each in verdicts(times, 0.0))
    assert alarms <= 100 * RATE


def test_few_pairs_for_many_benchmarks_are_told() -> None:
    """When no single benchmark could be significant, the report says how many pairs it takes."""
    report, _ = compared(noisy(NAMES), Request(base="main", head=".", pairs=6, seed=1))
    assert any("take 10 or more" in note for note in report.notes)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(1e-6, 10), st.floats(1e-6, 10)), min_size=6, max_size=30))
def test_exchanged_sides_turn_the_verdict_around(rows: list[tuple[float, float]]) -> None:
    """What regressed from the base to the head improves from the head to the base."""
    turned = {"regressed": "improved", "improved": "regressed"}

    def verdict(one: int, other: int) -> str:
        base, head = (tuple(row[side] for row in rows) for side in (one, other))
        return verdicts([PairedTimes(name="a", pairs=tuple(range(len(rows))), base=base, head=head)], 0.0)[0].verdict

    found = verdict(0, 1)
    assert verdict(1, 0) == turned.get(found, found)


@pytest.mark.parametrize("times", [(0.0,) * 20, (1e-12,) * 20])
def test_times_below_the_clock_s_resolution_are_no_change(times: tuple[float, ...]) -> None:
    """Constant or zero times on both sides give no alarm."""
    paired = PairedTimes(name="a", pairs=tuple(range(20)), base=times, head=times)
    assert verdicts([paired], 0.03)[0].verdict == "unchanged"
