"""The results of whatever version of a slot was active, day by day and context by context.

A decision belongs to the slot that its context names, or that of its experiment, or else to the slot whose active
version it drew.  Days count as in an experiment: when each decision has an outcome or is too old to get one in time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.versions import Window
from ratchetry.learn.decision_log import Decided, DecisionLog
from ratchetry.learn.promotion import Period

MATURITY_DAYS: Final = 3.0
"""Days after which a decision without an outcome is left out: a watch has to be quicker than an experiment."""
STRATUM: Final = "code_type"
"""The name in a decision's context that results are compared within."""
SLOT: Final = "slot"
LONGEST_DAYS: Final = 400
"""Days of the past that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDay:
    """The results of one day by version and context, when the newest of them is from, and of which runs."""

    day: int
    results: Mapping[str, Mapping[str, Window]]
    newest: tuple[float, str] = (0.0, "")
    runs: tuple[str, ...] = ()

    def of(self, versions: Iterable[str]) -> dict[str, Window]:
        """Return the results of some versions by context."""
        return added(self.results.get(version, {}) for version in versions)


def added(parts: Iterable[Mapping[str, Window]]) -> dict[str, Window]:
    """Return results by context, several together."""
    found: dict[str, Window] = {}
    for part in parts:
        for stratum, window in part.items():
            known = found.get(stratum, Window())
            found[stratum] = Window(total=known.total + window.total, n=known.n + window.n)
    return found


def stream(
    slot: str, periods: Sequence[Period], log: DecisionLog, experiments: Mapping[str, str]
) -> tuple[StreamDay, ...]:
    """Return the days of a slot that count, without a gap; `experiments` gives the slot of each by its name."""
    by_day: dict[int, list[tuple[str, Decided]]] = {}
    for one in log.decisions:
        version = _version(slot, periods, one, experiments)
        if version and log.as_of - one.at <= LONGEST_DAYS:
            by_day.setdefault(math.floor(one.at), []).append((version, one))
    if not by_day:
        return ()
    return tuple(_days(by_day, log.as_of))


def active_at(periods: Sequence[Period], at: float) -> str:
    """Return the version that was active at a time, empty where none is known."""
    return next((period.promotion.version for period in periods if period.start <= at < period.end), "")


def _version(slot: str, periods: Sequence[Period], one: Decided, experiments: Mapping[str, str]) -> str:
    """Return the version of a slot that a decision drew, empty where it drew none that was active."""
    decision = one.decision
    named = decision.context.get(SLOT) or experiments.get(decision.experiment, "")
    if named not in {"", slot}:
        return ""
    return decision.arm if active_at(periods, one.at) == decision.arm else ""


def _days(by_day: Mapping[int, Sequence[tuple[str, Decided]]], as_of: float) -> Iterator[StreamDay]:
    """Yield the days from the first with a decision to the last that counts."""
    for day in range(min(by_day), math.floor(as_of)):
        rows = by_day.get(day, ())
        complete = all(one.in_time(MATURITY_DAYS) and one.outcome_at <= as_of for _, one in rows)
        if not complete and as_of < day + 1 + MATURITY_DAYS:
            return
        yield _day(day, rows)


def _day(day: int, rows: Sequence[tuple[str, Decided]]) -> StreamDay:
    """Return the results of a day."""
    sums: dict[str, dict[str, list[float]]] = {}
    newest, runs = (0.0, ""), set[str]()
    for version, one in rows:
        outcome = one.in_time(MATURITY_DAYS)
        if outcome is None or outcome.reward is None:
            continue
        stratum = one.decision.context.get(STRATUM, "")
        sums.setdefault(version, {}).setdefault(stratum, []).append(outcome.reward)
        newest = max(newest, (one.outcome_at, outcome.time))
        runs.update(outcome.runs)
    results = {
        version: {stratum: Window(total=math.fsum(row), n=len(row)) for stratum, row in strata.items()}
        for version, strata in sums.items()
    }
    return StreamDay(day=day, results=results, newest=newest, runs=tuple(sorted(runs)))
