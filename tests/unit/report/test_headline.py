"""Tests of ratchetry.report.headline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.record import Metric
from ratchetry.report.headline import headline
from tests.unit.report import records


@pytest.mark.parametrize(
    ("stage", "facts"),
    [
        ("validate", "0 errors, 2 warnings"),
        ("quality", "14 lint findings, 3 type errors, 0 files to format"),
        ("test", "1,204 tests, 5 failed, 2 flaky, 87.999% of lines covered"),
        ("security", "4 unaudited dependencies, 44 bandit findings, 0 secrets, 23 SBOM components"),
        ("benchmark", "3 benchmarks"),
        ("score", "0.81 from 5 metrics"),
        ("run", "3 metrics"),
        ("elsewhere", ""),
    ],
)
def test_a_stage_is_told_in_a_few_words(stage: str, facts: str) -> None:
    """Each stage is summed up by what it measured; what it did not measure is not mentioned."""
    assert headline(records.realistic(), stage) == facts


def test_vulnerabilities_are_added_up() -> None:
    """Vulnerabilities of all severities are told as one number, but only if they were measured."""
    one = Metric(value=1, unit="count", better="lower", stage="security")
    names = ("security.vulnerabilities.high", "security.vulnerabilities.low")
    record = replace(records.empty(), metrics=dict.fromkeys(names, one))
    assert headline(record, "security") == "2 vulnerabilities"
    assert headline(records.empty(), "security") == ""
