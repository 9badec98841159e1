"""`ratchetry bandit choose`: one decision, kept in the history and in the log of decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.line_log import append_lines
from ratchetry.domain.bandit import ArmDecision, decision_event
from ratchetry.domain.weights import PolicyName, Weights
from ratchetry.errors import UsageError
from ratchetry.learn.bandit.choose import Request, choose
from ratchetry.learn.bandit.identifier import decision_id
from ratchetry.learn.bandit.policies import defaults
from ratchetry.pipeline.bandit.weights_file import offered_arms, read_weights
from ratchetry.pipeline.places import places_of
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody asks for on the command line."""

    context: Mapping[str, str] = field(default_factory=dict)
    arms: tuple[str, ...] = ()
    weights_file: str | None = None
    policy: PolicyName | None = None
    unit: str = ""
    repository: str = ""


def decide(
    path: str,
    settings: Settings,
    choice: Choice,
    *,
    moment: datetime,
    entropy: bytes,
    history: str | None = None,
    write: bool = True,
) -> ArmDecision:
    """Return a decision, kept unless `write` forbids it.

    Raises UsageError for arms or a context that are none, StateError for a weights file that cannot be read.
    """
    places = places_of(path, settings)
    found = read_weights(places.root, settings, choice.weights_file)
    weights = _under(found.weights, choice.policy)
    place = HistoryDirectory(Path(history) if history else places.output)
    request = Request(
        id=decision_id(moment, entropy),
        time=f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        arms=offered_arms(weights, settings, choice.arms),
        context=choice.context,
        unit=choice.unit,
        repository=choice.repository,
    )
    frozen = settings.disable_learning
    assignment = _assignment(place, request, moment) if choice.unit and not frozen else None
    try:
        decision = choose(weights, request, state=found.state, frozen=frozen, assignment=assignment)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if write:
        place.add_event(decision_event(decision))
        append_lines(places.output / settings.decision_log, [log_line(decision)])
    return decision


def log_line(decision: ArmDecision, outcome: str | None = None) -> Mapping[str, object]:
    """Return the line that the log of decisions has of a decision, with its outcome once that is known."""
    return {
        "decision": decision.id,
        "arm": decision.arm,
        "outcome": outcome,
        "time": decision.time,
        "context": dict(decision.context),
        "propensities": dict(decision.propensities),
        "policy": decision.policy,
        "state": decision.state,
        "unit": decision.unit,
    }


def _under(weights: Weights, policy: PolicyName | None) -> Weights:
    """Return weights under the policy that was asked for, with the parameters that it has by default."""
    if policy is None or policy == weights.parameters.policy:
        return weights
    return replace(weights, parameters=defaults(policy))


def _assignment(history: HistoryDirectory, request: Request, moment: datetime) -> ArmDecision | None:
    """Return the decision of the first experiment, by name, that runs on these arms and has the unit, if one does."""
    from ratchetry.learn.decision_log import read_log
    from ratchetry.learn.experiment.assignment import decided
    from ratchetry.learn.experiment.learn import courses

    events = [kept for kept in history.events() if kept.kind == "experiment"]
    if not events:
        return None
    for course in courses(read_log(events, request.time)).by_name.values():
        experiment = course.experiment
        running = course.stop is None and course.verdict is None
        if running and set(experiment.arms) <= set(request.arms):
            decision = decided(experiment, request.unit, moment)
            if decision is not None:
                return decision
    return None
