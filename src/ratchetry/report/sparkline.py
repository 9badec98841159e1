"""A series in one line of text: a block for each value, a gap for each that is missing.

E. R. Tufte, "Beautiful Evidence" (2006).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
PLAIN: Final = "_.-=*#"
"""For places that cannot show blocks."""
_GAP: Final = " "


def sparkline(values: Sequence[float | None], *, blocks: str = BLOCKS) -> str:
    """Return a mark for each value, the lowest and the highest of `blocks` for the least and the greatest of them.

    Values that are all alike stand in the middle; what is missing, or no finite number, is a gap.
    """
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if not finite:
        return _GAP * len(values)
    low, high = min(finite), max(finite)
    return "".join(
        blocks[_height(value, low, high, len(blocks))] if value is not None and math.isfinite(value) else _GAP
        for value in values
    )


def _height(value: float, low: float, high: float, steps: int) -> int:
    """Return which of so many steps a value stands on."""
    if high <= low:
        return (steps - 1) // 2
    share = (value / 2 - low / 2) / (high / 2 - low / 2)  # halves: the difference of two floats may be none
    return min(steps - 1, int(share * steps)) if math.isfinite(share) else (steps - 1) // 2
