"""Experiments as values: what is compared, by which rules, and what may be said of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from ratchetry.domain.event import Refusal
from ratchetry.domain.record import Better, Count, ShortText

MetricKind = Literal["share", "size"]
"""A share lies from 0 to 1, and its mean is compared; a size is positive, and its whole distribution is."""
ExperimentState = Literal["running", "winner", "harmful", "futile", "inconclusive"]
"""Futile: the lift that was asked for is ruled out.  Inconclusive: time is up, or somebody has stopped it, before."""
MEASURES_ONLY: Final = "measures only"
"""Reason of an outcome that has no reward, and is none of the bandit's, but whose measures an experiment counts."""
REWARD: Final = "reward"
"""The metric that is the reward of an outcome; all others are its measures."""

Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentMetric:
    """A metric of an experiment and the direction in which it is better."""

    name: ShortText
    better: Better
    kind: MetricKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was planned at the start: for which base, and what it takes; None for what could not be known."""

    base: float | None = None
    """The control's share that is expected of the primary metric."""
    units_per_arm: Count | None = None
    """Units in each arm that find the smallest lift of interest with a probability of 0.8."""
    units_per_day: float | None = None
    """Units that fall to each arm in a day, at the present rate."""
    days: float | None = None
    """Days until there are so many."""
    detectable_lift: float | None = None
    """The smallest lift that is found with a probability of 0.8 when the time is up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A comparison of treatments with a control for one slot, as it was defined at its start."""

    name: ShortText
    slot: ShortText
    control: ShortText
    treatments: tuple[ShortText, ...]
    metrics: tuple[ExperimentMetric, ...]
    """The primary one first; the others are guardrails."""
    traffic: Share = 0.5
    """Share of the units that take part."""
    alpha: float = 0.05
    """Probability of calling any treatment a winner that is not better than the control."""
    min_days: Count = 7
    min_units: Count = 30
    """Units with an outcome in each arm."""
    min_lift: float = 0.1
    """Smallest improvement over the control that is worth it, as a share of the control's value."""
    max_days: Count = 60
    maturity_days: Count = 7
    """Days after which a unit without an outcome is left out."""
    salt: ShortText = ""
    started: ShortText = ""
    repository: ShortText = ""
    plan: Plan = field(default_factory=Plan)

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the control and the treatments."""
        return (self.control, *self.treatments)

    @property
    def primary(self) -> ExperimentMetric:
        """Return the metric that decides."""
        return self.metrics[0]

    @property
    def propensities(self) -> dict[str, float]:
        """Return the probability of each arm for a unit that takes part."""
        return {arm: 1.0 / len(self.arms) for arm in self.arms}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResult:
    """One metric of one treatment beside the control.

    `lift` is the improvement as a share of the control's value: positive is better in the metric's own direction.  Each
    end of the interval holds with the experiment's confidence at all times at once; None is no bound.
    """

    metric: ShortText
    better: Better
    n_control: Count
    n_treatment: Count
    control: float | None = None
    """The mean of a share, the median of a size."""
    treatment: float | None = None
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    e_value: float = 1.0
    """The most evidence, so far, for the treatment being better."""
    e_harm: float = 1.0
    """The most evidence, so far, for its being worse."""
    p_value: Share = 1.0
    """That of being better, valid however often it was looked at; not yet adjusted for several treatments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentStatus:
    """Where one treatment stands, with its primary metric first."""

    arm: ShortText
    state: ExperimentState
    reason: ShortText
    metrics: tuple[MetricResult, ...]
    path: tuple[float, ...] = ()
    """Logarithms of the evidence for being better in the primary metric, after each day."""
    harm_path: tuple[float, ...] = ()
    """Logarithms of the evidence for being worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentStatus:
    """Where an experiment stands, on the evidence of its matured days."""

    experiment: Experiment
    state: ExperimentState
    reason: ShortText
    winner: ShortText = ""
    as_of: ShortText = ""
    days: Count = 0
    """Days that count: they are over, and each of their units has an outcome or is too old to get one."""
    first_day: ShortText = ""
    last_day: ShortText = ""
    newest: ShortText = ""
    """When the newest evidence is from."""
    runs: tuple[ShortText, ...] = ()
    """The newest runs that the evidence is from."""
    assigned: Mapping[str, Count] = field(default_factory=dict)
    """Units of each arm, with an outcome or not."""
    waiting: Count = 0
    """Units whose day does not count yet."""
    left_out: Count = 0
    """Units of days that count without an outcome to count: missing, censored or late."""
    sample_ratio_p: Share = 1.0
    mismatch: bool = False
    """Whether units did not fall to the arms as planned: nothing is judged then."""
    threshold: float = 20.0
    """Evidence that a winner needs."""
    treatments: tuple[TreatmentStatus, ...] = ()
    refused: tuple[Refusal, ...] = ()
