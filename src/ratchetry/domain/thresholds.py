"""Thresholds: the bounds that a record's metrics are held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

BoundKind = Literal["minimum", "maximum"]
Scalar = str | float | int | bool | None
Move = Mapping[str, Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]]
"""One move of a bound: which, from where, to where, when, and the evidence it cites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The bound of one metric; `target` is where its ratchet stops, `increment` how far it moves at a time."""

    metric: str
    kind: BoundKind
    bound: float
    target: float | None = None
    increment: float | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Every bound of a project and the history of their moves."""

    version: int = 1
    updated_at: str = ""
    bounds: tuple[Threshold, ...] = ()
    history: tuple[Move, ...] = ()
