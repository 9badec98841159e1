"""How an experiment is defined, kept and read back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import Value, event
from ratchetry.domain.experiment import Experiment, ExperimentMetric, Plan
from ratchetry.learn.experiment.definition import checked, experiment_of, metric_of, primary_first, start_event
from tests.unit.learn.experiment.made import experiment

ONE = experiment(treatments=("short", "blunt"), metrics=("reward:higher", "cost:lower"))


def test_an_event_gives_back_the_experiment() -> None:
    """What starts an experiment says all about it."""
    planned = replace(ONE, plan=Plan(base=0.6, units_per_arm=1200, detectable_lift=0.1))
    assert experiment_of(start_event(planned)) == planned


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("reward:higher", ExperimentMetric(name="reward", better="higher", kind="share")),
        ("error_rate:lower", ExperimentMetric(name="error_rate", better="lower", kind="share")),
        ("latency_p99:lower", ExperimentMetric(name="latency_p99", better="lower", kind="size")),
        ("passed:higher:share", ExperimentMetric(name="passed", better="higher", kind="share")),
        ("hit_rate:higher:size", ExperimentMetric(name="hit_rate", better="higher", kind="size")),
    ],
)
def test_metrics_have_a_direction_and_a_kind(text: str, metric: ExperimentMetric) -> None:
    """The kind follows from the name unless it is given."""
    assert metric_of(text) == metric


@pytest.mark.parametrize(
    "text", ["", "cost", "cost:up", "cost:lower:huge", ":lower", "a b:lower", "x" * 101 + ":lower"]
)
def test_other_texts_are_no_metrics(text: str) -> None:
    """The message shows how a metric is written."""
    with pytest.raises(ValueError, match="a metric is NAME:higher or NAME:lower"):
        metric_of(text)


def test_the_primary_metric_comes_first() -> None:
    """The first one is, unless another is named; one that is not there is refused."""
    assert [metric.name for metric in primary_first(ONE.metrics, "")] == ["reward", "cost"]
    assert [metric.name for metric in primary_first(ONE.metrics, "cost")] == ["cost", "reward"]
    with pytest.raises(ValueError, match="none of reward, cost"):
        primary_first(ONE.metrics, "speed")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (replace(ONE, name="two words"), "the name 'two words' may have"),
        (replace(ONE, treatments=()), "1 to 10 treatments"),
        (replace(ONE, treatments=("short", "short")), "must differ"),
        (replace(ONE, control="short"), "must differ"),
        (replace(ONE, metrics=(*ONE.metrics, ONE.metrics[0])), "named once"),
        (replace(ONE, metrics=(metric_of("reward:lower"),)), "better when higher"),
        (replace(ONE, traffic=0.0), "traffic"),
        (replace(ONE, alpha=0.5), "alpha"),
        (replace(ONE, min_lift=0.0), "smallest lift"),
        (replace(ONE, max_days=3), "longest time"),
        (replace(ONE, min_units=1), "2 units"),
        (replace(ONE, started="soon"), "'soon' is no time"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Experiment, message: str) -> None:
    """Each rule is checked, and the message names it."""
    with pytest.raises(ValueError, match=message):
        checked(wrong)


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5)
VALUES = SCALARS | st.lists(SCALARS, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=3)


@given(st.dictionaries(st.sampled_from(sorted(start_event(ONE).data)), VALUES, max_size=5))
def test_a_start_is_read_or_refused(changes: dict[str, Value]) -> None:
    """Whatever stands in the event, it gives an experiment or a ValueError."""
    kept = start_event(ONE)
    try:
        found = experiment_of(event("experiment", time=kept.time, subject="tone", data={**kept.data, **changes}))
    except ValueError:
        return
    assert checked(found) == found
