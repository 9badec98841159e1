"""`bandit_weights.json`: the arms, what is known of each in each context, and the events that it was folded from.

Numbers are rounded to six digits, keys are sorted, arms stand in their own order: the same evidence is the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

from ratchetry.domain.weights import (
    ARM_PATTERN,
    MOST_ARMS,
    MOST_CONTEXTS,
    CiFeedback,
    Parameters,
    PolicyName,
    Weights,
    context_of,
    is_arm,
)
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

NEWEST: Final = 1
DIGITS: Final = 6
MOST_MODULES: Final = 10_000
_LARGEST: Final = 1e12
_ROUNDING: Final = 1e-3
"""How far sums of rounded numbers may lie above what they are bounded by."""

Name = Annotated[str, Meta(pattern=f"^{ARM_PATTERN}$", max_length=200)]
Moment = Annotated[str, Meta(max_length=40, description="UTC, ISO 8601")]
Hash = Annotated[str, Meta(max_length=64)]
Number = Annotated[float, Meta(ge=0, le=_LARGEST)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class ArmEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One arm; the first that is not retired is the static default."""

    name: Name
    content: Hash = ""
    added: Moment = ""
    retired: Moment = ""
    aliases: Annotated[tuple[Name, ...], Meta(max_length=MOST_ARMS)] = ()


class EvidenceEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What outcomes say of one arm in one context: remembered rewards and their lack, and all that ever came."""

    alpha: Number
    beta: Number
    n: Count
    reward: Number
    last: Moment


class ParametersEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How evidence is remembered, and how a choice is made of it."""

    policy: PolicyName = "thompson"
    prior_strength: Annotated[float, Meta(ge=0.01, le=1000)] = Parameters().prior_strength
    base_strength: Annotated[float, Meta(ge=0.01, le=1_000_000)] = Parameters().base_strength
    pooled_strength: Annotated[float, Meta(ge=0, le=1000)] = Parameters().pooled_strength
    pooled_half: Annotated[float, Meta(ge=0.01, le=1_000_000)] = Parameters().pooled_half
    cap: Annotated[float, Meta(ge=0, le=1_000_000)] = Parameters().cap
    idle_decay: Annotated[float, Meta(gt=0, le=1)] = Parameters().idle_decay
    discount: Annotated[float, Meta(gt=0, le=1)] = Parameters().discount
    sharpening: Annotated[float, Meta(ge=0.1, le=10)] = Parameters().sharpening
    exploration: Share = Parameters().exploration
    floor: Annotated[float, Meta(ge=0.0001, le=1)] = Parameters().floor


class ModuleEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How changes of one module fared in CI, with the 95 % interval of its share of passes."""

    passed: Number
    failed: Number
    mean: Share
    low: Share
    high: Share


class CiFeedbackEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which modules' changes go with failures."""

    modules: Annotated[Mapping[str, ModuleEntry], Meta(max_length=MOST_MODULES)] = field(default_factory=dict)
    recommended_priorities: Annotated[Mapping[str, Share], Meta(max_length=MOST_MODULES)] = field(default_factory=dict)
    base: Annotated[Mapping[str, Share], Meta(max_length=MOST_MODULES)] = field(default_factory=dict)
    influence: Share = CiFeedback().influence
    evidence: Hash = ""


class ProvenanceEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The events that the evidence was folded from."""

    events: Count = 0
    evidence: Hash = ""
    as_of: Moment = ""
    refused: Count = 0


class WeightsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document as it stands on disk."""

    version: Annotated[int, Meta(ge=1)] = NEWEST
    parameters: ParametersEntry = field(default_factory=ParametersEntry)
    arms: Annotated[tuple[ArmEntry, ...], Meta(max_length=MOST_ARMS)] = ()
    contexts: Annotated[Mapping[str, Mapping[str, EvidenceEntry]], Meta(max_length=MOST_CONTEXTS)] = field(
        default_factory=dict
    )
    ci_feedback: CiFeedbackEntry = field(default_factory=CiFeedbackEntry)
    priorities: Annotated[Mapping[str, Share], Meta(max_length=MOST_MODULES)] = field(default_factory=dict)
    fold: ProvenanceEntry = field(default_factory=ProvenanceEntry)


def loads(data: bytes, origin: str) -> Weights:
    """Return the weights of a JSON document.

    Raises StateError naming file and field, also when two arms share a name, evidence is of no arm, or its numbers
    contradict each other.
    """
    file = decode(data, WeightsFile, origin, newest=NEWEST)
    for where, problem in _problems(file):
        msg = f"{origin}: {where}: {problem}"
        raise StateError(msg)
    return msgspec.convert(file, Weights, from_attributes=True)


def dumps(weights: Weights) -> bytes:
    """Return weights as JSON for people to read and for reviews to compare.

    Raises StateError naming the field when they could not be read back.
    """
    try:
        file = msgspec.convert(_rounded(msgspec.to_builtins(weights)), WeightsFile)
    except msgspec.ValidationError as error:
        msg = f"the weights cannot be kept: {error}"
        raise StateError(msg) from error
    for where, problem in _problems(file):
        msg = f"the weights cannot be kept: {where}: {problem}"
        raise StateError(msg)
    return encode(file, indent=2)


def _problems(file: WeightsFile) -> Iterable[tuple[str, str]]:
    """Yield each field of a document that contradicts another, and how."""
    names = Counter(name for arm in file.arms for name in (arm.name, *arm.aliases))
    yield from (("arms", f"{name!r} stands there {count} times") for name, count in names.items() if count > 1)
    yield from (("arms", f"{name!r} is no name of an arm") for name in names if not is_arm(name))
    known = {arm.name for arm in file.arms}
    for key, arms in file.contexts.items():
        where = f"contexts.{key[:100]}"
        try:
            context_of(key)
        except ValueError as error:
            yield where, str(error)
        for name, evidence in arms.items():
            if name not in known:
                yield f"{where}.{name[:100]}", "there is no such arm; old names of an arm are its aliases"
            if max(evidence.alpha + evidence.beta, evidence.reward) > evidence.n + _ROUNDING:
                yield f"{where}.{name[:100]}", f"there is more evidence than {evidence.n} outcomes can give"
    for name, module in file.ci_feedback.modules.items():
        if not module.low <= module.mean <= module.high:
            yield f"ci_feedback.modules.{name[:100]}", "the mean must lie within its interval"


def _rounded(value: object) -> object:
    """Return a document with its numbers rounded, and no minus before a zero."""
    match value:
        case float():
            return round(value, DIGITS) + 0.0
        case dict():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
        case _:
            return value
