"""The failures of one test as streaks: what began them, what ended them, and whether commits explain them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ratchetry.analyze.flaky.results import FAILED, RERUN, Environment, RunResults, file_of

Seen = tuple[int, str]
"""One decided result of a test: the index of its run, and the letter of its outcome."""
End = Literal["same", "other", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Failures of a test that follow each other in one environment, each a run by its index."""

    environment: Environment
    runs: tuple[int, ...]
    commits: tuple[str, ...]
    """Those it failed on, in their order."""
    end: End
    """It passed then on the same commit, on another one, or not yet."""
    before: str = ""
    """The commit on which it had passed last."""
    edited: bool = False
    """Whether the commit that ended or began it changed the file of the test."""
    shared: bool = False
    """Whether other tests of the same file failed in exactly the same runs."""

    @property
    def direct(self) -> bool:
        """Tell whether the test both passed and failed on one commit: code does not explain that."""
        return self.end == "same" or bool(self.before and self.before == self.commits[0])


def streaks_of(test: str, seen: Sequence[Seen], runs: Sequence[RunResults]) -> list[Streak]:
    """Return the streaks of failures of a test in each environment, in the order in which they began."""
    chains: dict[Environment, list[Seen]] = {}
    for index, letter in seen:
        chains.setdefault(runs[index].environment, []).append((index, letter))
    found = [streak for environment, chain in chains.items() for streak in _in_chain(test, environment, chain, runs)]
    return sorted(found, key=lambda streak: (streak.runs, streak.environment))


def _in_chain(
    test: str, environment: Environment, chain: Iterable[Seen], runs: Sequence[RunResults]
) -> Iterator[Streak]:
    """Yield the streaks of one environment."""
    failing: list[int] = []
    before = ""
    for index, letter in chain:
        commit = runs[index].commit
        if letter in FAILED:
            failing.append(index)
            continue
        if failing:
            yield _streak(test, environment, failing, runs, ended=index, before=before)
            failing = []
        if letter == RERUN:
            yield Streak(environment=environment, runs=(index,), commits=(commit,), end="same", before=before)
        before = commit
    if failing:
        yield _streak(test, environment, failing, runs, ended=None, before=before)


def _streak(
    test: str,
    environment: Environment,
    failing: Sequence[int],
    runs: Sequence[RunResults],
    *,
    ended: int | None,
    before: str,
) -> Streak:
    """Return the streak of some failures, given the run in which the test passed again."""
    commits = tuple(dict.fromkeys(runs[index].commit or runs[index].name for index in failing))
    last = runs[failing[-1]].commit
    end: End = "open" if ended is None else "same" if last and runs[ended].commit == last else "other"
    around = (failing[0],) if ended is None else (failing[0], ended)
    return Streak(
        environment=environment,
        runs=tuple(failing),
        commits=commits,
        end=end,
        before=before,
        edited=any(file_of(test) in runs[index].changed for index in around),
    )


def with_company(streaks: Mapping[str, Sequence[Streak]]) -> dict[str, list[Streak]]:
    """Return the streaks of all tests, told which of them tests of one file have in common."""
    counts = Counter((file_of(test), streak.runs) for test, rows in streaks.items() for streak in rows)
    return {
        test: [replace(streak, shared=True) if counts[file_of(test), streak.runs] > 1 else streak for streak in rows]
        for test, rows in streaks.items()
    }


def passing_on(
    commits: Collection[str], seen: Iterable[Seen], runs: Sequence[RunResults]
) -> Mapping[str, frozenset[Environment]]:
    """Return, for each of some commits, the environments in which a test passed on it."""
    found: dict[str, set[Environment]] = {}
    for index, letter in seen:
        if letter not in FAILED and runs[index].commit in commits:
            found.setdefault(runs[index].commit, set()).add(runs[index].environment)
    return {commit: frozenset(environments) for commit, environments in found.items()}
