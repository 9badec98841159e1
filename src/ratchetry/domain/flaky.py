"""Flaky tests as values: what is known of one, what broke, which runs say nothing, and who is in quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta

from ratchetry.domain.record import Count, Seconds, ShortText

FlakyStatus = Literal["active", "suspected", "resolved"]
CauseKind = Literal["order", "time", "concurrency", "network", "randomness", "resource", "platform", "unknown"]
Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The likeliest reason for which a test is flaky, how likely it is among all, and what speaks for it."""

    kind: CauseKind = "unknown"
    probability: Share = 0.0
    evidence: tuple[ShortText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A test whose failures do not block until a day, and why; `since` is when that was decided."""

    test: ShortText
    reason: ShortText
    until: ShortText
    since: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyTest:
    """One test that fails now and then whatever the code is, with the evidence for that."""

    test: ShortText
    status: FlakyStatus
    probability: Share
    """Of being flaky, given the history; the rest is the probability that the code broke it each time."""
    rate: Share
    """How often it fails, at its first try in a run: the mean of the posterior; `low` and `high` hold 95% of it."""
    low: Share
    high: Share
    results: Count
    failures: Count
    """Failures that count: not those of outages, and not those of commits that broke it."""
    reruns: Count = 0
    """Failures after which it passed on the same commit, in the same environment."""
    flips: Count = 0
    """Failures after which it passed on another commit."""
    broken: Count = 0
    """How often commits broke it in the same time, which does not count."""
    first_failed: ShortText = ""
    last_failed: ShortText = ""
    last_run: ShortText = ""
    clean: Count = 0
    """Results since it failed last."""
    needed: Count = 0
    """Clean results that resolve it, counted from its last failure."""
    lost: Seconds = 0.0
    """Time of runs that it failed, shared among the tests that failed there, and of its own reruns."""
    runs: tuple[ShortText, ...] = ()
    """The newest runs in which it failed."""
    outcomes: ShortText = ""
    """Its newest results, oldest first: P passed, F failed, R passed when run again, B broken, O outage, S skipped."""
    cause: Cause = field(default_factory=Cause)
    quarantine: Quarantine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenTest:
    """A test that fails in the newest runs, and has not passed since: broken until it is proven flaky."""

    test: ShortText
    since: ShortText
    commit: ShortText
    run: ShortText
    failures: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A run whose failures, all or those of one signature, say nothing of the tests."""

    run: ShortText
    time: ShortText
    failed: Count
    decided: Count
    reason: ShortText


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyReport:
    """What a history says of flaky tests."""

    runs: Count
    tests: Count
    first: ShortText = ""
    last: ShortText = ""
    flaky: tuple[FlakyTest, ...] = ()
    broken: tuple[BrokenTest, ...] = ()
    outages: tuple[Outage, ...] = ()
    new: tuple[ShortText, ...] = ()
    """Tests that too few runs have seen to say anything: to be vetted."""
    quarantined: tuple[Quarantine, ...] = ()
    """Tests in quarantine now."""
