"""What one tool of the stage contributes to its fragment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.record import Finding, Metric

NAME: Final = "security"
"""The stage's name."""


LONGEST_MESSAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Metrics and findings of one tool, and each metric family it could not measure with the reason."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unmeasured: Mapping[str, str] = field(default_factory=dict)
