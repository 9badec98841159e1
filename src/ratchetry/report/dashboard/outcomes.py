"""How tests ended over all runs, as bytes: a row for each run, a column for each test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Row = NDArray[np.uint8]

LETTERS: Final = ".SPRFE"
"""What each byte stands for, the worse the higher; a run that does not have a test has a dot for it."""
FAILED: Final = 4
"""From this byte on a test has failed."""
_SKIPPED: Final = 1
_RERUN: Final = 3
_RUN: Final = re.compile(r"(.)\1*", re.DOTALL)


class Outcomes:
    """The outcomes of all tests in all runs; rows may be shorter than there are tests, the rest is missing."""

    def __init__(self, tests: int, rows: Sequence[Row]) -> None:
        self.tests = tests
        self._rows = rows

    def count(self, least: int, most: int) -> NDArray[np.int64]:
        """Return how often each test ended in a byte from `least` to `most`."""
        import numpy as np

        found = np.zeros(self.tests, dtype=np.int64)
        for row in self._rows:
            found[: len(row)] += (row >= least) & (row <= most)
        return found

    @property
    def runs(self) -> NDArray[np.int64]:
        """Return how many runs have each test."""
        return self.count(1, len(LETTERS))

    @property
    def failures(self) -> NDArray[np.int64]:
        """Return how often each test failed."""
        return self.count(FAILED, len(LETTERS))

    @property
    def skipped(self) -> NDArray[np.int64]:
        """Return how often each test was skipped."""
        return self.count(_SKIPPED, _SKIPPED)

    @property
    def reruns(self) -> NDArray[np.int64]:
        """Return how often each test passed only when it was run again."""
        return self.count(_RERUN, _RERUN)

    def last(self) -> tuple[str, tuple[int, ...]]:
        """Return the letter of how each test ended last, and in which run."""
        import numpy as np

        letters = np.zeros(self.tests, dtype=np.uint8)
        runs = np.full(self.tests, -1, dtype=np.int64)
        for at, row in enumerate(self._rows):
            present = np.flatnonzero(row)
            letters[present] = row[present]
            runs[present] = at
        return "".join(LETTERS[value] for value in letters.tolist()), tuple(runs.tolist())

    def strips(self, tests: Sequence[int]) -> tuple[str, ...]:
        """Return the outcomes of some tests over all runs, as strips."""
        import numpy as np

        block = np.zeros((len(self._rows), len(tests)), dtype=np.uint8)
        wanted = np.asarray(tests, dtype=np.int64)
        for at, row in enumerate(self._rows):
            known = wanted < len(row)
            block[at, known] = row[wanted[known]]
        letters = np.frombuffer(LETTERS.encode("ascii"), dtype=np.uint8)[block]
        return tuple(strip(bytes(letters[:, at]).decode("ascii")) for at in range(len(tests)))


def row_of(outcomes: str) -> Row:
    """Return letters of outcomes as bytes; one that is not known counts as missing."""
    import numpy as np

    table = np.zeros(256, dtype=np.uint8)
    for value, letter in enumerate(LETTERS):
        table[ord(letter)] = value
    found: Row = table[np.frombuffer(outcomes.encode("latin-1", "replace"), dtype=np.uint8)]
    return found


def strip(letters: str) -> str:
    """Return letters in short: each once, followed by how often it stands in a row unless that is once."""
    return _RUN.sub(lambda run: f"{run[1]}{len(run[0]) if len(run[0]) > 1 else ''}", letters)
