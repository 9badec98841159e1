"""Merging fragments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.merge import merge
from ratchetry.domain.record import Fragment, StageResult, TestResult
from tests.builders import fragments, metric


@given(fragments(), fragments(), fragments())
def test_merging_is_associative(a: Fragment, b: Fragment, c: Fragment) -> None:
    """It does not matter which fragments are merged first."""
    assert merge([merge([a, b]), c]) == merge([a, merge([b, c])])


@given(st.lists(fragments(), max_size=4), st.randoms(use_true_random=False))
def test_merging_is_commutative(parts: list[Fragment], shuffler: object) -> None:
    """It does not matter in which order fragments arrive."""
    shuffled = list(parts)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert merge(shuffled) == merge(parts)


@given(st.lists(fragments(), max_size=3))
def test_merging_is_idempotent(parts: list[Fragment]) -> None:
    """It does not matter how often a fragment arrives."""
    assert merge([*parts, *parts]) == merge(parts)


def test_the_worse_status_of_a_stage_wins() -> None:
    """A matrix passes only if every cell of it was measured and passed."""
    passed = Fragment(stages={"test": StageResult(status="passed")})
    lost = Fragment(stages={"test": StageResult(status="not_measured", reason="no report")})
    failed = Fragment(stages={"test": StageResult(status="failed")})
    assert merge([passed, lost]).stages["test"].status == "not_measured"
    assert merge([lost, failed, passed]).stages["test"].status == "failed"


def test_the_worse_value_of_a_metric_wins_in_its_direction() -> None:
    """Coverage falls to the lowest cell, findings rise to the highest."""
    left = Fragment(metrics={"coverage.line": metric(80), "lint.findings": metric(3, better="lower")})
    right = Fragment(metrics={"coverage.line": metric(70), "lint.findings": metric(2, better="lower")})
    merged = merge([left, right]).metrics
    assert (merged["coverage.line"].value, merged["lint.findings"].value) == (70, 3)


def test_the_worse_outcome_of_a_test_wins() -> None:
    """A test that fails on one Python has failed."""
    left = Fragment(tests=(TestResult(id="t", outcome="passed"), TestResult(id="u", outcome="skipped")))
    right = Fragment(tests=(TestResult(id="t", outcome="failed"), TestResult(id="u", outcome="passed")))
    assert [(test.id, test.outcome) for test in merge([left, right]).tests] == [("t", "failed"), ("u", "passed")]
