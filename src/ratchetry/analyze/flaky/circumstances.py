"""The circumstances of each result of one test, from which its cause and its cost follow."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ratchetry.analyze.flaky.cause import Result
from ratchetry.analyze.flaky.results import FAILED, RERUN, RunResults, file_of
from ratchetry.analyze.flaky.streaks import Seen, Streak

_MOST: int = 2_000
"""The newest results of a test whose circumstances are looked at."""


class Circumstances:
    """Looks up what was the case when a test passed or failed; what runs share is looked up once."""

    def __init__(self, runs: Sequence[RunResults]) -> None:
        self._runs = runs
        self._places: dict[int, Mapping[str, int]] = {}
        self._texts: dict[int, Mapping[str, tuple[str, str]]] = {}
        self._seconds: dict[int, Sequence[float]] = {}
        self._moments: dict[int, datetime | None] = {}
        self._files: dict[int, Mapping[str, int]] = {}

    def of(self, test: str, seen: Sequence[Seen], streaks: Iterable[Streak]) -> list[Result]:
        """Return the newest results of a test, those of broken and open streaks left out."""
        failing = {index: streak for streak in streaks for index in streak.runs}
        rows = []
        for index, letter in seen[-_MOST:]:
            if letter in FAILED and index not in failing:
                continue
            rows.append(self._result(test, index, failing.get(index), failed=letter in FAILED or letter == RERUN))
        return rows

    def lost(self, test: str, seen: Iterable[Seen], streaks: Iterable[Streak]) -> float:
        """Return the seconds that a test cost: its reruns, and its part of each run that failed because of it."""
        letters = dict(seen)
        return sum(
            self._duration(test, index)
            if letters.get(index) == RERUN
            else self._runs[index].duration / max(1, sum(map(self._runs[index].outcomes.count, FAILED)))
            for streak in streaks
            for index in streak.runs
        )

    def _result(self, test: str, index: int, streak: Streak | None, *, failed: bool) -> Result:
        """Return the circumstances of one result."""
        run, moment = self._runs[index], self._moment(index)
        category, text = self._text(test, index) if failed else ("", "")
        return Result(
            failed=failed,
            hour=moment.hour if moment else None,
            weekday=moment.weekday() if moment else None,
            os=run.os,
            python=run.python,
            cpu=run.cpu,
            seconds=self._duration(test, index) if self._durations(index) else None,
            text=text,
            category=category,
            together=failed and self._failing_of(index).get(file_of(test), 0) > 1,
            again=streak is not None and streak.direct,
        )

    def _place(self, test: str, index: int) -> int | None:
        """Return where a test stands in a run."""
        tests = self._runs[index].tests
        if id(tests) not in self._places:
            self._places[id(tests)] = {name: at for at, name in enumerate(tests)}
        return self._places[id(tests)].get(test)

    def _text(self, test: str, index: int) -> tuple[str, str]:
        """Return the category of a failure and what it said."""
        if index not in self._texts:
            run = self._runs[index]
            by_signature = {row.signature: (row.category, row.evidence) for row in run.failures}
            self._texts[index] = {
                run.tests[at]: by_signature.get(signature, ("", "")) for at, signature in run.signatures.items()
            }
        return self._texts[index].get(test, ("", ""))

    def _durations(self, index: int) -> Sequence[float]:
        """Return how long each test of a run took, nothing when that is not known."""
        if index not in self._seconds:
            self._seconds[index] = array("d", self._runs[index].seconds())  # a quarter of a list's memory
        return self._seconds[index]

    def _duration(self, test: str, index: int) -> float:
        """Return how long a test took in a run."""
        place, seconds = self._place(test, index), self._durations(index)
        return seconds[place] if place is not None and place < len(seconds) else 0.0

    def _moment(self, index: int) -> datetime | None:
        """Return when a run started."""
        if index not in self._moments:
            try:
                self._moments[index] = datetime.fromisoformat(self._runs[index].started)
            except ValueError:
                self._moments[index] = None
        return self._moments[index]

    def _failing_of(self, index: int) -> Mapping[str, int]:
        """Return how many tests of each file failed in a run."""
        if index not in self._files:
            counts: dict[str, int] = {}
            for name in _failing(self._runs[index]):
                counts[file_of(name)] = counts.get(file_of(name), 0) + 1
            self._files[index] = counts
        return self._files[index]


def _failing(run: RunResults) -> Iterator[str]:
    """Yield the tests that failed in a run at least once."""
    return (run.tests[position] for position in run.bad())
