"""What the benchmarks of experiments and degradation judge in numpy is what is shipped."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.degradation import BEFORE
from benchmarks.degradation_rules import detectors
from benchmarks.degradation_rules import ratchetry as degraded
from benchmarks.experiment_rules import Made, log_e_paths
from benchmarks.experiment_rules import ratchetry as winners
from ratchetry.analyze.e_detector import detector
from ratchetry.analyze.e_process import Block, lift_step, log_e_process
from ratchetry.domain.experiment import Experiment
from ratchetry.domain.versions import Promotion, Window
from ratchetry.learn.degradation import Watch, judge
from ratchetry.learn.experiment.cohorts import Cohort, Evidence
from ratchetry.learn.experiment.definition import metric_of
from ratchetry.learn.experiment.judge import judged
from ratchetry.learn.promotion import Period
from ratchetry.learn.stream import StreamDay

DAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() // 86400)


@pytest.mark.parametrize("ratio", [1.0, 1 / 1.1, 1.3])
def test_the_evidence_is_that_of_the_e_process(ratio: float) -> None:
    """Rows of days give what the shipped function gives for each row."""
    chance = np.random.default_rng(1)
    control, treatment = (chance.binomial(7, 0.5, (5, 20)).astype(float) for _ in range(2))
    paths = log_e_paths(control, treatment, 7, ratio)
    for row in range(5):
        blocks = [
            Block(control=a, control_n=7, treatment=b, treatment_n=7)
            for a, b in zip(control[row], treatment[row], strict=True)
        ]
        assert paths[row] == pytest.approx(log_e_process(blocks, lift_step(0.1), ratio), abs=1e-9)


@pytest.mark.parametrize(("treatments", "lift"), [(1, 1.3), (3, 1.5), (2, 1.0), (1, 0.5)])
def test_winners_are_those_of_the_judge(treatments: int, lift: float) -> None:
    """The day and the treatment are those on which the shipped judge calls a winner."""
    chance = np.random.default_rng(2)
    shares = [0.5, 0.5 * lift, *([0.5] * (treatments - 1))]
    successes = chance.binomial(20, shares, (6, 40, treatments + 1)).astype(float)
    found = winners(Made(successes=successes, n=20))
    for row in range(6):
        status = judged(defined(treatments), evidence(successes[row]))
        first = found[row].min()
        assert (status.state == "winner") == math.isfinite(first)
        if status.state == "winner":
            assert status.days == first
            assert found[row][int(status.winner[1:]) - 1] == first


def defined(treatments: int) -> Experiment:
    """Return an experiment with so many treatments."""
    names = tuple(f"t{number}" for number in range(1, treatments + 1))
    return Experiment(
        name="x", slot="s", control="c", treatments=names, metrics=(metric_of("reward:higher"),), started="2026-03-02"
    )


def evidence(successes: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Evidence:
    """Return days with 20 units in each arm."""
    arms = ["c", *(f"t{number}" for number in range(1, successes.shape[1]))]
    cohorts = [
        Cohort(
            day=DAY + number,
            assigned=dict.fromkeys(arms, 20),
            values={
                arm: {"reward": (1.0,) * int(count) + (0.0,) * (20 - int(count))}
                for arm, count in zip(arms, row, strict=True)
            },
        )
        for number, row in enumerate(successes)
    ]
    return Evidence(cohorts=tuple(cohorts), waiting=0, refused=())


@pytest.mark.parametrize("fall", [0.0, 0.4])
def test_alarms_are_those_of_the_watch(fall: float) -> None:
    """The detector and the first alarm are those of the shipped functions."""
    chance = np.random.default_rng(3)
    rates = np.concatenate([np.full(BEFORE, 0.6), np.full(25, 0.6 * (1 - fall))])
    successes = chance.binomial(10, rates, (4, len(rates))).astype(float)
    paths, hits = detectors(successes, 10), degraded(successes, 10)
    for row in range(4):
        days = [{"": Window(total=float(count), n=10)} for count in successes[row]]
        assert paths[row] == pytest.approx(np.array(detector(days, days, 0)), rel=1e-6, abs=1e-12)
        period = Period(promotion=Promotion(slot="s", version="v", since=""), start=float("-inf"))
        stream = tuple(StreamDay(day=DAY + number, results={"v": day}) for number, day in enumerate(days))
        alarms = judge(Watch(slot="s", periods=(period,), days=stream, raised={}))[0]
        assert bool(alarms) == hits[row].any()
        if alarms:
            assert alarms[0].day == DAY + int(hits[row].argmax())
