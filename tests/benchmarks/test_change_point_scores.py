"""F1 and covering as their authors define them."""

from __future__ import annotations

import pytest

from benchmarks.change_point_scores import covering, f1


@pytest.mark.parametrize(("places", "value"), [([10, 20], 0.7962962962962963), ([], 0.6213991769547325)])
def test_covering_is_the_mean_over_annotators(places: list[int], value: float) -> None:
    """The first value is that of the authors' own example, the second follows by hand."""
    assert covering([[10, 20], [10], [0, 5]], places, 45) == pytest.approx(value)


def test_f1_counts_what_any_annotator_marked_as_right() -> None:
    """Everything that somebody marked within the margin is precise; recall is the mean over all of them."""
    annotations = [[10, 20], [11, 20], [10], [0, 5]]
    assert f1(annotations, [10, 20]) == pytest.approx(1.0)
    assert f1(annotations, []) == pytest.approx(2 * (recall := (1 / 3 + 1 / 3 + 1 / 2 + 1 / 2) / 4) / (1 + recall))


def test_a_place_is_not_right_twice() -> None:
    """Two places near one mark are a hit and a false alarm."""
    assert f1([[50]], [49, 52]) == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))
