"""The run record's own rules."""

from __future__ import annotations

import math

import pytest

from ratchetry.domain.record import Metric, StageResult


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_metric_is_finite(value: float) -> None:
    """What is not a finite number is not a measurement."""
    with pytest.raises(ValueError, match="finite"):
        Metric(value=value, unit="count", better="lower", stage="test")
    with pytest.raises(ValueError, match="finite"):
        Metric(value=1.0, spread=value, unit="count", better="lower", stage="test")


@pytest.mark.parametrize("status", ["not_measured", "skipped"])
def test_a_stage_without_a_result_says_why(status: str) -> None:
    """A stage that was not measured or was skipped cannot exist without a reason."""
    with pytest.raises(ValueError, match="must say why"):
        StageResult(status=status)  # type: ignore[arg-type]  # one of the two
