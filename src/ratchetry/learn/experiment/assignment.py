"""Which arm a unit gets: decided by a hash of the experiment's salt and the unit's name, the same every time."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from ratchetry.domain.bandit import ArmDecision
from ratchetry.domain.experiment import Experiment

POLICY: Final = "fixed-split"
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
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

    Its identifier is ordered by time (https://github.com/ulid/spec), and otherwise that of the unit.
    """
    arm = assigned_arm(experiment, unit)
    if arm is None:
        return None
    return ArmDecision(
        id=_identifier(f"{experiment.salt}\n{unit}", moment),
        time=f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        arm=arm,
        propensities=experiment.propensities,
        context={"slot": experiment.slot},
        policy=POLICY,
        experiment=experiment.name,
        unit=unit,
        repository=experiment.repository,
    )


def _identifier(text: str, moment: datetime) -> str:
    """Return 26 characters: ten for the milliseconds since 1970, sixteen for a text."""
    milliseconds = max(0, int(moment.timestamp() * 1000)) % (1 << 48)
    value = milliseconds << 80 | int.from_bytes(sha256(b"decision\n" + text.encode()).digest()[:10])
    return "".join(_DIGITS[value >> shift & 31] for shift in range(125, -1, -5))
