"""Decisions between arms and their outcomes, as values and as the events that they are kept as.

A decision names its whole probability vector, so that its propensities are exact; an outcome names the runs that it
was read from.  Each decision has one outcome: of several, the first by time and identifier counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ratchetry.domain.event import Event, Value, event

TRAILER: Final = "Ratchetry-Decision"
"""The commit trailer that names the decision a change was made under."""

OutcomeStatus = Literal["rewarded", "missing", "censored"]
"""Missing: cancelled, flaky or broken infrastructure.  Censored: there was no run within the time allowed."""

_STATUSES: Final[Mapping[str, OutcomeStatus]] = {
    "rewarded": "rewarded",
    "missing": "missing",
    "censored": "censored",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDecision:
    """One draw of an arm: from which probabilities, in which context, under which policy and state."""

    id: str
    time: str
    arm: str
    propensities: Mapping[str, float]
    context: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""
    """The policy's name and the hash of its parameters."""
    state: str = ""
    """The hash of the weights that the probabilities come from."""
    experiment: str = ""
    """The experiment whose fixed split made the draw, if one did."""
    unit: str = ""
    """What was decided for: a pull request, a branch, a user."""
    repository: str = ""

    @property
    def propensity(self) -> float:
        """Return the probability that the arm was drawn with."""
        return self.propensities[self.arm]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmOutcome:
    """What became of a decision: its reward from 0 to 1 when it has one, and other measures by name."""

    decision: str
    time: str
    status: OutcomeStatus
    reward: float | None = None
    reason: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Secondary signals and metrics of experiments, such as attempts, cost_seconds or latency_p99."""
    runs: tuple[str, ...] = ()
    repository: str = ""


def decision_event(decision: ArmDecision) -> Event:
    """Return a decision as the event it is kept as."""
    data: dict[str, Value] = {
        "arm": decision.arm,
        "context": dict(decision.context),
        "experiment": decision.experiment,
        "policy": decision.policy,
        "propensities": dict(decision.propensities),
        "state": decision.state,
        "unit": decision.unit,
    }
    return event("decision", time=decision.time, repository=decision.repository, subject=decision.id, data=data)


def outcome_event(outcome: ArmOutcome) -> Event:
    """Return an outcome as the event it is kept as."""
    data: dict[str, Value] = {
        "measures": dict(outcome.measures),
        "reason": outcome.reason,
        "reward": outcome.reward,
        "status": outcome.status,
    }
    return event(
        "outcome",
        time=outcome.time,
        repository=outcome.repository,
        subject=outcome.decision,
        runs=outcome.runs,
        data=data,
    )


def decision_of(kept: Event) -> ArmDecision:
    """Return the decision that an event keeps; raises ValueError saying which field makes no sense."""
    arm, propensities = _text(kept, "arm"), _numbers(kept, "propensities")
    if not kept.subject or arm not in propensities:
        raise _wrong(kept, "arm", f"a decision needs an identifier and the probability of its arm {arm!r}")
    if not all(0.0 < share <= 1.0 for share in propensities.values()) or abs(sum(propensities.values()) - 1.0) > 1e-6:
        raise _wrong(kept, "propensities", "must be positive and add up to 1")
    return ArmDecision(
        id=kept.subject,
        time=kept.time,
        arm=arm,
        propensities=propensities,
        context={name: str(value) for name, value in _mapping(kept, "context").items()},
        policy=_text(kept, "policy"),
        state=_text(kept, "state"),
        experiment=_text(kept, "experiment"),
        unit=_text(kept, "unit"),
        repository=kept.repository,
    )


def outcome_of(kept: Event) -> ArmOutcome:
    """Return the outcome that an event keeps; raises ValueError saying which field makes no sense."""
    named, reward = _text(kept, "status"), _reward(kept)
    status = _STATUSES.get(named)
    if status is None:
        raise _wrong(kept, "status", f"{named!r} is none of {', '.join(_STATUSES)}")
    if (reward is not None) != (status == "rewarded"):
        raise _wrong(kept, "reward", f"{reward!r} does not go with the status {status}")
    return ArmOutcome(
        decision=kept.subject,
        time=kept.time,
        status=status,
        reward=reward,
        reason=_text(kept, "reason"),
        measures=_numbers(kept, "measures"),
        runs=kept.runs,
        repository=kept.repository,
    )


def _reward(kept: Event) -> float | None:
    """Return the reward of an event's data, None where there is none; raises ValueError unless it is from 0 to 1."""
    reward = kept.data.get("reward")
    if reward is None:
        return None
    if isinstance(reward, bool) or not isinstance(reward, int | float) or not 0.0 <= reward <= 1.0:
        raise _wrong(kept, "reward", f"must be a number from 0 to 1, not {reward!r}")
    return float(reward)


def _wrong(kept: Event, name: str, what: str) -> ValueError:
    """Return the error about a field of an event."""
    return ValueError(f"event {kept.id}: {name}: {what}")


def _text(kept: Event, name: str) -> str:
    """Return a text of an event's data, empty where there is none; raises ValueError for anything else."""
    value = kept.data.get(name, "")
    if not isinstance(value, str):
        raise _wrong(kept, name, f"must be a text, not {value!r}")
    return value


def _mapping(kept: Event, name: str) -> Mapping[str, Value]:
    """Return an object of an event's data, empty where there is none; raises ValueError for anything else."""
    value = kept.data.get(name, {})
    if not isinstance(value, dict | Mapping):  # what was decoded is a dict, which is told much faster
        raise _wrong(kept, name, f"must be an object, not {value!r}")
    return value


def _numbers(kept: Event, name: str) -> dict[str, float]:
    """Return the finite numbers of an object in an event's data; raises ValueError for anything else."""
    found: dict[str, float] = {}
    for key, value in _mapping(kept, name).items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise _wrong(kept, f"{name}.{key}", f"must be a finite number, not {value!r}")
        found[key] = float(value)
    return found
