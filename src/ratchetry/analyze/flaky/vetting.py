"""From rounds of a suite in shuffled orders to a verdict on each test: steady, flaky, or dependent on the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.record import Outcome
from ratchetry.domain.vetting import Vetted

REPLAYS: Final = 3
"""How often an order in which a test failed, one in which it passed, and the test alone are repeated."""
MOST_SEEDS: Final = 5
"""Orders that are repeated."""
MOST_ALONE: Final = 20
"""Tests that are run alone."""
_NAMED: Final = 3
_BAD: Final = frozenset({"failed", "error", "flaky"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of tests: the seed of their order, None for one test alone, and how they ended, in that order."""

    seed: int | None
    outcomes: Mapping[str, Outcome]


def to_repeat(rounds: Sequence[Round], tests: Iterable[str]) -> tuple[int, ...]:
    """Return the seeds of orders to be repeated: for each test that both passed and failed one of either kind."""
    wanted: dict[int, None] = {}
    for test in tests:
        bad, good = _seeds(rounds, test, failed=True), _seeds(rounds, test, failed=False)
        if bad and good:
            for seeds in (bad, good):
                if not wanted.keys() & set(seeds):
                    wanted[seeds[0]] = None
    return tuple(wanted)[:MOST_SEEDS]


def doubtful(rounds: Sequence[Round], tests: Iterable[str]) -> tuple[str, ...]:
    """Return the tests that failed at least once."""
    return tuple(test for test in tests if _seeds(rounds, test, failed=True))


def vetted(test: str, rounds: Sequence[Round]) -> Vetted:
    """Return the verdict on a test.

    Dependent on the order: whatever was repeated (an order in which it fails, one in which it passes, the test
    alone) ended each time in the same way, yet not all of them alike.
    """
    groups = _groups(rounds, test)
    results = [failed for group in groups.values() for failed in group]
    failures = sum(results)
    if not results:
        if any(test in one.outcomes for one in rounds):
            return Vetted(test=test, verdict="skipped", reason="it was skipped each time")
        return Vetted(test=test, verdict="not-run", reason="pytest did not find it")
    bad = _seeds(rounds, test, failed=True)
    seed = bad[0] if bad else None
    if not failures:
        return Vetted(test=test, verdict="stable", runs=len(results))
    if failures == len(results):
        return Vetted(
            test=test, verdict="broken", runs=len(results), failures=failures, seed=seed, reason="it failed each time"
        )
    if not _is_order_dependent(groups):
        return Vetted(test=test, verdict="flaky", runs=len(results), failures=failures, seed=seed)
    after, needs = _neighbors(rounds, test)
    return Vetted(
        test=test,
        verdict="order-dependent",
        runs=len(results),
        failures=failures,
        seed=seed,
        after=after,
        needs=needs,
    )


def _groups(rounds: Iterable[Round], test: str) -> dict[int | None, list[bool]]:
    """Return whether a test failed, each time that it ran, by the order in which it did."""
    groups: dict[int | None, list[bool]] = {}
    for one in rounds:
        outcome = one.outcomes.get(test, "skipped")
        if outcome != "skipped":
            groups.setdefault(one.seed, []).append(outcome in _BAD)
    return groups


def _is_order_dependent(groups: Mapping[int | None, Sequence[bool]]) -> bool:
    """Tell whether each order always gives the same outcome, and repeated ones give both."""
    if any(len(set(group)) > 1 for group in groups.values()):
        return False
    repeated = {group[0] for group in groups.values() if len(group) >= REPLAYS}
    return repeated == {True, False}


def _neighbors(rounds: Iterable[Round], test: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tests that ran before one only when it failed, and only when it passed: each time then."""
    before: dict[bool, list[frozenset[str]]] = {True: [], False: []}
    for one in rounds:
        outcome = one.outcomes.get(test, "skipped")
        if outcome != "skipped":
            names = list(one.outcomes)
            before[outcome in _BAD].append(frozenset(names[: names.index(test)]))
    failing, passing = before[True], before[False]
    after = frozenset.intersection(*failing) - frozenset.union(*passing)
    needs = frozenset.intersection(*passing) - frozenset.union(*failing)
    return tuple(sorted(after)[:_NAMED]), tuple(sorted(needs)[:_NAMED])


def _seeds(rounds: Iterable[Round], test: str, *, failed: bool) -> list[int]:
    """Return the seeds of the orders in which a test failed, or passed, in the order of the rounds."""
    return [
        one.seed
        for one in rounds
        if one.seed is not None
        and one.outcomes.get(test, "skipped") != "skipped"
        and (one.outcomes[test] in _BAD) == failed
    ]
