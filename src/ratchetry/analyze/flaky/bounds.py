"""The numbers that decide, each with what it means; the defaults are calibrated by benchmarks/flaky.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Priors of the two explanations of a failure, and the bounds of a verdict.

    The explanations are compared over the whole series of a test. Flaky: every result fails with one unknown
    rate, drawn from Beta(rate_failures, rate_passes). Sound: the outcome follows from the code; a commit breaks the
    test with a chance drawn from Beta(1, break_odds), the next commits repair it with the chance `repair` each, and
    a result that differs from others of its commit is a fault that nobody recognized, with the chance `noise`.
    """

    rate_failures: float = 0.5
    rate_passes: float = 9.5
    """A mean rate of 5 percent that weighs as much as ten results."""
    break_odds: float = 599.0
    repair: float = 0.25
    noise: float = 1e-4
    elsewhere: float = 0.2
    """Chance that what breaks a test does so in one environment only."""
    prior: float = 0.1
    """Share of tests that are flaky, before anything is known."""
    activate: float = 0.9
    """Probability of being flaky from which a test counts as such."""
    suspect: float = 0.5
    least_rate: float = 0.002
    """A rate that matters; it must be exceeded with the probability `rate_certainty`."""
    rate_certainty: float = 0.9
    resolve: float = 0.001
    """A test is resolved when, were it still flaky, so many clean results would be less likely than this."""
    least_clean: int = 20
    """Clean results that resolving takes at least."""
    outage_share: float = 0.2
    """Share of the decided tests that, failing at once, are an outage, where it is more than usual."""
    outage_certain: float = 0.5
    """The same, whatever is usual."""
    outage_least: int = 5
    """Tests that have to fail for that."""
    outage_chance: float = 1e-6
    """Chance of so many independent failures in one run below which they are an outage."""
    common_tests: int = 5
    common_files: int = 3
    """Failures of one run that are alike, in so many tests of so many files, have one cause outside of the tests."""
    common_runs: float = 0.1
    common_least: int = 2
    """In no more than this share, or number, of runs: what is common in more is no outage, but how failures look."""
    vetted: int = 10
    """Results below which a test is new."""


DEFAULT = Bounds()
