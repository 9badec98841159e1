"""Tests as documents: an index of all of them, and what the pages of single tests show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ratchetry.domain.dashboard_details import (
    TESTS_PER_DETAIL,
    TESTS_PER_INDEX,
    FlakyDocument,
    TestDetail,
    TestsDocument,
)
from ratchetry.domain.flaky import FlakyReport
from ratchetry.report.dashboard.outcomes import Outcomes
from ratchetry.report.dashboard.shorten import maybe

_STATUS = {"active": "A", "suspected": "S", "resolved": "R"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """All tests of a history by name, how they ended, and how long they took in some runs."""

    __test__ = False

    names: tuple[str, ...]
    outcomes: Outcomes
    timed: tuple[int, ...] = ()
    seconds: tuple[Mapping[int, float], ...] = ()
    """Of each timed run, the durations of its tests by their places in `names`."""
    signatures: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)


def tests_documents(tests: Tests, flaky: FlakyReport | None, packages: Mapping[str, int]) -> Iterator[TestsDocument]:
    """Yield the index of all tests in parts, by name."""
    order = sorted(range(len(tests.names)), key=tests.names.__getitem__)
    outcomes = tests.outcomes
    runs, failures, skipped = outcomes.runs.tolist(), outcomes.failures.tolist(), outcomes.skipped.tolist()
    reruns = outcomes.reruns.tolist()
    last, last_run = outcomes.last()
    newest = _newest_seconds(tests)
    verdicts = _verdicts(flaky)
    for first in range(0, len(order), TESTS_PER_INDEX):
        part = order[first : first + TESTS_PER_INDEX]
        names = [tests.names[at] for at in part]
        prefixes = {prefix: place for place, prefix in enumerate(dict.fromkeys(_split(name)[0] for name in names))}
        yield TestsDocument(
            first=first,
            prefixes=tuple(prefixes),
            prefix=tuple(prefixes[_split(name)[0]] for name in names),
            name=tuple(_split(name)[1] for name in names),
            package=tuple(packages[package_of(name)] for name in names),
            runs=tuple(runs[at] for at in part),
            failures=tuple(failures[at] for at in part),
            skipped=tuple(skipped[at] for at in part),
            reruns=tuple(reruns[at] for at in part),
            last="".join(last[at] for at in part),
            last_run=tuple(last_run[at] for at in part),
            seconds=tuple(newest.get(at) for at in part),
            flaky="".join(verdicts.get(name, "-") for name in names),
        )


def test_details(tests: Tests) -> Iterator[TestDetail]:
    """Yield what the pages of single tests show, in parts, in the order of the index."""
    order = sorted(range(len(tests.names)), key=tests.names.__getitem__)
    for first in range(0, len(order), TESTS_PER_DETAIL):
        part = order[first : first + TESTS_PER_DETAIL]
        yield TestDetail(
            first=first,
            strips=tests.outcomes.strips(part),
            timed=tests.timed,
            seconds=tuple(tuple(maybe(taken.get(at)) for taken in tests.seconds) for at in part),
            signatures={str(place): tests.signatures[at] for place, at in enumerate(part) if at in tests.signatures},
        )


def flaky_document(report: FlakyReport) -> FlakyDocument:
    """Return the evidence on flaky tests."""
    return FlakyDocument(
        flaky=report.flaky,
        broken=report.broken,
        outages=report.outages,
        quarantined=report.quarantined,
        new=report.new,
    )


def package_of(path: str) -> str:
    """Return the package that a test or file belongs to, as far as its path tells: its directory, at most two deep."""
    return "/".join(path.partition("::")[0].split("/")[:-1][:2])


def _newest_seconds(tests: Tests) -> dict[int, float]:
    """Return the newest duration of each test that is known."""
    found: dict[int, float] = {}
    for taken in tests.seconds:
        found.update(taken)
    return {at: value for at, seconds in found.items() if (value := maybe(seconds)) is not None}


def _verdicts(flaky: FlakyReport | None) -> dict[str, str]:
    """Return the letter of each test that there is something to say of: that it is in quarantine goes first."""
    if flaky is None:
        return {}
    found = {test.test: _STATUS[test.status] for test in flaky.flaky}
    found |= {test.test: "B" for test in flaky.broken}
    return found | {one.test: "Q" for one in flaky.quarantined}


def _split(name: str) -> tuple[str, str]:
    """Return a name as its file with what follows, and the rest."""
    path, separator, rest = name.partition("::")
    return (f"{path}{separator}", rest) if separator else ("", name)


def strings(values: Sequence[str]) -> dict[str, int]:
    """Return the place of each text among the distinct ones, in the order in which they first come."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}
