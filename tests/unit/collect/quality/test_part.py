"""One family's share of the stage."""

from __future__ import annotations

import pytest

from ratchetry.collect.quality.part import Part, attempt, finding, outcome_of
from ratchetry.errors import ReportError


def test_a_measurement_that_fails_becomes_its_reason() -> None:
    """The reason is kept under the family's name, cut to what the record allows."""

    def fail() -> Part:
        raise ReportError("x" * 5000)

    assert attempt("types.errors", fail) == Part(unmeasured={"types.errors": "x" * 4096})


def test_an_outcome_that_is_missing_is_told() -> None:
    """A command that was not run is named."""
    with pytest.raises(ReportError, match="mypy was not run"):
        outcome_of({}, "mypy")


def test_texts_of_a_finding_fit_the_record() -> None:
    """Long messages, rules and paths are cut."""
    row = finding(tool="ruff", rule="r" * 5000, severity="low", path="p" * 5000, message="m" * 5000)
    assert {len(row.rule), len(row.path), len(row.message)} == {4096}
