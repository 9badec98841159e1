"""Thresholds: the bounds that a record's metrics are held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The bound of one metric; exactly one of `minimum` and `maximum` is set.

    `target` is where the ratchet stops and `increment` how far it moves at a time.
    """

    metric: str
    minimum: float | None = None
    maximum: float | None = None
    target: float | None = None
    increment: float | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Every bound of a project and the history of their moves."""

    version: int = 1
    updated_at: str = ""
    bounds: tuple[Threshold, ...] = ()
    history: tuple[Mapping[str, object], ...] = field(default_factory=tuple)
