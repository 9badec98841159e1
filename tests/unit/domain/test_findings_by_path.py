"""Metrics of some paths."""

from __future__ import annotations

import pytest

from ratchetry.domain.findings_by_path import count_below
from ratchetry.domain.record import Finding, Metric
from tests.builders import metric


def _finding(path: str, tool: str = "ruff", rule: str = "E501") -> Finding:
    """Return a finding."""
    return Finding(tool=tool, rule=rule, severity="low", path=path, line=1)


FINDINGS = (
    _finding("src/legacy/a.py"),
    _finding("src/legacy/deep/b.py"),
    _finding("src/new.py"),
    _finding("src/legacy/c.py", rule="unformatted"),
    _finding("src/legacy/d.py", tool="mypy"),
)
METRICS = {"lint.findings": metric(3, better="lower"), "types.errors": metric(2, better="lower")}


def test_findings_below_a_path_are_counted() -> None:
    """Only those that the metric itself counts, and only below the glob."""
    found = count_below("lint.findings[src/legacy/**]", METRICS, FINDINGS)
    assert isinstance(found, Metric)
    assert (found.value, found.unit, found.better) == (2.0, "count", "lower")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("types.errors[src/**]", "only 1 of the 2 findings behind types.errors are in the record"),
        ("format.files[src/**]", "format.files was not measured"),
    ],
)
def test_what_the_record_does_not_hold_is_not_known(name: str, reason: str) -> None:
    """Findings that were cut or dropped never count as none."""
    assert count_below(name, METRICS, FINDINGS) == reason
