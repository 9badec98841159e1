"""Suggestions about tests, modules and bounds: what is broken, flaky, in quarantine for too long, risky or due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.flaky import FlakyReport, FlakyTest, Quarantine
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import Failure, RunRecord
from ratchetry.domain.suggestion import MOST_TESTS, Goal, Suggestion, suggestion_key
from ratchetry.domain.thresholds import Threshold
from ratchetry.domain.trend_report import ModuleEvidence, TrendReport
from ratchetry.learn.suggestions.made import code_type, command, no_failures, run_name, saturating, worth

MOST_FLAKY: Final = 20
SOON: Final = 7.0
"""Days before its end at which a quarantine is pointed out."""
CLEAN: Final = 20
"""Runs without a failure after which a flaky test counts as mended, where the history does not say how many."""
_FAILED: Final = frozenset({"failed", "error"})
_LEAST_BLAME: Final = 0.1
_LEAST_FAILED: Final = 3


def broken_tests(record: RunRecord, flaky: frozenset[str]) -> Iterator[Suggestion]:
    """Yield the ways in which tests fail in a run that are not known as flaky, the one of most tests first."""
    told = {row.signature: row for row in record.failures}
    groups: dict[str, list[str]] = {}
    for test in record.tests:
        if test.outcome in _FAILED and test.id not in flaky:
            groups.setdefault(test.signature or test.id, []).append(test.id)
    total = sum(map(len, groups.values()))
    for signature, tests in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield _broken(record, signature, sorted(tests), told.get(signature), total)


def _broken(record: RunRecord, signature: str, tests: list[str], told: Failure | None, total: int) -> Suggestion:
    """Return the suggestion about tests that fail alike."""
    evidence = f": {told.category}: {told.evidence}" if told else ""
    path = tests[0].partition("::")[0]
    named = tuple(tests[:MOST_TESTS])
    many = f"{len(tests):,} tests fail alike" if len(tests) > 1 else f"{tests[0]} fails"
    return Suggestion(
        fingerprint=suggestion_key("broken", signature),
        kind="broken-tests",
        code_type="tests",
        title=many,
        why=f"{len(tests)} of the {total} failures have this in common{evidence}",
        files=tuple(dict.fromkeys(test.partition("::")[0] for test in named)),
        test=tests[0],
        runs=(run_name(record.run),),
        commits=(record.run.commit,),
        command=command("pytest", tests[0] if "::" in tests[0] else path),
        goal=no_failures(named),
        value=float(len(named)),
        worth=worth("broken-tests", evidence=1.0, gain=len(tests) / total),
    )


def flaky_tests(report: TrendReport, details: FlakyReport | None) -> Iterator[Suggestion]:
    """Yield the flaky tests, with what the history says of each where it is known."""
    known = {test.test: test for test in details.flaky} if details else {}
    names = report.flaky.names[:MOST_FLAKY] if report.flaky else ()
    for at, name in enumerate(names):
        yield _flaky(name, known.get(name), at, report)


def _flaky(name: str, test: FlakyTest | None, at: int, report: TrendReport) -> Suggestion:
    """Return the suggestion about a flaky test."""
    why = "It fails now and then on the same code."
    if test is not None:
        why = f"It failed in {test.failures} of {test.results} results; the likeliest cause is {test.cause.kind}."
    return Suggestion(
        fingerprint=suggestion_key("flaky", name),
        kind="flaky-test",
        code_type="tests",
        title=f"{name} is flaky",
        why=why,
        files=(name.partition("::")[0],),
        test=name,
        runs=test.runs[:MOST_TESTS] if test else (report.run,) if report.run else (),
        interval=(test.low, test.high) if test else None,
        command=command("ratchetry", "flaky", "vet", name),
        goal=no_failures((name,), max(2, min(1000, test.needed)) if test and test.needed else CLEAN),
        value=1.0,
        worth=worth(
            "flaky-test",
            evidence=test.probability if test else 0.95,
            gain=saturating(test.rate, 0.05) if test else 1.0 / (1.0 + at),
        ),
    )


def expiring(quarantined: Sequence[Quarantine], report: TrendReport) -> Iterator[Suggestion]:
    """Yield the tests whose quarantine ends within days: then their failures block again."""
    now = days_of(report.as_of)
    for one in quarantined:
        end = days_of(one.until)
        if now is None or end is None or end - now > SOON:
            continue
        yield Suggestion(
            fingerprint=suggestion_key("quarantine", one.test, one.until),
            kind="quarantine-expiring",
            code_type="tests",
            title=f"The quarantine of {one.test} ends on {one.until}",
            why=f"It is there because of: {one.reason}",
            files=(one.test.partition("::")[0],),
            test=one.test,
            runs=(report.run,) if report.run else (),
            command=command("ratchetry", "flaky", "vet", one.test),
            goal=no_failures((one.test,), CLEAN),
            value=1.0,
            worth=worth("quarantine-expiring", evidence=1.0, gain=1.0 - max(0.0, end - now) / (SOON + 1.0)),
        )


def risky_modules(report: TrendReport) -> Iterator[Suggestion]:
    """Yield the modules whose changes break something more often than chance would have it, the worst first."""
    coverage = next((each for each in report.series if each.name == "coverage.line"), None)
    if coverage is None or coverage.latest >= 100.0:
        return
    ranked = sorted(report.modules, key=lambda each: (-each.interval[0], each.module))
    for each in ranked[:3]:
        if each.interval[0] >= _LEAST_BLAME and each.failed >= _LEAST_FAILED:
            yield _risky(each, coverage.latest, report)


def _risky(each: ModuleEvidence, covered: float, report: TrendReport) -> Suggestion:
    """Return the suggestion to test a module better that changes break."""
    return Suggestion(
        fingerprint=suggestion_key("risky", each.module),
        kind="uncovered-module",
        code_type=code_type(each.module),
        title=f"Changes to {each.module} break things",
        why=f"{each.failed} of the {each.failed + each.passed} runs that changed it failed, and tests came too late.",
        files=(each.module,),
        runs=each.runs[:MOST_TESTS],
        commits=(report.commit,) if report.commit else (),
        interval=each.interval,
        command=command("pytest", f"--cov={each.module}", "--cov-report=term-missing"),
        goal=Goal(measure="metric", metric="coverage.line", kind="minimum", bound=min(100.0, covered + 1.0)),
        value=covered,
        unit="percent",
        better="higher",
        worth=worth("uncovered-module", evidence=each.interval[0], gain=each.blame_mean),
    )


def bounds_to_move(report: TrendReport, bounds: Sequence[Threshold]) -> Iterator[Suggestion]:
    """Yield the bounds short of their target that what is measured, if it does not worsen, supports a step further."""
    latest = {each.name: each for each in report.series}
    for row in bounds:
        each = latest.get(row.metric)
        if each is None or each.trend.verdict == "worsening" or row.target is None or not row.increment:
            continue
        sign = 1.0 if row.kind == "minimum" else -1.0
        left, room = sign * (row.target - row.bound), sign * (each.latest - row.bound)
        if left <= 0.0 or room < row.increment:
            continue
        step = row.bound + sign * min(row.increment, left)
        yield Suggestion(
            fingerprint=suggestion_key("bound", row.metric),
            kind="threshold-target",
            code_type="project",
            title=f"The bound on {row.metric} can move towards its target",
            why=f"Its {row.kind} is {row.bound:.6g}, its target {row.target:.6g}, and it was {each.latest:.6g}.",
            files=(),
            runs=(report.run,) if report.run else (),
            commits=(each.latest_commit,) if each.latest_commit else (),
            command=command("ratchetry", "thresholds", "apply"),
            goal=Goal(measure="bound", metric=row.metric, kind=row.kind, bound=step, runs=1),
            value=row.bound,
            unit=each.unit,
            better="higher" if row.kind == "minimum" else "lower",
            worth=worth("threshold-target", evidence=0.8, gain=saturating(min(left, room), row.increment)),
        )
