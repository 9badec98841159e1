"""Suggestions as values: what would help, what speaks for it, what to do next, and when it counts as done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

from ratchetry.domain.bandit import ArmDecision
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Better, Count, ShortText
from ratchetry.domain.thresholds import BoundKind

SUGGESTIONS_VERSION: Final = 1
MOST_SUGGESTIONS: Final = 1000
MOST_TESTS: Final = 20
"""Tests and files that one suggestion names."""

SuggestionKind = Literal[
    "broken-tests",
    "change-point",
    "complexity",
    "flaky-test",
    "lint-rule",
    "metric-failing",
    "metric-worsening",
    "quarantine-expiring",
    "slow-benchmark",
    "threshold-target",
    "type-errors",
    "uncovered-module",
    "vulnerable-dependency",
]
KINDS: Final[tuple[SuggestionKind, ...]] = (
    "broken-tests",
    "change-point",
    "complexity",
    "flaky-test",
    "lint-rule",
    "metric-failing",
    "metric-worsening",
    "quarantine-expiring",
    "slow-benchmark",
    "threshold-target",
    "type-errors",
    "uncovered-module",
    "vulnerable-dependency",
)
CodeType = Literal["source", "tests", "dependencies", "project"]
Measure = Literal["metric", "findings", "tests", "bound"]
"""What a goal looks at in a run: a metric, how many findings there are or tests fail, or a bound of its gates."""

_PREFIX: Final = "advice-"
Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """When a suggestion counts as done: what is measured in a run, and the bound it keeps so many runs in a row."""

    measure: Measure
    metric: ShortText
    """The metric, or the one that tells that the findings were looked for."""
    kind: BoundKind
    bound: float
    runs: Annotated[int, Meta(ge=1, le=1000)] = 2
    tool: ShortText = ""
    rule: ShortText = ""
    path: ShortText = ""
    tests: Annotated[tuple[ShortText, ...], Meta(max_length=MOST_TESTS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the rank rests on, each from 0 to 1; the cost is in hours as people guess them."""

    severity: Share
    """How bad it is to leave it."""
    evidence: Share
    """How surely it is there."""
    gain: Share
    """How much of it doing this would mend."""
    cost: Annotated[float, Meta(gt=0)]
    works: Share = 0.5
    """How often advice of this kind has moved its metric: the mean of what is believed of it."""

    @property
    def score(self) -> float:
        """Return severity x evidence x gain x works / cost, times 100."""
        return round(100.0 * self.severity * self.evidence * self.gain * self.works / self.cost, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing to do: where, why, what speaks for it, the next step, and when it is done."""

    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    kind: SuggestionKind
    code_type: CodeType
    title: ShortText
    why: ShortText
    files: Annotated[tuple[ShortText, ...], Meta(max_length=MOST_TESTS)] = ()
    rule: ShortText = ""
    test: ShortText = ""
    runs: tuple[ShortText, ...] = ()
    commits: tuple[ShortText, ...] = ()
    interval: tuple[float, float] | None = None
    """95 percent of the effect that it rests on, where that was estimated."""
    command: ShortText
    """One concrete next step."""
    goal: Goal
    value: float
    """What the goal measures, now."""
    noise: Annotated[float, Meta(ge=0)] = 0.0
    """How far that moves by itself."""
    unit: ShortText = ""
    better: Better = "lower"
    worth: Worth
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A suggestion in its place, and the decision that put it there where one was drawn."""

    suggestion: Suggestion
    decision: ArmDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRate:
    """How often advice of one kind has moved its metric; the interval holds 95 percent of the posterior."""

    kind: SuggestionKind
    hits: Count = 0
    misses: Count = 0
    censored: Count = 0
    waiting: Count = 0
    mean: Share
    interval: tuple[Share, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionReport:
    """What would help most, the first first; `unmeasured` says what could not be looked at, and why."""

    schema_version: Annotated[int, Meta(ge=1)] = SUGGESTIONS_VERSION
    ratchetry: ShortText = ""
    repository: ShortText = ""
    branch: ShortText = ""
    as_of: ShortText = ""
    run: ShortText = ""
    found: Count = 0
    """Suggestions that there are, also those that were not asked for."""
    suggestions: Annotated[tuple[Suggestion, ...], Meta(max_length=MOST_SUGGESTIONS)] = ()
    hit_rates: tuple[HitRate, ...] = ()
    unmeasured: dict[str, ShortText] = field(default_factory=dict)


def suggestion_key(family: str, *parts: str) -> str:
    """Return the fingerprint of what a suggestion is about; it stays while values, reasons and ranks change."""
    return short_hash("suggestion", family, *parts)


def advice_id(fingerprint: str, run: str) -> str:
    """Return the identifier of the decision to give a piece of advice after a run."""
    return f"{_PREFIX}{short_hash(fingerprint, run)}"


def is_advice(decision: str) -> bool:
    """Tell whether an identifier is that of a decision about advice, rather than one of the arms people declare."""
    return decision.startswith(_PREFIX)
