"""Verdicts over many comparisons at once."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from ratchetry.analyze.comparison.samples import compare_rounds
from ratchetry.analyze.comparison.verdict import Margin, adjusted, default_margin, spoken
from ratchetry.domain.comparison import Comparison


def _comparison(p_value: float | None, difference: float = 0.1) -> Comparison:
    """Return a regression with a p-value."""
    return Comparison(
        name="benchmark.x",
        unit="seconds",
        verdict="regressed",
        base=1.0,
        head=1.0 + difference,
        difference=difference,
        interval=(difference - 0.01, difference + 0.01),
        relative=True,
        margin=0.03,
        p_value=p_value,
    )


def test_what_is_not_significant_among_all_is_inconclusive() -> None:
    """One p-value of 0.04 among twenty is chance; one of 0.0001 is not."""
    found = adjusted([_comparison(0.0001), _comparison(0.04), *[_comparison(0.6)] * 18])
    assert [each.verdict for each in found] == ["regressed", *["inconclusive"] * 19]
    assert [each.q_value for each in found[:2]] == [0.002, 0.4]
    assert "among all that were compared (q 0.4)" in found[1].reason


def test_an_exact_difference_needs_no_adjustment() -> None:
    """A comparison without a p-value neither counts among the others nor changes."""
    exact = _comparison(None)
    found = adjusted([exact, _comparison(0.04)])
    assert found[0] is exact
    assert found[1].q_value == 0.04
    assert adjusted([]) == ()


def test_noise_hardly_ever_regresses() -> None:
    """Of 100 suites of 20 benchmarks without any change, even with a margin of nothing, few declare anything."""
    declared = 0
    for seed in range(100):
        chance = random.Random(seed)  # noqa: S311 - made-up data, no secret
        suite = [
            compare_rounds(
                [math.exp(chance.gauss(0, 0.1)) for _ in range(12)],
                [math.exp(chance.gauss(0, 0.1)) for _ in range(12)],
                name=str(number),
                better="lower",
                margin=Margin(size=0.0, relative=True),
            )
            for number in range(20)
        ]
        declared += any(each.verdict in {"regressed", "improved"} for each in adjusted(suite))
    assert declared <= 10


def test_margins_of_units() -> None:
    """Times and what is unknown may differ by a share, percentages by a tenth of a point, counts not at all."""
    assert default_margin("seconds") == default_margin("") == Margin(size=0.03, relative=True)
    assert default_margin("percent") == Margin(size=0.1, relative=False)
    assert default_margin("count") == Margin(size=0.0, relative=False)


def test_differences_are_spoken_with_their_unit() -> None:
    """Shares are percents."""
    assert spoken(_comparison(0.1), 0.0312) == "+3.12%"
    assert spoken(replace(_comparison(0.1), relative=False, unit="count"), -2.0) == "-2 count"
