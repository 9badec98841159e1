"""Cyclomatic complexity, from ruff's diagnostics."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.complexity import functions
from ratchetry.collect.quality.ruff_report import Diagnostic, parse_diagnostics
from ratchetry.errors import ReportError
from tests.unit.collect.quality.reports import RUFFS, report


@pytest.mark.parametrize("ruff", RUFFS)
def test_every_function_has_its_number_of_paths(ruff: str) -> None:
    """Functions, methods and inner functions are all there, those that the project ignores as well."""
    rows = functions(parse_diagnostics(report(ruff, "complexity.json")))
    assert [(row.name, row.paths) for row in rows] == [
        ("total", 3),
        ("label", 13),
        ("add", 1),
        ("size", 1),
        ("price", 3),
        ("inner", 1),
    ]


@pytest.mark.parametrize("ruff", RUFFS)
def test_a_file_that_cannot_be_parsed_is_not_left_out_silently(ruff: str) -> None:
    """The functions of a broken file are unknown: the error names it."""
    with pytest.raises(ReportError, match=r"broken\.py:2 cannot be counted: unexpected EOF"):
        functions(parse_diagnostics(report(ruff, "complexity-syntax.json")))


@pytest.mark.parametrize(
    "message", ["", "`f` is too complex", "`f` is too complex (x > 0)", "`f` is too complex (1 > 0) and more"]
)
def test_a_message_without_a_number_is_refused(message: str) -> None:
    """A message that ruff words differently one day is an error, not a function less."""
    with pytest.raises(ReportError, match="tells no complexity"):
        functions([Diagnostic(path="a.py", line=1, rule="C901", message=message)])


@given(st.text(max_size=60))
def test_any_message_gives_a_function_or_a_report_error(message: str) -> None:
    """No message raises anything else."""
    with suppress(ReportError):
        functions([Diagnostic(path="a.py", line=1, rule="C901", message=message)])
