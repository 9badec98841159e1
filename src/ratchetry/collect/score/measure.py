"""What a measure of a document gives: a number from 0 to 1 and what would raise it, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One concrete thing to mend in a document; `line` 0 means the whole of it."""

    rule: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measured share from 0 to 1, on how many observations it rests, and what would raise it."""

    value: float
    n: int = 1
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A measure that could not be taken, because."""

    reason: str


Outcome = Measure | LeftOut
