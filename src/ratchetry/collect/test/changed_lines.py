"""Which of the lines changed since the base commit the tests execute, and which they miss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ratchetry.collect.test.coverage_report import CoverageReport
from ratchetry.domain.record import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCoverage:
    """How many changed lines can be executed and how many were, with a finding for each stretch that was not."""

    executable: int = 0
    covered: int = 0
    findings: tuple[Finding, ...] = ()


def changed_coverage(report: CoverageReport, added_lines: Mapping[str, Iterable[int]]) -> ChangedCoverage:
    """Return the coverage of the lines that were added or changed; files that were not measured do not count.

    Raises ReportError when the report is malformed where it speaks of a changed file.
    """
    executable = covered = 0
    findings: list[Finding] = []
    for path, numbers in sorted(added_lines.items()):
        lines = report.lines(path)
        if lines is None:
            continue
        added = frozenset(numbers)
        executed, missed = added.intersection(lines.executed_lines), added.intersection(lines.missing_lines)
        executable += len(executed | missed)
        covered += len(executed - missed)
        findings.extend(_finding(path, first, last) for first, last in _stretches(missed, added - executed))
    return ChangedCoverage(executable=executable, covered=covered, findings=tuple(findings))


def _stretches(missed: Iterable[int], bridges: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each stretch of missed lines.

    Changed lines that cannot be executed (continued statements, comments, blank lines) do not interrupt a stretch.
    """
    numbers = sorted(missed)
    first = last = 0
    for number in numbers:
        if first and all(between in bridges for between in range(last + 1, number)):
            last = number
            continue
        if first:
            yield first, last
        first = last = number
    if first:
        yield first, last


def _finding(path: str, first: int, last: int) -> Finding:
    """Return the finding for a stretch of lines that no test executes."""
    lines = f"line {first} is" if first == last else f"lines {first}-{last} are"
    return Finding(
        tool="coverage",
        rule="changed-line-not-covered",
        severity="info",
        path=path,
        line=first,
        message=f"{lines} not covered by a test",
    )
