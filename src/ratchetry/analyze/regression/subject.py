"""What a run and its base are compared by, and which differences matter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.analyze.comparison.verdict import Margin, default_margin
from ratchetry.domain.series import Point, Series

TIMES: Final = "seconds"
"""The unit of what differs from one run to the next on the same code."""
_MARGINS: Final = {
    "size.source_lines": Margin(size=0.1, relative=True),
    "complexity.mean": Margin(size=0.05, relative=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is compared: the base's series, oldest first, the head's points of the same, and rounds of both if known."""

    base: Series
    head: tuple[Point, ...]
    base_rounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The rounds of each run of the base, by its name."""
    head_rounds: tuple[float, ...] = ()

    @property
    def observed(self) -> tuple[float, ...]:
        """Return the values of the head."""
        return tuple(point.value for point in self.head if math.isfinite(point.value))


def margin_of(name: str, unit: str) -> Margin:
    """Return the margin of a metric: that of its unit but for few."""
    return _MARGINS.get(name) or default_margin(unit)
