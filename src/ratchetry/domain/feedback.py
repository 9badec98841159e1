"""Feedback: what of a trend report is worth telling, and whether someone has to act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a trend report says at a false discovery rate, a line each; `unmeasured` is why nothing may be said."""

    regressed: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    """Series whose level has lately changed for the worse."""
    improved: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    """Series on their way to a bound, or beyond it."""
    flaky: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    blind: bool = False
    """Whether the newest run was not compared with those before, so that nothing may be concluded from silence."""

    @property
    def action_needed(self) -> bool:
        """Return whether the newest run, or the newest level of a series, is worse than before."""
        return bool(self.regressed or self.worse)

    @property
    def has_feedback(self) -> bool:
        """Return whether there is anything to tell."""
        return self.action_needed or bool(self.improved or self.better or self.heading or self.flaky or self.unmeasured)
