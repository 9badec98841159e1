"""A history read once, run by run: what of it the documents hold, and nothing else."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.dashboard_details import TIMED_RUNS
from ratchetry.domain.moment import DAY, days_of
from ratchetry.history.columns import RunColumns, TestPart
from ratchetry.history.decoding import expanded
from ratchetry.report.dashboard.gathered import Read
from ratchetry.report.dashboard.outcomes import Outcomes, row_of
from ratchetry.report.dashboard.rows import Columns
from ratchetry.report.dashboard.runs import RunLine
from ratchetry.report.dashboard.shorten import parts
from ratchetry.report.dashboard.tests import Tests

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

_FAILURES: Final = 5
"""Newest failures of one test of which the signature is shown."""


@dataclass(slots=True)
class _Growing:
    """The columns of a metric while they are read."""

    unit: str
    run: array[int] = field(default_factory=lambda: array("l"))
    value: array[float] = field(default_factory=lambda: array("d"))
    n: array[int] = field(default_factory=lambda: array("q"))
    spread: list[float | None] = field(default_factory=list)


def read(history: HistoryDirectory, since: str = "") -> Read:
    """Return the runs of a history since a moment, of all branches; raises StateError naming a damaged file."""
    reader = _Reader(history)
    for columns in history.columns(since):
        reader.add(columns)
    return reader.result()


@lru_cache(maxsize=65536)
def seconds_of(time: str) -> int:
    """Return the seconds from 1970 to a moment in ISO 8601, 0 where it is none."""
    days = days_of(time)
    return 0 if days is None else round(days * DAY)


class _Reader:
    """Takes runs one by one, names looked up once for each chunk of them."""

    def __init__(self, history: HistoryDirectory) -> None:
        self._names = history.names
        self._runs: list[RunLine] = []
        self._metrics: dict[str, _Growing] = {}
        self._of_chunk: dict[str, tuple[_Growing, ...]] = {}
        self._tests: dict[str, int] = {}
        self._places: dict[object, Places] = {}
        self._rows: list[NDArray[np.uint8]] = []
        self._timed: list[tuple[int, tuple[TestPart, ...]]] = []
        self._last_timed: tuple[int, tuple[TestPart, ...]] | None = None
        self._with_tests = 0
        self._step = 1
        self._failures: dict[int, deque[tuple[int, str]]] = {}

    def add(self, columns: RunColumns) -> None:
        """Take the next run."""
        at = len(self._runs)
        self._take_metrics(columns, at)
        self._take_tests(columns.tests, at)
        self._runs.append(
            RunLine(
                run=columns.run,
                verdict=columns.verdict,
                failed=sum(1 for part in columns.tests for _ in part.positions("FE")) if columns.tests else None,
                coverage=self._newest("coverage.line", at),
                score=self._newest("score.total", at),
            )
        )

    def result(self) -> Read:
        """Return all that was taken."""
        timed = self._spread()
        return Read(
            runs=tuple(self._runs),
            metrics={
                name: Columns(name=name, unit=one.unit, run=one.run, value=one.value, n=one.n, spread=one.spread)
                for name, one in sorted(self._metrics.items())
            },
            tests=Tests(
                names=tuple(self._tests),
                outcomes=Outcomes(len(self._tests), self._rows),
                timed=tuple(at for at, _ in timed),
                seconds=tuple(self._seconds(kept) for _, kept in timed),
                signatures={test: tuple(found) for test, found in self._failures.items()},
            ),
        )

    def _take_metrics(self, columns: RunColumns, at: int) -> None:
        """Take the metrics of a run."""
        for part in columns.metrics:
            known = self._of_chunk.get(part.chunk)
            if known is None:
                known = tuple(
                    self._metrics.setdefault(name[0], _Growing(unit=name[1])) for name in self._names(part.chunk)
                )
                self._of_chunk[part.chunk] = known
            for one, value in zip(known, part.values, strict=True):
                one.run.append(at)
                one.value.append(value)
            _extend(known, part.n, part.spread)

    def _take_tests(self, tests: tuple[TestPart, ...], at: int) -> None:
        """Take the outcomes of a run's tests, and keep where its durations are."""
        import numpy as np

        places = [self._places_of(part) for part in tests]
        row = np.zeros(len(self._tests), dtype=np.uint8)
        for part, where in zip(tests, places, strict=True):
            outcomes = row_of(part.outcomes)
            if part.repeats:
                np.maximum.at(row, where, outcomes)
            else:
                row[where] = outcomes
            for signature, positions in part.signatures.items():
                for position in positions:
                    found = self._failures.setdefault(int(where[position]), deque(maxlen=_FAILURES))
                    found.append((at, signature))
        self._rows.append(row)
        if tests:
            self._keep_timed(at, tests)

    def _keep_timed(self, at: int, tests: tuple[TestPart, ...]) -> None:
        """Keep every so manieth run with tests, and the newest of them."""
        if self._with_tests % self._step == 0:
            self._timed.append((at, tests))
        if len(self._timed) > 2 * TIMED_RUNS:
            self._timed = self._timed[::2]
            self._step *= 2
        self._with_tests += 1
        self._last_timed = (at, tests)

    def _spread(self) -> Sequence[tuple[int, tuple[TestPart, ...]]]:
        """Return the runs of which durations are shown, evenly spread, the newest among them."""
        if self._last_timed is None:
            return ()
        older = self._timed[:-1] if self._timed[-1] == self._last_timed else self._timed
        pieces = parts(len(older), TIMED_RUNS - 1)
        return [*(older[piece.stop - 1] for piece in pieces), self._last_timed]

    def _seconds(self, tests: Iterable[TestPart]) -> dict[int, float]:
        """Return the durations of a run's tests by their places."""
        return {
            place: value
            for part in tests
            for place, value in zip(self._places_of(part).tolist(), part.seconds(), strict=False)
        }

    def _places_of(self, part: TestPart) -> Places:
        """Return the places of the tests of a part among all tests; new ones get the next."""
        import numpy as np

        key = (part.chunk, tuple(sorted(part.repeats.items())))
        known = self._places.get(key)
        if known is None:
            names = expanded(self._names(part.chunk), part.repeats)
            known = np.array([self._tests.setdefault(name[0], len(self._tests)) for name in names], dtype=np.int64)
            self._places[key] = known
        return known

    def _newest(self, name: str, at: int) -> float | None:
        """Return a metric of the run that was just taken, None where it does not have it."""
        one = self._metrics.get(name)
        return one.value[-1] if one is not None and one.run and one.run[-1] == at else None


def _extend(known: Sequence[_Growing], n: Sequence[int], spread: Sequence[float | None]) -> None:
    """Take what the values of a run rest on: one observation, and no spread, where nothing is said."""
    for at, one in enumerate(known):
        one.n.append(n[at] if n else 1)
        one.spread.append(spread[at] if spread else None)
