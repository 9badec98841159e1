"""Runs compared with their base: what is declared, what is not, and what is said of it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from ratchetry.analyze.regression.project import regressions
from ratchetry.analyze.regression.subject import Subject
from ratchetry.domain.catalog import definition
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.series import Point, Series


def _series(name: str, values: Sequence[float], machines: Sequence[str] = ()) -> Series:
    """Return the series of a metric, a run each."""
    known = definition(name)
    points = tuple(
        Point(value=value, run=f"r{at}", commit=f"c{at}", machine=machines[at] if machines else "")
        for at, value in enumerate(values)
    )
    return Series(name=name, unit=known.unit if known else "", better=known.better if known else None, points=points)


def _compared(name: str, values: Sequence[float], *head: float) -> Comparison:
    """Return how one metric differs from its base."""
    points = tuple(Point(value=value) for value in head)
    (found,) = regressions([Subject(base=_series(name, values), head=points)])
    return found


def _rounds(chance: random.Random, level: float) -> tuple[float, ...]:
    """Return the rounds of one run."""
    return tuple(sorted(level * math.exp(abs(chance.gauss(0, 0.005))) for _ in range(5)))


def _suite(
    seed: int, *factors: float, runs: int = 30, noise: float = 0.005, spikes: float = 0.0, again: int = 0
) -> list[Subject]:
    """Return benchmarks whose times at the head are so many times those of the base, on machines of varying speed."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, no secret
    speeds = [math.exp(chance.gauss(0, noise)) for _ in range(runs + 1 + again)]
    suite = []
    for number, factor in enumerate(factors):
        rows = [
            _rounds(
                chance, speed * math.exp(chance.gauss(0, noise)) * (1 + chance.random() * (chance.random() < spikes))
            )
            for speed in speeds
        ]
        points = tuple(Point(value=row[2] * factor) for row in rows[runs:])
        suite.append(
            Subject(
                base=_series(f"benchmark.b{number}", [row[2] for row in rows[:runs]]),
                head=points,
                base_rounds={f"r{at}": row for at, row in enumerate(rows[:runs])},
                head_rounds=tuple(value * factor for value in rows[-1]),
            )
        )
    return suite


@pytest.mark.parametrize(
    ("name", "values", "head", "verdict"),
    [
        ("lint.findings", [3], 5, "regressed"),
        ("lint.findings", [3], 3, "unchanged"),
        ("lint.findings", [9, 3, 9, 3], 2, "improved"),
        ("coverage.line", [80, 80, 80], 79.5, "regressed"),
        ("coverage.line", [70, 75, 80, 81, 82], 81.5, "regressed"),
        ("coverage.line", [80, 80.05, 80, 80, 80.02], 80.04, "unchanged"),
        ("coverage.line", [80, 80.05, 80, 80, 80.02], 79.89, "inconclusive"),
        ("coverage.line", [80, 80, 80], 79.95, "unchanged"),
        ("tests.total", [50, 50, 50], 49, "regressed"),
        ("size.source_lines", [1000], 1080, "unchanged"),
        ("size.source_lines", [1000], 1200, "regressed"),
        ("size.source_lines", [0], 5, "regressed"),
    ],
)
def test_what_does_not_vary_is_compared_exactly(name: str, values: list[float], head: float, verdict: str) -> None:
    """With the newest value of the base; the margin of its unit, and its own to and fro, count as no difference."""
    found = _compared(name, values, head)
    assert found.verdict == verdict
    assert found.p_value is None
    assert found.base == values[-1]


def test_a_metric_that_has_not_proven_to_stand_still_has_no_verdict_yet() -> None:
    """Two values of a metric that may vary, or several that do, are too few."""
    assert "too few" in _compared("tests.failed", [0, 0], 3).reason
    found = _compared("coverage.line", [80, 81, 79, 80, 82], 70)
    assert found.verdict == "inconclusive"
    assert found.interval == (-12, -9)


def test_what_varies_is_compared_with_its_level() -> None:
    """Far beyond all runs of the base is a regression, among them is not."""
    chance = random.Random(1)  # noqa: S311 - made-up data, no secret
    values = [80 + chance.gauss(0, 0.5) for _ in range(30)]
    found = _compared("coverage.line", values, 70.0)
    assert (found.verdict, found.n_base, found.n_head) == ("regressed", 30, 1)
    assert found.q_value is not None
    assert found.interval[0] < found.difference < found.interval[1] < 0
    assert _compared("coverage.line", values, min(values)).verdict == "inconclusive"


def test_only_the_level_since_the_last_change_counts() -> None:
    """A value that was usual before the base changed is none now."""
    chance = random.Random(2)  # noqa: S311 - made-up data, no secret
    values = [(60 if at < 30 else 80) + chance.gauss(0, 0.5) for at in range(60)]
    found = _compared("coverage.line", values, 60.0)
    assert found.verdict == "regressed"
    assert found.base == pytest.approx(80, abs=0.5)


def test_a_slower_benchmark_is_found_with_the_support_of_its_rounds() -> None:
    """Two of eight benchmarks that took longer, on runners that hardly vary, are regressed; the others are not."""
    found = regressions(_suite(1, 1.1, 1.2, *[1.0] * 6))
    assert [each.verdict for each in found[:2]] == ["regressed"] * 2
    assert not {each.verdict for each in found[2:]} & {"regressed", "improved"}
    assert found[0].difference == pytest.approx(0.1, abs=0.03)
    assert found[0].reason.startswith("rounds +")


def test_a_faster_benchmark_is_an_improvement() -> None:
    """The same the other way."""
    assert regressions(_suite(1, 0.8, *[1.0] * 6))[0].verdict == "improved"


def test_one_run_without_rounds_proves_nothing_of_a_time_and_a_second_one_does() -> None:
    """A busy machine makes any time longer; with another run of the same commit there is no need of rounds."""
    (one, *rest) = _suite(1, 1.3, *[1.0] * 6)
    alone = regressions([Subject(base=one.base, head=one.head), *rest])[0]
    assert alone.verdict == "inconclusive"
    assert "one run cannot tell" in alone.reason
    assert "`ratchetry bench compare`" in alone.reason
    (again, *others) = _suite(1, 1.3, *[1.0] * 6, again=1)
    twice = regressions([Subject(base=again.base, head=again.head), *others])[0]
    assert (twice.verdict, twice.n_head, twice.reason) == ("regressed", 2, "2 runs")


def test_rounds_that_overlap_with_those_of_the_base_bear_nothing_out() -> None:
    """Where only the median of the run lies far out, its rounds object."""
    (one, *rest) = _suite(1, 1.3, *[1.0] * 6)
    rounds = tuple(one.base_rounds["r29"][:4]) * 2
    found = regressions([Subject(base=one.base, head=one.head, base_rounds=one.base_rounds, head_rounds=rounds), *rest])
    assert found[0].verdict == "inconclusive"


def test_a_slow_machine_is_no_regression_of_all_benchmarks() -> None:
    """What all times of a run have in common is not the change's."""
    found = regressions(_suite(1, *[1.25] * 7, 1.7))
    assert [each.verdict for each in found[:7]] == ["inconclusive"] * 7
    assert found[7].verdict == "regressed"


def test_only_runs_on_the_same_machine_are_the_base_of_a_time() -> None:
    """Where the head's machine has measured too little, that is the answer."""
    machines = ["A"] * 20 + ["B"] * 3
    base = _series("benchmark.x", [1.0 + at % 3 / 100 for at in range(23)], machines)
    (found,) = regressions([Subject(base=base, head=(Point(value=2.0, machine="B"),))])
    assert found.verdict == "inconclusive"
    assert "3 values of the base since its last change on B are too few" in found.reason


def test_noise_regresses_hardly_ever() -> None:
    """Of 60 runs of ten benchmarks that did not change, a twentieth declare anything; with spikes, not many more."""
    for spikes, most in ((0.0, 3), (0.02, 6)):
        declared = 0
        for seed in range(60):
            found = regressions(_suite(seed, *[1.0] * 10, runs=24, noise=0.03, spikes=spikes))
            declared += any(each.verdict in {"regressed", "improved"} for each in found)
        assert declared <= most


def test_nothing_is_compared_with_nothing() -> None:
    """Metrics without a finite value on either side are left out, whatever else is odd is inconclusive."""
    nan = Subject(base=_series("coverage.line", [math.nan, math.inf]), head=(Point(value=1.0),))
    none = Subject(base=_series("coverage.line", [1.0] * 9), head=(Point(value=math.nan),))
    assert regressions([nan, none]) == ()
    assert regressions([]) == ()
    zero = _compared("benchmark.x", [1.0 + at % 2 / 10 for at in range(20)], 0.0)
    assert (zero.verdict, zero.reason) == ("inconclusive", "the base is always positive, and this is not")
    constant = _compared("benchmark.x", [1.0] * 20, 1.0)
    assert constant.verdict == "unchanged"
    unknown = _compared("other.metric", [4.0] * 5, 9.0)
    assert (unknown.verdict, unknown.relative) == ("inconclusive", True)
