"""What a run says against its base: each metric compared, tests that fail now, and what was not measured."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.attribution import Attribution
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFound:
    """The base of a run: the commit to compare with, and the nearest one before it, or itself, that was measured."""

    commit: str
    """Empty where git knows none: the runs before are the base then."""
    measured: str
    behind: int = 0
    """Commits between the two."""
    note: str = ""
    """How the base was found, where that is not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFailure:
    """A test that fails at the head: `passed` names the newest run of the base in which it passed, empty if it is new.

    `flaky` tells that it is known to fail now and then whatever the code is.
    """

    test: str
    passed: str = ""
    flaky: bool = False
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionReport:
    """How a run differs from its base, at a false discovery rate over all comparisons."""

    repository: str = ""
    run: str = ""
    commit: str = ""
    branch: str = ""
    """The branch whose runs are the base."""
    base: BaseFound
    rate: float
    comparisons: tuple[Comparison, ...] = ()
    failures: tuple[NewFailure, ...] = ()
    new: tuple[str, ...] = ()
    """Metrics that the base does not have."""
    unmeasured: tuple[tuple[str, str], ...] = ()
    """Metrics of the base's newest run that the head does not have, and why where that is known."""
    causes: tuple[Attribution, ...] = ()
    """What goes with the worst of it: files and commits between base and head, and how to make sure."""
    notes: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    """The base of each comparison, with the head as the last point; for tables and drawings, not in the JSON."""

    @property
    def regressed(self) -> tuple[Comparison, ...]:
        """Return what is worse."""
        return tuple(each for each in self.comparisons if each.verdict == "regressed")

    @property
    def broken(self) -> tuple[NewFailure, ...]:
        """Return the tests that fail and are not known as flaky."""
        return tuple(each for each in self.failures if not each.flaky)
