"""Which advice comes first: drawn among equals, by propensities that anybody can check."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ratchetry.domain.weights import ArmEvidence, Weights
from ratchetry.learn.bandit.propensity import drawn
from ratchetry.learn.suggestions.choice import Draw, ordered
from tests.unit.learn.suggestions.evidence import suggestion

TYPES = suggestion("a" * 16, "type-errors", 10.0)
LINT = suggestion("b" * 16, "lint-rule", 8.0)
WEAK = suggestion("c" * 16, "complexity", 2.0)
TESTS = replace(suggestion("d" * 16, "flaky-test", 9.0), code_type="tests")
DRAW = Draw(run="7-1", time="2026-03-10T00:00:00Z", repository="octocat/hello")


def test_everything_is_there_once_and_equals_are_drawn() -> None:
    """A place goes to one of the kinds about as good for the same type of code; the same run gives the same draw."""
    rows = ordered((TYPES, TESTS, LINT, WEAK), DRAW)
    assert sorted(row.suggestion.fingerprint for row in rows) == sorted("abcd"[n] * 16 for n in range(4))
    assert rows == ordered((TYPES, TESTS, LINT, WEAK), DRAW)
    first = rows[0].decision
    assert first is not None
    assert set(first.propensities) == {"type-errors", "lint-rule"}
    assert sum(first.propensities.values()) == pytest.approx(1.0)
    assert drawn(first.id, first.propensities) == first.arm == rows[0].suggestion.kind
    assert first.unit == rows[0].suggestion.fingerprint
    assert first.context == {"code_type": "source"}
    ids = [row.decision.id for row in rows if row.decision]
    assert len(set(ids)) == 4


def test_what_is_much_better_never_waits() -> None:
    """Nothing with less than half of the best score takes its place."""
    for seed in range(30):
        rows = ordered((TYPES, WEAK), replace(DRAW, run=str(seed)))
        assert rows[0].suggestion == TYPES


def test_seeds_explore_and_evidence_decides() -> None:
    """Without evidence either kind comes first at times; with much, the one that works nearly always does."""
    plain = Counter(ordered((TYPES, LINT), replace(DRAW, run=str(n)))[0].suggestion.kind for n in range(60))
    assert min(plain.values()) >= 15
    known = {
        "code_type=source": {
            "lint-rule": ArmEvidence(alpha=30, beta=2, n=32, reward=30),
            "type-errors": ArmEvidence(alpha=2, beta=30, n=32, reward=2),
        }
    }
    taught = replace(DRAW, weights=Weights(contexts=known))
    after = Counter(ordered((TYPES, LINT), replace(taught, run=str(n)))[0].suggestion.kind for n in range(60))
    assert after["lint-rule"] >= 57


def test_frozen_learning_draws_nothing() -> None:
    """The order is that of the score alone, and no decision is made."""
    rows = ordered((TYPES, LINT), replace(DRAW, frozen=True))
    assert [(row.suggestion, row.decision) for row in rows] == [(TYPES, None), (LINT, None)]
