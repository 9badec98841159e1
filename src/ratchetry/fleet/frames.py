"""What the shared expressions are made of: frames, and conditions and ratios that engines agree on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoLazyFrame

    Frame = nw.LazyFrame[IntoLazyFrame]
    Frames = Mapping[str, Frame]

RUN: Final = ("repository", "run_id", "attempt")
ORDER: Final = ("started", "run_id", "attempt")
FAILING: Final = ("failed", "error", "flaky")
"""Outcomes of a test that failed at least once in a run."""
SKIPPED: Final = "skipped"
"""The one outcome that decides nothing."""


def ratio(above: nw.Expr, below: nw.Expr) -> nw.Expr:
    """Return a ratio of two columns, NULL where there is nothing below."""
    import narwhals as nw

    return nw.when(below > 0).then(above.cast(nw.Float64) / below.cast(nw.Float64))


def number(condition: nw.Expr) -> nw.Expr:
    """Return 1 where a condition holds and 0 where it does not."""
    import narwhals as nw

    return condition.cast(nw.Int64)


def known(column: nw.Expr) -> nw.Expr:
    """Return 1 where a column has a value and 0 where it is NULL."""
    return number(~column.is_null())
