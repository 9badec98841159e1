"""Why a test is flaky: each piece of evidence makes some causes likelier, and is named.

The causes are those of Luo et al., "An Empirical Analysis of Flaky Tests" (FSE 2014), as far as a history can tell them
apart; the prior follows Gruber et al., "An Empirical Study of Flaky Tests in Python" (ICST 2021,
https://doi.org/10.1109/ICST49551.2021.00026): the order of tests first. The weights are judgment, not measured.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, TypeVar

from ratchetry.analyze.flaky.cause_text import words_in
from ratchetry.domain.flaky import Cause, CauseKind

T = TypeVar("T")

PRIOR: Final[Mapping[CauseKind, float]] = {
    "order": 0.25,
    "concurrency": 0.2,
    "network": 0.15,
    "randomness": 0.15,
    "time": 0.1,
    "resource": 0.1,
    "platform": 0.05,
}
_CERTAIN: Final = 0.01
_LIKELY: Final = 0.5
_LONGER: Final = 3.0
_TIMEOUT: Final = 1.0
"""Seconds below which a duration is no timeout."""
_ALIKE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result of a test, with what may have to do with its outcome."""

    failed: bool
    hour: int | None = None
    """Of the day, in UTC."""
    weekday: int | None = None
    os: str = ""
    python: str = ""
    cpu: str = ""
    seconds: float | None = None
    text: str = ""
    """What the failure said, and its category."""
    category: str = ""
    together: bool = False
    """Whether another test of its file failed in the same run."""
    again: bool = False
    """Whether it passed on the same commit right after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen, and how many times likelier it makes some causes."""

    what: str
    factors: Mapping[CauseKind, float]


def cause_of(results: Sequence[Result]) -> Cause:
    """Return the likeliest cause, unknown when nothing speaks for any or none is likelier than all others together."""
    failures = [result for result in results if result.failed]
    if not failures:
        return Cause()
    evidence = [
        *_texts(failures),
        *_durations(results, failures),
        *_times(results, failures),
        *_platforms(results, failures),
        *_company(failures),
    ]
    if not any(factor > 1.0 for piece in evidence for factor in piece.factors.values()):
        return Cause()
    weights = {kind: share * _product(evidence, kind) for kind, share in PRIOR.items()}
    best = max(weights, key=lambda kind: weights[kind])
    probability = weights[best] / sum(weights.values())
    named = tuple(piece.what for piece in evidence if piece.factors.get(best, 1.0) > 1.0)
    if probability < _LIKELY:
        return Cause(evidence=tuple(piece.what for piece in evidence))
    return Cause(kind=best, probability=round(probability, 3), evidence=named)


def _product(evidence: Sequence[Evidence], kind: CauseKind) -> float:
    """Return how many times likelier all evidence makes a cause."""
    return math.prod(piece.factors.get(kind, 1.0) for piece in evidence)


def _texts(failures: Sequence[Result]) -> Iterator[Evidence]:
    """Yield what failures say, for words in at least a third of them, and the phases in which they happen."""
    seen: Counter[tuple[CauseKind, str]] = Counter()
    for failure in failures:
        seen.update(words_in(failure.text).items())
    for (kind, word), count in sorted(seen.items()):
        if 3 * count >= len(failures):
            yield Evidence(what=f"{count} of {len(failures)} failures say {word!r}", factors={kind: 12.0})
    categories = Counter(failure.category for failure in failures)
    if 2 * categories["timeout"] >= len(failures):
        what = f"{categories['timeout']} of {len(failures)} failures are timeouts"
        yield Evidence(what=what, factors={"concurrency": 4.0, "network": 3.0, "resource": 2.0})
    phases = categories["setup"] + categories["teardown"]
    if 2 * phases >= len(failures):
        what = f"{phases} of {len(failures)} failures are in setup or teardown"
        yield Evidence(what=what, factors={"order": 3.0, "resource": 2.0, "network": 1.5})


def _durations(results: Sequence[Result], failures: Sequence[Result]) -> Iterator[Evidence]:
    """Yield that failures take longer than passes do: as long as each other, which is a timeout, or not."""
    bad = sorted(result.seconds for result in failures if result.seconds is not None)
    good = [result.seconds for result in results if not result.failed and result.seconds is not None]
    if len(bad) < 2 or not good:
        return
    usual, longer = median(good), median(bad)
    if longer < _LONGER * max(usual, 0.01):
        return
    what = f"failures take {longer:.3g} s, passes {usual:.3g} s"
    if longer >= _TIMEOUT and bad[-1] - bad[0] <= _ALIKE * longer:
        factors: Mapping[CauseKind, float] = {"concurrency": 4.0, "network": 4.0, "resource": 1.5}
        yield Evidence(what=f"{what}, always as long as if there were a timeout", factors=factors)
    else:
        yield Evidence(what=what, factors={"concurrency": 2.0, "network": 2.0, "resource": 2.0})


def _times(results: Sequence[Result], failures: Sequence[Result]) -> Iterator[Evidence]:
    """Yield that failures keep to some hours of the day or to one day of the week."""
    keys: Mapping[str, Callable[[Result], int | None]] = {
        "three hours of the day": lambda result: None if result.hour is None else result.hour // 3,
        "one day of the week": lambda result: result.weekday,
    }
    for name, key in keys.items():
        found = _concentrated(results, failures, key)
        if found is not None:
            value, count = found
            where = f"from {3 * value}:00 UTC on" if name.startswith("three") else _DAYS[value]
            yield Evidence(what=f"{count} of {len(failures)} failures in {name} ({where})", factors={"time": 12.0})


_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _platforms(results: Sequence[Result], failures: Sequence[Result]) -> Iterator[Evidence]:
    """Yield that failures keep to one operating system, Python or CPU, although the test runs on others as well."""
    keys: Mapping[str, Callable[[Result], str | None]] = {
        "OS": lambda result: result.os or None,
        "Python": lambda result: ".".join(result.python.split(".")[:2]) or None,
        "CPU": lambda result: result.cpu or None,
    }
    for name, key in keys.items():
        found = _concentrated(results, failures, key)
        if found is None:
            continue
        value, count = found
        what = f"{count} of {len(failures)} failures on one {name} ({value})"
        factors: Mapping[CauseKind, float] = {"platform": 30.0}
        yield Evidence(what=what, factors={"resource": 4.0, "concurrency": 4.0} if name == "CPU" else factors)


def _concentrated(
    results: Sequence[Result], failures: Sequence[Result], key: Callable[[Result], T | None]
) -> tuple[T, int] | None:
    """Return the value that failures have far more often than all results, and how many; None without one.

    Far more often: by a binomial test, corrected for the number of values.
    """
    everywhere = Counter(value for result in results if (value := key(result)) is not None)
    where = Counter(value for result in failures if (value := key(result)) is not None)
    if len(everywhere) < 2 or not where:
        return None
    value, count = where.most_common(1)[0]
    total = where.total()
    chance = _at_least(count, total, everywhere[value] / everywhere.total())
    return (value, count) if len(everywhere) * chance < _CERTAIN and 3 * count >= 2 * total else None


def _at_least(count: int, total: int, share: float) -> float:
    """Return the probability of at least so many successes."""
    rows = range(count, total + 1)
    return sum(math.comb(total, number) * share**number * (1.0 - share) ** (total - number) for number in rows)


def _company(failures: Sequence[Result]) -> Iterator[Evidence]:
    """Yield that failures come together with others of the file, and that running again at once mends them."""
    together = sum(failure.together for failure in failures)
    if together >= 3 and 2 * together >= len(failures):
        what = f"{together} of {len(failures)} failures together with other tests of its file"
        yield Evidence(what=what, factors={"order": 4.0, "resource": 1.5, "network": 1.5})
    again = sum(failure.again for failure in failures)
    if again >= 2:
        yield Evidence(what=f"passed {again} times when run again at once", factors={"order": 0.3, "platform": 0.3})
