"""Many tests at once: which of their p-values still mean something.

Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57
(1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from collections.abc import Sequence


def false_discovery_rate(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's adjusted p-values, in the order of the given ones.

    Declaring what lies at or below q keeps the expected share of false discoveries at q.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index], reverse=True)
    adjusted = [0.0] * len(p_values)
    least = 1.0
    for rank, index in enumerate(order):
        least = min(least, p_values[index] * len(p_values) / (len(p_values) - rank))
        adjusted[index] = least
    return adjusted
