"""The score is a weighted mean of what was measured, held against the model's bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.model import evaluate
from ratchetry.domain.score_model import DEFAULT_METRICS, ScoreMetric, ScoreModel

MODEL = ScoreModel(metrics={"a": ScoreMetric(weight=3.0, minimum=0.5), "b": ScoreMetric(weight=1.0)})
SHARES = st.floats(min_value=0, max_value=1)


def test_the_total_is_the_weighted_mean() -> None:
    """Three quarters of one and a quarter of the other."""
    result = evaluate(MODEL, {"a": 1.0, "b": 0.5}, {})
    assert (result.total, result.verdict) == (0.875, "pass")
    assert result.metrics["a"].share == 0.75


def test_the_weight_of_what_is_left_out_goes_to_the_rest() -> None:
    """The reason is kept; a metric nobody measures gets one."""
    result = evaluate(MODEL, {"b": 0.7}, {"a": "no tests", "unknown": "x"})
    assert result.total == 0.7
    assert result.metrics["b"].share == 1.0
    assert result.left_out == {"a": "no tests"}
    assert evaluate(MODEL, {"b": 1.0}, {}).left_out == {"a": "it was not measured"}


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (0.7, 0.5, "pass"),
        (0.65, 0.65, "pass"),
        (0.6, 0.6, "warn"),
        (0.5, 0.5, "warn"),
        (0.5, 0.4, "fail"),
        (0.49, 1.0, "fail"),
        (0.0, 0.0, "fail"),
    ],
)
def test_bounds_belong_to_the_better_side(a: float, b: float, verdict: str) -> None:
    """On the bound passes; a missed minimum fails whatever the total."""
    assert evaluate(MODEL, {"a": a, "b": b}, {}).verdict == verdict


def test_missed_minima_are_named() -> None:
    """Only those of measured metrics."""
    assert evaluate(MODEL, {"a": 0.1, "b": 1.0}, {}).below_minimum == ("a",)
    assert evaluate(MODEL, {"b": 1.0}, {}).below_minimum == ()


@pytest.mark.parametrize("values", [{}, {"unknown": 1.0}])
def test_nothing_measured_is_no_score(values: dict[str, float]) -> None:
    """There is no total, and the verdict is neither pass nor fail."""
    result = evaluate(MODEL, values, {"a": "x", "b": "y"})
    assert (result.total, result.verdict) == (None, "not_measured")
    assert result.left_out == {"a": "x", "b": "y"}


def test_a_metric_without_weight_gives_no_score_alone() -> None:
    """There is no weight to share out."""
    model = ScoreModel(metrics={"a": ScoreMetric(weight=0.0), "b": ScoreMetric(weight=1.0)})
    assert evaluate(model, {"a": 1.0}, {}).total is None


@given(st.dictionaries(st.sampled_from(sorted(DEFAULT_METRICS)), SHARES, min_size=1))
def test_the_total_lies_between_its_parts(values: dict[str, float]) -> None:
    """It is a mean, its shares add up to one, and every metric is either measured or left out."""
    result = evaluate(ScoreModel(), values, {})
    assert result.total is not None
    assert min(values.values()) - 1e-12 <= result.total <= max(values.values()) + 1e-12
    assert sum(metric.share for metric in result.metrics.values()) == pytest.approx(1)
    assert {*result.metrics, *result.left_out} == set(DEFAULT_METRICS)


@given(st.dictionaries(st.sampled_from(sorted(DEFAULT_METRICS)), SHARES, min_size=1), SHARES)
def test_a_better_part_never_lowers_the_total(values: dict[str, float], better: float) -> None:
    """The total is monotonic in each of its parts."""
    name = next(iter(values))
    raised = {**values, name: max(values[name], better)}
    before, after = (evaluate(ScoreModel(), row, {}).total for row in (values, raised))
    assert before is not None
    assert after is not None
    assert after >= before - 1e-12
