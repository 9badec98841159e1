"""Priorities of modules for people: what was set, what CI recommends, and what follows."""

from __future__ import annotations

from typing import Final

from ratchetry.domain.weights import Weights
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip_middle

_MOST: Final = 30


def terminal(weights: Weights) -> str:
    """Return the priorities for a terminal, the highest first."""
    feedback = weights.ci_feedback
    if not weights.priorities:
        return "no priorities: nothing was set, and no module stands out"
    rows = []
    ranked = sorted(weights.priorities.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    for module, priority in ranked:
        known = feedback.modules.get(module)
        told = f"{100 * (1 - known.high):.1f}%-{100 * (1 - known.low):.1f}%" if known else ""
        base, recommended = feedback.base.get(module), feedback.recommended_priorities.get(module)
        rows.append(
            (
                clip_middle(module, 60),
                f"{priority:.3f}",
                "" if base is None else f"{base:.3f}",
                "" if recommended is None else f"{recommended:.3f}",
                told,
            )
        )
    return plain_table(("module", "priority", "set", "recommended", "breaks something (95%)"), rows)
