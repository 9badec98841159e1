"""Priorities of modules from CI: help is needed where changes break something, as far as that is certain.

The recommended priority of a module is the lower bound of the chance that a change to it breaks something (95 percent
interval of the posterior with shared blame), as a share of the largest such bound: one failure in one change is no
reason yet, nine in thirty are.  Modules that changed too rarely get none.

    priority = (1 - influence) * base + influence * recommended

The base is what people have set, and stays in the file: the result is a function of base and evidence, so that the same
evidence taken in again changes nothing, and evidence that is replaced leaves no trace.  A priority that somebody edits
becomes the new base.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.domain.weights import CiFeedback, ModuleFeedback, Weights

INFLUENCE: Final = 0.2
NEUTRAL: Final = 0.5
"""The base of a module for which nobody has set a priority."""
LEAST_CHANGES: Final = 5
"""Runs that have to have changed a module before anything is recommended."""
LEAST_BOUND: Final = 0.001
"""A lower bound below this says that nothing stands out."""
DIGITS: Final = 6


def with_feedback(weights: Weights, modules: Iterable[ModuleEvidence], influence: float = INFLUENCE) -> Weights:
    """Return weights with what CI says of modules, and the priorities that follow; again, they stay as they are."""
    influence = round(influence, DIGITS)  # as the file keeps it
    ordered = sorted(modules, key=lambda one: (one.module, one.passed, one.failed, one.blame_mean, one.interval))
    evidence = list({one.module: one for one in ordered}.values())
    base = base_priorities(weights)
    recommended = recommended_priorities(evidence)
    feedback = CiFeedback(
        modules={one.module: _feedback(one) for one in evidence},
        recommended_priorities=recommended,
        base=base,
        influence=influence,
        evidence=evidence_hash(evidence),
    )
    return replace(weights, ci_feedback=feedback, priorities=blended(base, recommended, influence))


def recommended_priorities(modules: Iterable[ModuleEvidence]) -> dict[str, float]:
    """Return the priorities that the evidence speaks for, the largest of which is 1; none when nothing stands out."""
    bounds = {one.module: one.interval[0] for one in modules if one.passed + one.failed >= LEAST_CHANGES}
    largest = max(bounds.values(), default=0.0)
    if largest < LEAST_BOUND:
        return {}
    return {module: round(bound / largest, DIGITS) for module, bound in sorted(bounds.items())}


def blended(base: Mapping[str, float], recommended: Mapping[str, float], influence: float) -> dict[str, float]:
    """Return the priorities of all modules that have a base or a recommendation."""
    found: dict[str, float] = {}
    for module in sorted({*base, *recommended}):
        own = base.get(module, NEUTRAL)
        found[module] = _blend(own, recommended[module], influence) if module in recommended else round(own, DIGITS)
    return found


def base_priorities(weights: Weights) -> dict[str, float]:
    """Return what people have set: a priority that does not follow from the stored base and evidence is new."""
    kept = weights.ci_feedback
    before = blended(kept.base, kept.recommended_priorities, kept.influence)
    found: dict[str, float] = {}
    for module, value in sorted(weights.priorities.items()):
        if before.get(module) != round(value, DIGITS):
            found[module] = round(value, DIGITS)
        elif module in kept.base:
            found[module] = kept.base[module]
    return found


def evidence_hash(modules: Iterable[ModuleEvidence]) -> str:
    """Return the hash of what is learned from: the counts, posteriors and runs of each module."""
    rows = sorted((one.module, one.passed, one.failed, round(one.blame_mean, DIGITS), *one.runs) for one in modules)
    return short_hash(json.dumps(rows))


def _blend(base: float, recommended: float, influence: float) -> float:
    """Return a priority."""
    return round((1.0 - influence) * base + influence * recommended, DIGITS)


def _feedback(one: ModuleEvidence) -> ModuleFeedback:
    """Return how changes of a module fared: runs that passed and failed, its share of the blame taken for the latter.

    The mean and the interval are of the share of changes that break nothing.
    """
    changes = one.passed + one.failed
    failed = one.blame_mean * changes
    low, high = (1.0 - end for end in reversed(one.interval))
    mean = 1.0 - one.blame_mean
    return ModuleFeedback(
        passed=round(changes - failed, DIGITS),
        failed=round(failed, DIGITS),
        mean=round(mean, DIGITS),
        low=round(min(low, mean), DIGITS),
        high=round(max(high, mean), DIGITS),
    )
