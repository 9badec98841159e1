"""Priorities from CI: a function of what people set and of the evidence, however often it is taken in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.domain.weights import Weights
from ratchetry.learn.priorities import base_priorities, recommended_priorities, with_feedback
from ratchetry.state.weights import dumps, loads


def module(name: str, *, low: float = 0.2, mean: float = 0.3, runs: int = 10) -> ModuleEvidence:
    """Return the evidence on a module."""
    return ModuleEvidence(module=name, passed=runs - 1, failed=1, blame_mean=mean, interval=(low, 0.6), runs=("1-1",))


def test_help_is_needed_where_it_fails_for_certain() -> None:
    """The module with the highest lower bound has priority 1, others their share of it."""
    found = recommended_priorities([module("auth"), module("cart", low=0.05), module("new", low=0.4, runs=4)])
    assert found == {"auth": 1.0, "cart": 0.25}
    assert recommended_priorities([module("auth", low=0.0)]) == {}


def test_a_fifth_of_influence() -> None:
    """The rest is what people have set, one half where they have set nothing; others are left alone."""
    set_ = Weights(priorities={"auth": 0.3, "docs": 0.9})
    found = with_feedback(set_, [module("auth"), module("cart", low=0.05)])
    assert found.priorities == {"auth": pytest.approx(0.44), "cart": pytest.approx(0.45), "docs": 0.9}
    assert found.ci_feedback.base == {"auth": 0.3, "docs": 0.9}
    assert found.ci_feedback.modules["auth"].failed == 3.0
    assert found.ci_feedback.modules["auth"].low == pytest.approx(0.4)


def test_evidence_that_is_replaced_leaves_no_trace() -> None:
    """After a module is no longer in the evidence its priority is what people have set, or gone."""
    found = with_feedback(Weights(priorities={"auth": 0.3}), [module("auth"), module("cart")])
    assert with_feedback(found, []).priorities == {"auth": 0.3}


def test_a_priority_that_somebody_edits_is_the_new_base() -> None:
    """What does not follow from base and evidence was set by a person."""
    found = with_feedback(Weights(priorities={"auth": 0.3}), [module("auth")])
    edited = replace(found, priorities={**found.priorities, "auth": 0.8, "cart": 0.1})
    assert base_priorities(edited) == {"auth": 0.8, "cart": 0.1}
    assert with_feedback(edited, [module("auth")]).priorities == {"auth": pytest.approx(0.84), "cart": 0.1}


MODULES = st.lists(
    st.builds(
        module,
        st.sampled_from(["auth", "cart", "docs", "api"]),
        low=st.floats(0, 0.3),
        mean=st.floats(0.3, 0.5),
        runs=st.integers(1, 30),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["auth", "cart", "x"]), st.floats(0, 1)),
    MODULES,
    MODULES,
    st.floats(0, 1),
)
def test_only_the_newest_evidence_counts(
    base: dict[str, float], first: list[ModuleEvidence], second: list[ModuleEvidence], influence: float
) -> None:
    """Twice is once, an earlier report changes nothing about a later one, and the file keeps all of it."""
    start = Weights(priorities=base)
    once = with_feedback(start, first, influence)
    assert with_feedback(once, first, influence) == once
    assert with_feedback(once, list(reversed(first)), influence) == once
    assert with_feedback(once, second) == with_feedback(start, second)
    kept = loads(dumps(once), "weights")
    assert dumps(with_feedback(kept, first, influence)) == dumps(once)
    assert all(0.0 <= value <= 1.0 for value in once.priorities.values())
