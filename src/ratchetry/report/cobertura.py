"""The coverage of a run as Cobertura XML: the totals, and the changed lines that no test executes.

https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd; a record keeps no other lines.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import Final

from ratchetry.domain.moment import DAY, days_of
from ratchetry.domain.record import Metric, RunRecord
from ratchetry.errors import NotMeasuredError
from ratchetry.report.comment_view import uncovered
from ratchetry.report.markup import DECLARATION, element

_DOCTYPE: Final = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
MOST_LINES: Final = 100_000
"""Of all files together that are listed."""
_NONE: Final = {"line-rate": "0", "branch-rate": "0", "complexity": "0"}


def render(record: RunRecord) -> bytes:
    """Return the coverage of a run; raises NotMeasuredError when it was not measured.

    `<packages>` holds only lines with no hits, so that the rates of packages and classes are 0: the rates of the
    project are those of the root.
    """
    lines = record.metrics.get("coverage.line")
    if lines is None:
        stage = record.stages.get("test")
        reasons = (why for family, why in stage.unmeasured.items() if family.startswith("coverage")) if stage else ()
        why = next(iter(reasons), stage.reason if stage and stage.reason else "the run has no coverage.line")
        msg = f"coverage was not measured, and a report of it would say 0%: {why}"
        raise NotMeasuredError(msg)
    branches = record.metrics.get("coverage.branch")
    covered, valid = _counts(lines)
    branches_covered, branches_valid = _counts(branches) if branches else (0, 0)
    root = {
        "version": f"ratchetry {record.ratchetry}".strip(),
        "timestamp": str(_milliseconds(record.run.started)),
        "lines-valid": str(valid),
        "lines-covered": str(covered),
        "line-rate": _rate(lines),
        "branches-valid": str(branches_valid),
        "branches-covered": str(branches_covered),
        "branch-rate": _rate(branches) if branches else "0",
        "complexity": "0",
    }
    sources = element("sources", {}, "\n", "<source>.</source>\n")
    packages = [_package(name, files) for name, files in sorted(_packages(record).items())]
    document = element("coverage", root, "\n", sources, element("packages", {}, *packages))
    return (DECLARATION + _DOCTYPE + document).encode("utf-8")


def _packages(record: RunRecord) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """Return the changed lines that no test executes, by directory and file."""
    found: dict[str, dict[str, list[int]]] = {}
    room = MOST_LINES
    for row in uncovered(record):
        numbers = range(row.first, min(row.last, row.first + room - 1) + 1)
        room -= len(numbers)
        if numbers:
            found.setdefault(posixpath.dirname(row.path), {}).setdefault(row.path, []).extend(numbers)
    return found


def _package(name: str, files: Mapping[str, Sequence[int]]) -> str:
    """Return the files of one directory."""
    classes = (_file(path, numbers) for path, numbers in sorted(files.items()))
    package = {"name": name.replace("/", ".") or ".", **_NONE}
    return "\n" + element("package", package, "\n", element("classes", {}, "\n", *classes))


def _file(path: str, numbers: Sequence[int]) -> str:
    """Return the lines of one file."""
    lines = (element("line", {"number": str(number), "hits": "0"}) for number in sorted(set(numbers)))
    content = element("methods", {}), element("lines", {}, "\n", *lines)
    return element("class", {"name": posixpath.basename(path), "filename": path, **_NONE}, "\n", *content)


def _counts(metric: Metric) -> tuple[int, int]:
    """Return how many of how many were executed."""
    return min(metric.n, max(0, round(metric.n * metric.value / 100))), metric.n


def _rate(metric: Metric) -> str:
    """Return a percentage as a share, within its scale."""
    return f"{min(1.0, max(0.0, metric.value / 100)):.6g}"


def _milliseconds(started: str) -> int:
    """Return a moment in milliseconds since 1970, 0 where it is none."""
    days = days_of(started)
    return round(days * DAY * 1000) if days is not None else 0
