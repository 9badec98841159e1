"""Which bounds move, and how far."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.event import Event
from ratchetry.domain.thresholds import Threshold, Thresholds, Wish
from ratchetry.learn.ratchet.fold import fold
from ratchetry.learn.ratchet.moves import learn, outlooks
from ratchetry.learn.ratchet.observations import Observation
from ratchetry.learn.ratchet.policy import DEFAULT
from tests.unit.learn.ratchet.observed import COUNT, SHARE, maximum, minimum, moment, observed


def learned(thresholds: Thresholds, runs: tuple[Observation, ...], events: tuple[Event, ...] = ()) -> tuple[Event, ...]:
    """Return the moves at the newest run."""
    return learn(thresholds, runs, events, runs[-1].time if runs else "", DEFAULT)


def waits(thresholds: Thresholds, runs: tuple[Observation, ...]) -> str:
    """Return what the one bound waits for."""
    (row,) = outlooks(thresholds, runs, (), runs[-1].time if runs else "", DEFAULT)
    assert row.move is None
    return row.waits_for


def test_a_count_moves_to_the_worst_of_the_newest_runs() -> None:
    """A move cites its runs, the statistic and the margin, and happens when the newest run that it cites began."""
    runs = observed([30.0] * 5 + [12.0, 11.0, 10.0, 9.0, 9.0, 9.0, 8.0, 8.0, 8.0, 8.0])
    (move,) = learned(maximum(30), runs)
    assert (move.kind, move.subject, move.time) == ("threshold_move", COUNT, runs[-1].time)
    assert move.runs == tuple(run.run for run in runs[-10:])
    data = dict(move.data)
    assert (data["from"], data["to"], data["value"], data["margin"], data["k"]) == (30.0, 12.0, 12.0, 0.0, 10)
    assert (data["statistic"], data["kind"], data["reason"]) == ("lower_confidence_bound", "maximum", "ratchet")


def test_a_second_look_appends_nothing() -> None:
    """The event follows from the evidence alone: looking again gives the same, and after it nothing."""
    runs = observed([8.0] * 12)
    moves = learned(maximum(30), runs)
    assert learned(maximum(30), runs[::-1] + runs) != ()
    assert learn(maximum(30), (*runs, *runs)[::-1], (), runs[-1].time, DEFAULT) == moves
    assert learned(maximum(30), runs, moves) == ()


@pytest.mark.parametrize(
    ("thresholds", "values", "reason"),
    [
        (maximum(30), [8.0] * 9, "1 more of 10 runs that may teach"),
        (maximum(30, increment=None), [8.0] * 10, "nothing: it has no ratchet_increment"),
        (maximum(30, target=30), [8.0] * 10, "nothing: the target is reached"),
        (maximum(8), [8.0] * 10, "10 runs that support 7: the newest support 8"),
        (maximum(8), [9.0] * 10, "10 runs that support 7: the newest support 9"),
        (minimum(60), [80.0] * 49, "1 more of 50 runs that may teach"),
        (minimum(60), [80.0, 80.0, 70.0] + [80.0] * 60, "36 more of 99 runs, since single runs dip deep"),
        (minimum(60), [61.0] * 60 + [90.0] * 9, "10 runs of one level: the newest are still getting better"),
    ],
)
def test_what_a_bound_waits_for_is_told(thresholds: Thresholds, values: list[float], reason: str) -> None:
    """Every bound that does not move says why."""
    metric = thresholds.bounds[0].metric
    assert waits(thresholds, observed(values, metric)) == reason


@pytest.mark.parametrize(
    ("spoiled", "stage_metric"),
    [
        ({"outage": "half of the tests failed"}, COUNT),
        ({"reused": frozenset({"quality"})}, COUNT),
        ({"flaky": True}, SHARE),
        ({"failing": True}, SHARE),
    ],
)
def test_tainted_runs_are_no_evidence(spoiled: dict[str, object], stage_metric: str) -> None:
    """Outages, flaky tests, failing tests and reused results count as missing."""
    thresholds, wanted = (maximum(30), 10) if stage_metric == COUNT else (minimum(60), 50)
    runs = observed([80.0 if stage_metric == SHARE else 8.0] * wanted, stage_metric)
    assert learned(thresholds, runs)
    tainted = (*runs[:-1], replace(runs[-1], **spoiled))  # type: ignore[arg-type]  # a wrong field fails the test
    assert waits(thresholds, tainted) == f"1 more of {wanted} runs that may teach"


def test_flaky_tests_say_nothing_of_lint() -> None:
    """A count of what stands in the code does not depend on how tests end."""
    runs = tuple(replace(run, flaky=True, failing=True) for run in observed([8.0] * 10))
    assert learned(maximum(30), runs)


def test_a_cool_down_has_to_pass() -> None:
    """Within a day of a move there is no other; after it there is."""
    runs = observed([20.0] * 10)
    first = learned(maximum(30), runs)
    soon = (*runs, *observed([10.0] * 10, first=10))
    (row,) = outlooks(maximum(30), soon[:-1], first, soon[-2].time, DEFAULT)
    assert row.move is None
    later = (*soon, *observed([10.0], first=20))
    (second,) = learned(maximum(30), later, first)
    assert (second.data["from"], second.data["to"]) == (20.0, 10.0)


def test_commits_that_two_runs_see_differently_are_measured_with_jitter() -> None:
    """A count that differs between two runs of one commit is no longer taken as it is."""
    runs = observed([8.0] * 12)
    disagreeing = (*runs[:-2], *(replace(run, commit="c" * 40) for run in runs[-2:-1]))
    disagreeing += (replace(runs[-1], commit="c" * 40, values={COUNT: 7.0}),)
    assert waits(maximum(30), disagreeing) == "38 more of 50 runs that may teach"


def test_a_metric_without_a_bound_is_seeded() -> None:
    """A row with an increment and no bound gets the first one from what was measured, on a multiple of the step."""
    wish = Thresholds(wishes=(Wish(metric="types.errors", kind="maximum", increment=5.0, target=0.0),))
    runs = observed([12.0] * 10, "types.errors")
    (move,) = learned(wish, runs)
    assert (move.data["from"], move.data["to"], move.data["reason"]) == (None, 15.0, "seed")
    assert fold(wish, (move,)).thresholds.bounds == (
        Threshold(metric="types.errors", kind="maximum", bound=15.0, increment=5.0, target=0.0),
    )


def test_steps_limit_a_move() -> None:
    """With one step at a time, a bound moves by its increment."""
    policy = replace(DEFAULT, steps=1)
    (move,) = learn(maximum(30, increment=2), observed([8.0] * 10), (), moment(9), policy)
    assert move.data["to"] == 28.0


def test_tolerance_is_room_for_jitter() -> None:
    """So far from what was measured a bound stays."""
    row = replace(maximum(30).bounds[0], tolerance=3.0)
    (move,) = learned(Thresholds(bounds=(row,)), observed([8.0] * 10))
    assert move.data["to"] == 11.0


_VALUES = st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=40)


@given(_VALUES, st.integers(min_value=0, max_value=60), st.integers(min_value=0, max_value=60), st.sampled_from([1, 3]))
@settings(max_examples=60)
def test_a_move_tightens_and_never_passes_target_or_evidence(
    values: list[int], bound: int, target: int, increment: int
) -> None:
    """Whatever was measured: a ceiling only falls, not below its target, nor below the worst of the newest runs."""
    runs = observed([float(value) for value in values])
    for move in learned(maximum(bound, increment=increment, target=target), runs):
        to = move.data["to"]
        assert isinstance(to, float)
        assert target <= to < bound
        assert to >= max(values[-DEFAULT.runs :])


def test_a_floor_over_jitter_blocks_at_most_one_honest_run_in_a_hundred() -> None:
    """A floor that ratcheted over a noisy stationary history stays below the level, by what single runs dip."""
    from ratchetry.learn.ratchet.replay import replay

    blocked = runs = 0
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311 - made-up data
        values = [80 + chance.gauss(0, 0.2) - (0.5 if chance.random() < 0.1 else 0.0) for _ in range(160)]
        (done,) = replay(minimum(60, increment=0.1), observed(values, SHARE), DEFAULT)
        assert done.moves
        assert done.final is not None
        assert done.final.bound < 80
        blocked, runs = blocked + len(done.blocked), runs + len(values)
    assert blocked <= 0.01 * runs


def test_the_floor_follows_a_rise_within_k_runs() -> None:
    """After a step of the level, ten runs of the new one are enough."""
    from ratchetry.learn.ratchet.replay import replay

    chance = random.Random(7)  # noqa: S311 - made-up data
    values = [(80 if at < 80 else 84) + chance.gauss(0, 0.1) for at in range(100)]
    (done,) = replay(minimum(60, increment=0.1), observed(values, SHARE), DEFAULT)
    before, after = done.bounds[80], done.bounds[80 + DEFAULT.runs]
    assert before is not None
    assert after is not None
    assert before < 80
    assert after > 83
