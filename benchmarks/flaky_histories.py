"""Made-up histories of a suite whose truth is known: flaky tests, regressions, outages, and how CI runs again.

Nothing in here knows how ratchetry decides.  A scenario names what is hard about it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp, log
from typing import Final, Literal

from ratchetry.analyze.flaky.results import RunResults

Policy = Literal["none", "rerun", "in-run", "matrix", "twice"]
START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PYTHONS: Final = ("3.11.9", "3.12.4", "3.13.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A suite and what goes wrong in it; `policy` says what CI does about failures.

    none: one run of each commit; rerun: a second attempt of two thirds of the failed runs; in-run: each failing test
    once more in the same run; matrix: three versions of Python; twice: every commit is run twice.
    """

    name: str
    policy: Policy = "none"
    tests: int = 500
    commits: int = 300
    flaky: int = 40
    rates: tuple[float, float] = (0.005, 0.30)
    regressions: int = 25
    longest_break: float = 5.0
    """Mean number of commits until a repair."""
    widest_break: int = 12
    """Tests that one regression breaks at most."""
    outages: int = 8
    partial: int = 6
    """Outages that hit 2 to 15 percent of the tests."""
    external: int = 2
    """Breaks that come from outside, between two runs of one commit, and last until a commit works around them."""
    signatures: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A history and the truth about it."""

    runs: tuple[RunResults, ...]
    rates: dict[str, float]
    """The rates of the flaky tests."""
    hit: frozenset[str]
    """Tests that only failed in outages."""


@dataclass(slots=True, kw_only=True)
class _World:
    """What the simulation knows."""

    scenario: Scenario
    chance: random.Random
    names: tuple[str, ...]
    rates: dict[int, float]
    breaks: list[tuple[int, int, frozenset[int], str, int | None]] = field(default_factory=list)
    """First commit, commit of the repair, tests, signature, and the environment if it is only one."""
    outages: dict[int, float] = field(default_factory=dict)
    """Share of the tests that fail, by the number of the run."""
    runs: list[RunResults] = field(default_factory=list)
    failed_soundly: set[int] = field(default_factory=set)
    failed_in_outage: set[int] = field(default_factory=set)


def made(scenario: Scenario, seed: int) -> Made:
    """Return a history."""
    chance = random.Random(f"{scenario.name}/{seed}")  # noqa: S311  # made-up data, no secret
    names = tuple(f"tests/test_part_{number // 10}.py::test_case_{number}" for number in range(scenario.tests))
    low, high = scenario.rates
    flaky = chance.sample(range(scenario.tests), scenario.flaky)
    rates = {number: exp(chance.uniform(log(low), log(high))) for number in flaky}
    world = _World(scenario=scenario, chance=chance, names=names, rates=rates)
    world.breaks.extend(_breaks(world))
    _plan_outages(world)
    for commit in range(scenario.commits):
        _measure(world, commit)
    only = world.failed_in_outage - world.failed_soundly - set(rates)
    return Made(
        runs=tuple(world.runs),
        rates={names[number]: rate for number, rate in rates.items()},
        hit=frozenset(names[number] for number in only),
    )


def _breaks(world: _World) -> Iterator[tuple[int, int, frozenset[int], str, int | None]]:
    """Yield regressions: most break tests of one file, some of several; a fifth show on one Python only."""
    scenario, chance = world.scenario, world.chance
    for number in range(scenario.regressions):
        begin = chance.randrange(scenario.commits)
        length = 1 + min(60, int(chance.expovariate(1 / scenario.longest_break)))
        width = chance.randint(1, scenario.widest_break)
        first = chance.randrange(0, scenario.tests - width)
        near = range(first, first + width)
        tests = near if chance.random() < 0.7 else chance.sample(range(scenario.tests), width)
        only = chance.randrange(len(PYTHONS)) if scenario.policy == "matrix" and chance.random() < 0.2 else None
        yield begin, begin + length, frozenset(tests), f"break-{number}", only


def _plan_outages(world: _World) -> None:
    """Decide in which runs the infrastructure fails: a few times in several runs that follow each other."""
    scenario, chance = world.scenario, world.chance
    total = scenario.commits * {"matrix": 3, "twice": 2}.get(scenario.policy, 1)
    for number in range(scenario.outages + scenario.partial):
        share = chance.uniform(0.4, 1.0) if number < scenario.outages else chance.uniform(0.02, 0.15)
        at = chance.randrange(total)
        for run in range(at, at + (3 if number % 5 == 4 else 1)):
            world.outages[run] = share


def _measure(world: _World, commit: int) -> None:
    """Run one commit as the policy says."""
    match world.scenario.policy:
        case "matrix":
            for environment in range(len(PYTHONS)):
                _run(world, commit, environment, attempt=1)
        case "twice":
            _run(world, commit, 1, attempt=1)
            _run(world, commit, 1, attempt=1)
        case "rerun":
            if _run(world, commit, 1, attempt=1) and world.chance.random() < 0.67:
                _run(world, commit, 1, attempt=2)
        case _:
            _run(world, commit, 1, attempt=1)


def _run(world: _World, commit: int, environment: int, *, attempt: int) -> bool:
    """Make one run and tell whether anything failed."""
    number = len(world.runs)
    outage = world.outages.get(number, 0.0) if attempt == 1 else 0.0
    letters: list[str] = []
    signatures: dict[int, str] = {}
    for test in range(world.scenario.tests):
        letter, signature = _result(world, test, commit, environment, outage)
        letters.append(letter)
        if letter in "FR" and world.scenario.signatures:
            signatures[test] = signature
    started = START + timedelta(hours=2 * commit, minutes=20 * (number % 5), seconds=number)
    world.runs.append(
        RunResults(
            name=f"{number + 1000}-{attempt}",
            started=f"{started:%Y-%m-%dT%H:%M:%SZ}",
            commit=f"{commit:040x}",
            os="Linux",
            python=PYTHONS[environment],
            duration=300.0,
            tests=world.names,
            outcomes="".join(letters),
            signatures=signatures,
        )
    )
    return "F" in letters


def _result(world: _World, test: int, commit: int, environment: int, outage: float) -> tuple[str, str]:
    """Return how one test ends, and how it fails."""
    broken = _broken(world, test, commit, environment)
    if broken:
        world.failed_soundly.add(test)
        return "F", broken
    if outage and world.chance.random() < outage:
        world.failed_in_outage.add(test)
        return "F", f"outage-{world.chance.randrange(2)}"
    rate = world.rates.get(test, 0.0)
    if rate and world.chance.random() < rate:
        again = world.scenario.policy == "in-run" and world.chance.random() >= rate
        return "R" if again else "F", f"flaky-{test}"
    return "P", ""


def _broken(world: _World, test: int, commit: int, environment: int) -> str:
    """Return the signature of the regression that breaks a test on a commit, empty when none does."""
    for begin, end, tests, signature, only in world.breaks:
        if begin <= commit < end and test in tests and only in {None, environment}:
            return f"{signature}-{test}"
    return ""


def scenarios() -> Sequence[Scenario]:
    """Return the scenarios that are measured."""
    return (
        Scenario(name="no reruns", policy="none"),
        Scenario(name="failed runs again", policy="rerun"),
        Scenario(name="failed tests again", policy="in-run"),
        Scenario(name="three Pythons", policy="matrix"),
        Scenario(name="each commit twice", policy="twice"),
        Scenario(name="no signatures", policy="rerun", signatures=False),
        Scenario(name="stress: all at 2 percent", policy="none", rates=(0.02, 0.02)),
        Scenario(name="stress: quick repairs", policy="none", regressions=60, longest_break=0.7, signatures=False),
        Scenario(name="stress: many breaks", policy="rerun", regressions=120, widest_break=20),
        Scenario(name="stress: bad machines", policy="rerun", outages=20, partial=30, signatures=False),
        Scenario(name="stress: hardly any flaky", policy="none", flaky=3, regressions=60, signatures=False),
    )
