"""What is found in series of every kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.change_point.detection import change_at_end, detect
from ratchetry.analyze.change_point.project import detect_all
from ratchetry.domain.change_point import Detection
from ratchetry.domain.series import Point, Series, series_of

NILE = (
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
)  # fmt: skip
"""Yearly flow of the Nile at Aswan, 1871 to 1970, in the public domain (Cobb, Biometrika 65, 1978)."""


def _noisy(seed: int, levels: Sequence[tuple[float, int]], cv: float = 0.01) -> list[float]:
    """Return levels of given lengths with noise in proportion."""
    generator = np.random.default_rng(seed)
    return [level * math.exp(cv * generator.normal(0, 1)) for level, count in levels for _ in range(count)]


def _indexes(detection: Detection) -> list[int]:
    """Return where changes were found."""
    return [point.index for point in detection.change_points]


def test_finds_the_dam_in_the_nile() -> None:
    """The flow of the Nile changed once, after 1898."""
    assert _indexes(detect(series_of([float(each) for each in NILE]))) == [28]


@pytest.mark.parametrize("seed", range(5))
def test_says_where_and_how_far(seed: int) -> None:
    """A step of ten percent is found where it is, and its interval holds it."""
    (point,) = detect(series_of(_noisy(seed, [(10.0, 50), (11.0, 40)]))).change_points
    assert abs(point.index - 50) <= 1
    assert point.direction == "up"
    assert point.interval[0] < 0.1 < point.interval[1]
    assert point.p_value < 1e-6


def test_names_the_commits_and_the_time() -> None:
    """The last good and the first bad commit are those on the two sides."""
    values = _noisy(1, [(10.0, 30), (8.0, 20)])
    points = tuple(
        Point(value=value, commit=f"c{at}", time=f"2026-01-01T00:{at:02}:00Z") for at, value in enumerate(values)
    )
    (point,) = detect(Series(points=points)).change_points
    assert (point.direction, point.last_good, point.first_bad) == ("down", "c29", "c30")
    assert point.time == "2026-01-01T00:30:00Z"


@pytest.mark.parametrize("before", [4, 5, 8])
def test_finds_a_clear_step_in_a_short_series(before: int) -> None:
    """Eight points are enough for a step that nobody could miss."""
    assert _indexes(detect(series_of(_noisy(3, [(1.0, before), (2.0, 4)])))) == [before]


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 6.0], [math.nan] * 9, [1.0, math.inf, 2.0]])
def test_answers_when_there_is_next_to_nothing(values: list[float]) -> None:
    """Too few points are said to be too few."""
    detection = detect(series_of(values))
    assert detection.change_points == ()
    assert "too few" in detection.notes[-1]


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(min_value=0, max_value=200))
def test_never_alarms_on_a_constant_series(value: float, n: int) -> None:
    """A constant series never changes, whatever the constant."""
    assert detect(series_of([value] * n)).change_points == ()


@pytest.mark.parametrize("base", [1e-6, 1.0, 85.0, 1e12])
@pytest.mark.parametrize("size", [1e-15, 1e-9, 1e-5])
def test_never_alarms_on_tiny_variance(base: float, size: float) -> None:
    """Steps of less than a tenth of a percent are a matter of rounding."""
    assert detect(series_of([base] * 40 + [base * (1 + size)] * 40)).change_points == ()


def test_one_or_two_new_points_are_no_change() -> None:
    """The newest point, and the two newest, are never enough."""
    values = _noisy(5, [(10.0, 60), (30.0, 2)])
    assert detect(series_of(values[:61])).change_points == ()
    assert detect(series_of(values)).change_points == ()


def test_spikes_are_no_change() -> None:
    """Single slow runs, two of them near each other too, change nothing."""
    values = _noisy(6, [(10.0, 100)])
    for at in (20, 55, 57, 90):
        values[at] *= 1.8
    assert detect(series_of(values)).change_points == ()


def test_a_drift_is_a_trend() -> None:
    """What rises slowly all along has a trend and no step."""
    drift = [value * (1 + 0.3 * at / 150) for at, value in enumerate(_noisy(7, [(10.0, 150)]))]
    detection = detect(series_of(drift))
    assert detection.change_points == ()
    assert detection.trend is not None
    assert detection.trend.change == pytest.approx(0.3, abs=0.02)


def test_recorded_machines_are_told_apart_from_changes() -> None:
    """A slower runner is no change when it is recorded, and a change beneath it is found."""
    generator = np.random.default_rng(8)
    slow = [generator.random() < 0.4 for _ in range(120)]
    values = _noisy(8, [(10.0, 70), (11.0, 50)])
    points = tuple(
        Point(value=value * (1.25 if machine else 1.0), machine="slow" if machine else "fast")
        for value, machine in zip(values, slow, strict=True)
    )
    assert _indexes(detect(Series(points=points))) == [70]
    steady = tuple(replace(point, value=point.value / (1.1 if at >= 70 else 1)) for at, point in enumerate(points))
    assert detect(Series(points=steady)).change_points == ()


def test_two_machines_are_told_from_the_series() -> None:
    """A series that goes to and fro between two levels changes machines, not its level."""
    generator = np.random.default_rng(9)
    values = [value * (1.15 if generator.random() < 0.4 else 1.0) for value in _noisy(9, [(10.0, 150)])]
    detection = detect(series_of(values))
    assert detection.change_points == ()
    assert any("two machines" in note for note in detection.notes)


@pytest.mark.parametrize("seed", range(4))
def test_scale_changes_nothing(seed: int) -> None:
    """Another unit gives the same places and effects."""
    values = _noisy(seed, [(10.0, 40), (12.0, 30), (11.0, 40)])
    one, other = detect(series_of(values)), detect(series_of([value * 3600 for value in values]))
    assert _indexes(one) == _indexes(other)
    assert [point.effect for point in one.change_points] == pytest.approx([p.effect for p in other.change_points])


@pytest.mark.parametrize("seed", range(4))
def test_shift_changes_nothing_where_values_are_not_all_positive(seed: int) -> None:
    """Values around zero may be shifted: changes are in their unit then."""
    generator = np.random.default_rng(seed)
    values = [(0.0 if at < 50 else 3.0) - 5 + generator.normal(0, 0.5) for at in range(90)]
    one, other = detect(series_of(values)), detect(series_of([value - 2 for value in values]))
    assert _indexes(one) == _indexes(other) == [50]
    assert one.change_points[0].effect == pytest.approx(other.change_points[0].effect)


@pytest.mark.parametrize("seed", range(4))
def test_time_may_run_backwards(seed: int) -> None:
    """Changes in the middle of a series are the same ones from its other end."""
    values = _noisy(seed, [(10.0, 40), (12.0, 40), (10.5, 40)])
    back = [len(values) - index for index in _indexes(detect(series_of(values[::-1])))]
    assert _indexes(detect(series_of(values))) == back[::-1]


def test_order_and_gaps_do_not_matter() -> None:
    """Points are sorted by time, missing ones are skipped, and indexes are places in what was given."""
    values = _noisy(10, [(10.0, 30), (12.0, 30)])
    points = [Point(value=value, time=f"2026-01-01T00:{at:02}:00Z") for at, value in enumerate(values)]
    detection = detect(Series(points=(Point(value=math.nan, time="2026"), *reversed(points))))
    assert _indexes(detection) == [30]
    assert len(detection.notes) == 2
    assert detection.change_points[0].time == "2026-01-01T00:30:00Z"


def test_repeated_results_of_a_commit_count_once() -> None:
    """Three reruns of one slow commit are one point, and no change."""
    values = _noisy(11, [(10.0, 40)])
    points = [Point(value=value, commit=f"c{at}") for at, value in enumerate(values)]
    rerun = tuple(Point(value=20.0 + at, commit="c40") for at in range(5))
    assert detect(Series(points=(*points, *rerun))).change_points == ()


def test_the_end_has_changed_only_by_new_points() -> None:
    """A change of long ago is none at the end."""
    recent = detect(series_of(_noisy(12, [(10.0, 60), (12.0, 8)])))
    past = detect(series_of(_noisy(12, [(10.0, 60), (12.0, 30)])))
    assert change_at_end(recent) == recent.change_points[-1]
    assert past.change_points
    assert change_at_end(past) is None


def test_noise_alone_hardly_ever_changes() -> None:
    """Of three hundred series of nothing but noise, at most one is said to change."""
    alarms = sum(
        bool(detect(series_of(_noisy(seed, [(10.0, 12 + seed % 60)], 0.05))).change_points) for seed in range(300)
    )
    assert alarms <= 1


def test_an_unrelated_series_changes_nothing_but_multiplicity() -> None:
    """What is found in a series does not depend on the others, but for its adjusted p-value."""
    series = series_of(_noisy(13, [(10.0, 50), (11.0, 50)]), "one")
    others = [series_of(_noisy(seed, [(5.0, 60)]), str(seed)) for seed in range(9)]
    alone, among = detect_all([series])[0], detect_all([series, *others])[0]
    assert [replace(point, q_value=None) for point in alone.change_points] == [
        replace(point, q_value=None) for point in among.change_points
    ]
    assert (among.change_points[0].q_value or 0) > (alone.change_points[0].q_value or 1)


def test_a_level_that_the_files_alone_decide_needs_no_waiting() -> None:
    """Up for seven commits and back for five is two changes where no machine has a part in the values."""
    values = [11.0] * 20 + [33.0] * 7 + [10.0] * 5
    series = replace(series_of(values), deterministic=True)
    assert [change.index for change in detect(series).change_points] == [20, 27]


def test_growth_that_the_files_alone_decide_is_a_trend() -> None:
    """Where no level changed, a line describes the series."""
    series = replace(series_of([100.0 * 1.02**day for day in range(40)]), deterministic=True)
    found = detect(series)
    assert (found.change_points, found.trend is not None) == ((), True)
