"""What running tests again and again says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ratchetry.domain.record import Count, Seconds, ShortText

Verdict = Literal["stable", "flaky", "order-dependent", "broken", "skipped", "not-run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetted:
    """One test: its verdict, how often it ran and failed, and the order in which it fails."""

    test: ShortText
    verdict: Verdict
    runs: Count = 0
    failures: Count = 0
    seed: int | None = None
    """Of an order in which it failed."""
    after: tuple[ShortText, ...] = ()
    """Tests that ran before it whenever it failed, and never when it passed: what it may depend on."""
    needs: tuple[ShortText, ...] = ()
    """Tests that ran before it whenever it passed, and never when it failed: what it may need."""
    reason: ShortText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VetReport:
    """All tests that were vetted, and what could not be run, with the seed of the first order."""

    seed: int
    rounds: Count
    seconds: Seconds
    tests: tuple[Vetted, ...] = ()
    problems: tuple[ShortText, ...] = ()

    @property
    def unsteady(self) -> tuple[Vetted, ...]:
        """Return the tests that cannot be relied on."""
        return tuple(test for test in self.tests if test.verdict in {"flaky", "order-dependent", "broken"})
