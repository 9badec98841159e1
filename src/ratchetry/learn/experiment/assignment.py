"""Which arm a unit gets: decided by a hash of the experiment's salt and the unit's name, the same every time."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from ratchetry.domain.bandit import ArmDecision
from ratchetry.domain.experiment import Experiment
from ratchetry.learn.bandit.identifier import ENTROPY, decision_id

POLICY: Final = "fixed-split"
_WIDTH: Final = 1 << 64


def assigned_arm(experiment: Experiment, unit: str) -> str | None:
    """Return the arm of a unit, None for one that does not take part.

    The first 64 bits of the hash decide whether it takes part, the next 64 on the arm, so that more traffic later adds
    units and moves none (R. Kohavi, D. Tang and Y. Xu, "Trustworthy Online Controlled Experiments" (2020), chapter 4).
    """
    digest = sha256(f"{experiment.salt}\n{unit}".encode()).digest()
    if int.from_bytes(digest[:8]) >= experiment.traffic * _WIDTH:
        return None
    arms = experiment.arms
    return arms[int.from_bytes(digest[8:16]) * len(arms) // _WIDTH]


def decided(experiment: Experiment, unit: str, moment: datetime) -> ArmDecision | None:
    """Return the decision about a unit at a moment, None for one that does not take part.

    Its identifier is ordered by time, and otherwise that of the unit.
    """
    arm = assigned_arm(experiment, unit)
    if arm is None:
        return None
    return ArmDecision(
        id=decision_id(moment, sha256(f"decision\n{experiment.salt}\n{unit}".encode()).digest()[:ENTROPY]),
        time=f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        arm=arm,
        propensities=experiment.propensities,
        context={"slot": experiment.slot},
        policy=POLICY,
        experiment=experiment.name,
        unit=unit,
        repository=experiment.repository,
    )
