"""Attribution as values: what goes with a failure or a step, how surely, and how to make sure by bisection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ratchetry.domain.trend_report import ModuleEvidence

AttributedKind = Literal["failure", "step", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A module or file that changed, and the probability that the cause lies in it."""

    name: str
    probability: float
    risk: float
    """The mean of the posterior of a change to it breaking something, whatever this case is."""
    changes: int
    """Observed changes of it before."""
    why: str = ""
    """What else speaks for it: its name, or that the test imports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectCommit:
    """A commit of the range, and the probability that it is the cause."""

    sha: str
    time: str
    probability: float
    files: int
    lines: int
    modules: tuple[str, ...] = ()
    """Those of its modules that speak most for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bisection:
    """How to find the cause among commits: where to begin, how many tests that takes on average, and the commands."""

    good: str
    bad: str
    commits: int
    first: str
    """The commit to test first: about as probably before the cause as after it."""
    steps: float
    """Tests on average, always taking the commit that splits the probability best."""
    plain_steps: float
    """Tests on average when commits are halved by their number, as git does by itself."""
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What goes with a failure, a run or a step: commits from `last_good` (without it) to `first_bad` (with it)."""

    kind: AttributedKind
    subject: str
    """The test, gate or metric that it is about."""
    told: str
    """What happened to it, in one sentence."""
    last_good: str = ""
    first_bad: str = ""
    run: str = ""
    time: str = ""
    outside: float = 0.0
    """The probability that the cause is in none of the changes: a dependency, a service, the machine."""
    modules: tuple[Suspect, ...] = ()
    files: tuple[Suspect, ...] = ()
    commits: tuple[SuspectCommit, ...] = ()
    bisection: Bisection | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionReport:
    """What a history says of causes: of one failure or step if there is one, and of all modules that changed."""

    branch: str
    runs: int
    failures: int
    """Commits at which something broke."""
    since: str = ""
    as_of: str = ""
    attribution: Attribution | None = None
    modules: tuple[ModuleEvidence, ...] = ()
    notes: tuple[str, ...] = ()
