"""What an experiment takes, from what is known when it starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ratchetry.learn.decision_log import read_log
from ratchetry.learn.experiment.planning import earlier_values, plan, units_per_day
from tests.unit.learn.experiment.made import after, experiment, units

ONE = experiment()


def test_a_plan_follows_from_earlier_values_and_the_rate() -> None:
    """With a base of 0.6 and 40 units a day for two arms, the days are the units over the rate."""
    found = plan(ONE, [1.0] * 60 + [0.0] * 40, 40.0)
    assert (found.base, found.units_per_day) == (0.6, 20.0)
    assert found.units_per_arm is not None
    assert found.days == pytest.approx(found.units_per_arm / 20)
    assert found.detectable_lift is not None
    assert 0.08 < found.detectable_lift < 0.12


def test_more_treatments_and_less_traffic_take_longer() -> None:
    """Three treatments need more units each, and share what comes."""
    one, three = ONE, experiment(treatments=("a", "b", "c"))
    few, many = (plan(kind, [], 40.0, 0.6) for kind in (one, three))
    assert few.units_per_arm is not None
    assert many.units_per_arm is not None
    assert few.units_per_arm < many.units_per_arm
    assert plan(replace(one, traffic=0.5), [], 40.0, 0.6).units_per_day == 10.0


def test_what_is_not_known_is_not_planned() -> None:
    """Without values or a rate nothing is made up."""
    assert plan(ONE, [1.0, 0.0], None).units_per_arm is None
    assert plan(ONE, [1.0, 0.0], 40.0).units_per_day == 20.0
    assert plan(ONE, [], None, 0.6).days is None
    assert plan(ONE, [1.0] * 50, 40.0).units_per_arm is None


def test_a_size_is_planned_from_its_spread() -> None:
    """The narrower earlier sizes lie together, the fewer units show a change of a tenth."""
    chance = np.random.default_rng(1)
    one = experiment(metrics=("cost:lower",))
    narrow, wide = (plan(one, list(chance.lognormal(0, spread, 400)), 10.0).units_per_arm for spread in (0.2, 0.8))
    assert narrow is not None
    assert wide is not None
    assert narrow < wide


def test_earlier_values_are_those_of_the_control_where_there_are_enough() -> None:
    """With ten of the control those count, with fewer all do."""
    log = read_log(units(ONE, {"long": 1.0, "short": 0.0}, days=2, per_day=30), after(3))
    assert set(earlier_values(ONE, log)) == {1.0}
    assert set(earlier_values(replace(ONE, control="new"), log)) == {0.0, 1.0}


def test_units_are_counted_once_over_thirty_days() -> None:
    """The same unit twice is one, and what is older does not count."""
    assert units_per_day([(99.0, "a"), (98.0, "a"), (95.0, "b"), (10.0, "c")], 100.0) == pytest.approx(2 / 30)
    assert units_per_day([], 100.0) is None
