"""The run record: one versioned document per run attempt, merged from the stages' fragments.

Field names follow OpenTelemetry's CI/CD semantic conventions where they have one
(https://opentelemetry.io/docs/specs/semconv/cicd/).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta

SCHEMA_VERSION: Final = 1

Status = Literal["passed", "failed", "not_measured", "skipped"]
Outcome = Literal["passed", "failed", "error", "skipped", "flaky"]
Better = Literal["higher", "lower"]
Severity = Literal["critical", "high", "medium", "low", "info", "unknown"]
Verdict = Literal["pass", "warn", "fail", "not_measured"]

Seconds = Annotated[float, Meta(ge=0, description="seconds")]
Count = Annotated[int, Meta(ge=0)]
ShortText = Annotated[str, Meta(max_length=4096)]
Path = Annotated[str, Meta(max_length=4096, description="relative to the repository root, with /")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """The machine a run was measured on."""

    os: ShortText
    cpu_model: ShortText
    cores: Count
    python: ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """Where a record comes from."""

    repository: ShortText
    run_id: ShortText
    attempt: Annotated[int, Meta(ge=1)] = 1
    event: ShortText = "local"
    workflow: ShortText = ""
    commit: ShortText = ""
    base_commit: ShortText = ""
    branch: ShortText = ""
    dirty: bool = False
    pull_request: Annotated[int, Meta(ge=1)] | None = None
    started: Annotated[str, Meta(description="UTC, ISO 8601")] = ""
    duration: Seconds = 0.0
    runner: Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file that differs from the base commit, with its added and deleted lines."""

    path: Path
    added: Count
    deleted: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the run changes against its base: files and commit trailers."""

    files: tuple[ChangedFile, ...] = ()
    trailers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """How one stage ended; `unmeasured` names each metric family it could not measure, and why."""

    status: Status
    reason: ShortText = ""
    duration: Seconds = 0.0
    tools: Mapping[str, str] = field(default_factory=dict)
    unmeasured: Mapping[str, ShortText] = field(default_factory=dict)
    cached: bool = False

    def __post_init__(self) -> None:
        """Refuse a stage that was not measured, or was skipped, without saying why."""
        if self.status in {"not_measured", "skipped"} and not self.reason:
            msg = f"a stage that is {self.status} must say why"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measured number; `n` is how many observations it rests on, `spread` their IQR."""

    value: float
    unit: ShortText
    better: Better
    stage: ShortText
    n: Count = 1
    spread: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that are not finite: they are not measurements."""
        if not math.isfinite(self.value) or not (self.spread is None or math.isfinite(self.spread)):
            msg = f"a metric must be finite, got value={self.value} spread={self.spread}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test: its identifier, outcome, seconds, attempts and failure signature."""

    __test__ = False

    id: ShortText
    outcome: Outcome
    duration: Seconds = 0.0
    attempts: Annotated[int, Meta(ge=1)] = 1
    signature: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a tool found at a place; `line` 0 means the whole file."""

    tool: ShortText
    rule: ShortText
    severity: Severity
    path: Path
    line: Count = 0
    message: ShortText = ""
    fingerprint: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One benchmark: its raw rounds in seconds and the statistics its tool gave."""

    name: ShortText
    rounds: tuple[float, ...]
    statistics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One distinct way of failing: tests that share a signature fail alike."""

    signature: ShortText
    category: ShortText
    evidence: ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One bound checked against one metric; `margin` is positive on the good side of the bound."""

    metric: ShortText
    kind: Literal["minimum", "maximum", "measured"]
    bound: float | None = None
    value: float | None = None
    margin: float | None = None
    verdict: Verdict
    reason: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What one stage, or several merged ones, measured."""

    stages: Mapping[str, StageResult] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    tests: tuple[TestResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Everything one run attempt measured, and the verdict of its gates."""

    schema_version: Annotated[int, Meta(ge=1)] = SCHEMA_VERSION
    ratchetry: ShortText = ""
    run: RunInfo
    change: Change = field(default_factory=Change)
    stages: Mapping[str, StageResult] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    tests: tuple[TestResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    failures: tuple[Failure, ...] = ()
    gates: tuple[Gate, ...] = ()
    verdict: Verdict = "not_measured"
