"""PromptScoreModel.json."""

from __future__ import annotations

import json

import pytest

from ratchetry.domain.score_model import ScoreModel
from ratchetry.errors import StateError
from ratchetry.state.score_model import dumps, loads


def test_the_default_model_is_written_and_read_back() -> None:
    """The weights of the default model add up to one and survive the file."""
    assert loads(dumps(ScoreModel()), "file") == ScoreModel()
    assert sum(metric.weight for metric in ScoreModel().metrics.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"metrics": {"beauty": {"weight": 1}}}, "metrics.beauty: unknown score metric"),
        ({"metrics": {"structure": {"weight": -1}}}, "metrics.structure.weight: Expected `float` >= 0"),
        ({"metrics": {"structure": {"weight": 0}}}, "metrics: at least one weight must be above 0"),
        ({"metrics": {}}, "metrics: at least one weight"),
        ({}, "Object missing required field `metrics`"),
        ({"metrics": {"structure": {"weight": 1}}, "thresholds": {"warn": 0.1, "fail": 0.2}}, "thresholds.fail: 0.2"),
        ({"metrics": {"structure": {"weight": 1, "minimum": 2}}}, "metrics.structure.minimum: Expected `float` <= 1"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, object], message: str) -> None:
    """A malformed model is refused with its file and field."""
    with pytest.raises(StateError) as caught:
        loads(json.dumps(document).encode(), "PromptScoreModel.json")
    assert message in str(caught.value)
