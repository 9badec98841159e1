"""How long to go on trying, and how long to wait in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Tries, and waits between them that double and are drawn at random, so that two that collided part ways.

    "Full jitter" of https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """

    sleep: Callable[[float], None]
    random: Random
    tries: int = 12
    first: float = 0.1
    longest: float = 10.0

    def turns(self) -> Iterator[int]:
        """Yield the number of each try, having waited before all but the first."""
        for turn in range(self.tries):
            if turn:
                self.sleep(self.random.uniform(0.0, min(self.longest, self.first * 2.0**turn)))
            yield turn
