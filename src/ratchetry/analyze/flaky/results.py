"""What flakiness is judged by: the outcomes of all tests of many runs, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.record import Failure

FAILED: Final = "FE"
RERUN: Final = "R"
SKIPPED: Final = "S"
BAD: Final = FAILED + RERUN
"""The letters of outcomes: P passed, F failed, E error, S skipped, R passed only when run again."""

Environment = tuple[str, str]
"""Operating system and minor version of Python: a test may fail on one and pass on another without being flaky."""


def no_seconds() -> Sequence[float]:
    """Return that no durations are known."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults:
    """One attempt of a run; position i of `outcomes` is the outcome of `tests[i]`.

    Runs with the same tests should share one sequence of their identifiers: it is looked through only once.
    """

    name: str
    started: str = ""
    commit: str = ""
    """Empty when it is not known, or when the code was changed besides."""
    os: str = ""
    python: str = ""
    cpu: str = ""
    duration: float = 0.0
    changed: frozenset[str] = frozenset()
    tests: Sequence[str] = ()
    outcomes: str = ""
    signatures: Mapping[int, str] = field(default_factory=dict)
    """How tests failed, by their position."""
    failures: tuple[Failure, ...] = ()
    seconds: Callable[[], Sequence[float]] = no_seconds

    @property
    def environment(self) -> Environment:
        """Return the environment whose results are compared with each other."""
        return self.os, ".".join(self.python.split(".")[:2])

    def bad(self) -> list[int]:
        """Return the positions of tests that failed at least once, in their order."""
        found: list[int] = []
        for letter in BAD:
            at = self.outcomes.find(letter)
            while at >= 0:
                found.append(at)
                at = self.outcomes.find(letter, at + 1)
        return sorted(found)

    def decided(self) -> int:
        """Return how many tests passed or failed."""
        return len(self.outcomes) - self.outcomes.count(SKIPPED)


def in_order(runs: Iterable[RunResults]) -> list[RunResults]:
    """Return runs in the order of their start, each attempt once, those without any result left out."""
    once = {run.name: run for run in runs if run.decided()}
    return sorted(once.values(), key=lambda run: (run.started, run.name))


def file_of(test: str) -> str:
    """Return the file of a test, or what stands in its place in the identifier."""
    return test.partition("::")[0]
