"""What the comment on a pull request chooses to say of a review: what is worse, what is better, and what is new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ratchetry.domain.comparison import Comparison, ComparisonVerdict
from ratchetry.domain.record import Finding, RunRecord
from ratchetry.domain.regression import NewFailure, RegressionReport
from ratchetry.domain.review import Against, Review
from ratchetry.report import view
from ratchetry.report.text import number, signed

COVERAGE: Final = "coverage"
_ELSEWHERE: Final = frozenset({COVERAGE, "pytest"})
"""Tools whose findings have a section of their own."""
_LAST: Final = re.compile(r"lines (\d{1,7})-(\d{1,7}) are ")
_ENDLESS: Final = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Changed lines of a file that no test executes."""

    path: str
    first: int
    last: int

    @property
    def lines(self) -> str:
        """Return the lines as people name them."""
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}-{self.last}"


def report_of(review: Review) -> RegressionReport | None:
    """Return how a run differs from its base, None when it was compared with none."""
    return review.comparison.report if isinstance(review.comparison, Against) else None


def moved(review: Review, verdict: ComparisonVerdict) -> tuple[Comparison, ...]:
    """Return the metrics of a verdict, those that a gate holds back first, then the surest."""
    report = report_of(review)
    if report is None:
        return ()
    failing = {gate.metric for gate in review.record.gates if gate.verdict == "fail"}
    found = (each for each in report.comparisons if each.verdict == verdict)
    return tuple(sorted(found, key=lambda each: (each.name not in failing, each.q_value or 0.0, each.name)))


def inherited(review: Review) -> tuple[str, ...]:
    """Return the metrics whose gate fails as it would at the base: a change that did not make them worse."""
    report = report_of(review)
    base = {each.name: each for each in report.comparisons if each.verdict == "unchanged"} if report else {}
    return tuple(
        gate.metric
        for gate in review.record.gates
        if gate.verdict == "fail" and gate.bound is not None and gate.metric in base
        if (base[gate.metric].base > gate.bound if gate.kind == "maximum" else base[gate.metric].base < gate.bound)
    )


def new_failures(review: Review) -> tuple[NewFailure, ...] | None:
    """Return the tests that fail and did not at the base, without known flaky ones; None where that is not known."""
    report = report_of(review)
    return report.broken if report else None


def flaky_failures(review: Review) -> tuple[NewFailure, ...]:
    """Return the tests that fail and are known to do so now and then."""
    report = report_of(review)
    return tuple(each for each in report.failures if each.flaky) if report else ()


def failing_groups(review: Review) -> tuple[tuple[view.FailureGroup, ...], tuple[view.FailureGroup, ...]]:
    """Return the ways in which tests fail that did not at the base, and those in which they failed there as well."""
    broken = new_failures(review)
    groups = view.failing(review.record)
    if broken is None:
        return groups, ()
    new = {each.test for each in broken}
    known = {each.test for each in flaky_failures(review)}
    return _only(groups, new), _only(groups, {t.id for g in groups for t in g.tests} - new - known)


def new_findings(review: Review) -> tuple[Finding, ...] | None:
    """Return the findings that the base does not have, worst first, those in changed files before others."""
    against = review.comparison
    if not isinstance(against, Against) or against.findings is None:
        return None
    changed = {file.path for file in review.record.change.files}
    rows = (row for row in against.findings if row.tool not in _ELSEWHERE)
    return tuple(sorted(rows, key=lambda row: (row.path not in changed, *view.finding_order(row))))


def uncovered(record: RunRecord) -> tuple[Stretch, ...]:
    """Return the changed lines that no test executes, by file."""
    rows = (row for row in record.findings if row.tool == COVERAGE and row.line)
    return tuple(sorted((_stretch(row) for row in rows), key=lambda row: (row.path, row.first)))


def says_something(review: Review) -> bool:
    """Tell whether there is anything to tell: something is not as at the base, or not in order, or not known."""
    changed = moved(review, "regressed") or moved(review, "improved") or flaky_failures(review)
    return bool(
        review.record.verdict != "pass"
        or not isinstance(review.comparison, Against)
        or changed
        or new_failures(review)
        or new_findings(review)
        or uncovered(review.record)
    )


def difference(comparison: Comparison, value: float) -> str:
    """Return a difference as people read it."""
    if comparison.relative:
        return f"{100 * value:+.3g}%" if abs(value) < _ENDLESS else f"{value:+.1g}"
    return signed(value, comparison.unit)


def values(comparison: Comparison, bounds: tuple[float, ...] = ()) -> tuple[str, str]:
    """Return base and head of a comparison, never rounded to look like each other or a bound when they are not."""
    base, head = comparison.base, comparison.head
    return (
        number(base, comparison.unit, apart_from=(head, *bounds)),
        number(head, comparison.unit, apart_from=(base, *bounds)),
    )


def interval(comparison: Comparison) -> str:
    """Return the interval of a difference, or that there is no doubt about it."""
    low, high = comparison.interval
    return "exact" if low == high else f"{difference(comparison, low)} to {difference(comparison, high)}"


def address(blobs: str, path: str, first: int = 0, last: int = 0) -> str:
    """Return where lines of a file can be seen; empty when nobody knows where the files are."""
    if not blobs or not path:
        return ""
    lines = f"#L{first}" if first else ""
    if last > first:
        lines += f"-L{last}"
    return f"{blobs}/{quote(path.encode('utf-8', 'replace'), safe='/')}{lines}"


def _stretch(finding: Finding) -> Stretch:
    """Return the lines that a finding about coverage names; only numbers are taken from it."""
    found = _LAST.match(finding.message)
    last = int(found[2]) if found and int(found[1]) == finding.line else finding.line
    return Stretch(path=finding.path, first=finding.line, last=max(finding.line, last))


def _only(groups: tuple[view.FailureGroup, ...], tests: set[str]) -> tuple[view.FailureGroup, ...]:
    """Return the ways of failing with only some of their tests, the most frequent first."""
    kept = (
        view.FailureGroup(
            signature=group.signature,
            category=group.category,
            evidence=group.evidence,
            tests=tuple(test for test in group.tests if test.id in tests),
        )
        for group in groups
    )
    return tuple(sorted((group for group in kept if group.tests), key=lambda row: (-len(row.tests), row.signature)))
