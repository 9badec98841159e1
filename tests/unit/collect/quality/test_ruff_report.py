"""Ruff's reports, of two versions."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.ruff_report import (
    SYNTAX,
    UNFORMATTED,
    Diagnostic,
    parse_diagnostics,
    parse_files,
    parse_format,
)
from ratchetry.errors import ReportError
from tests.unit.collect.quality.reports import RUFFS, report

NAMES = ("check.json", "check-syntax.json", "check-unreadable.json", "complexity.json")
FORMATS = ("format.out", "format-clean.out", "format-syntax.out", "format-unreadable.out")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("ruff", RUFFS)
def test_diagnostics_tell_rule_place_and_message(ruff: str) -> None:
    """Every finding of ruff check is there with its rule, path, line and message."""
    rows = parse_diagnostics(report(ruff, "check.json"))
    assert [(row.rule, row.path, row.line) for row in rows] == [
        ("F401", "/repo/src/shop/cart.py", 3),
        ("F401", "/repo/src/shop/cart.py", 4),
        ("E701", "/repo/src/shop/cart.py", 11),
        ("C901", "/repo/src/shop/cart.py", 15),
    ]
    assert rows[0].message == "`os` imported but unused"


@pytest.mark.parametrize("ruff", RUFFS)
def test_a_syntax_error_is_a_finding(ruff: str) -> None:
    """A file that is no Python is reported under its own rule."""
    (row,) = parse_diagnostics(report(ruff, "check-syntax.json"))
    assert (row.rule, row.path, row.line) == (SYNTAX, "/repo/src/shop/broken.py", 2)


@pytest.mark.parametrize("ruff", RUFFS)
def test_an_unreadable_file_is_a_finding(ruff: str) -> None:
    """A file that is not UTF-8 is reported as E902."""
    (row,) = parse_diagnostics(report(ruff, "check-unreadable.json"))
    assert (row.rule, row.path) == ("E902", "/repo/src/shop/latin.py")


def test_a_syntax_error_without_a_code_is_one_too() -> None:
    """Earlier versions of ruff write null for the code of a syntax error."""
    entry = {"filename": "/repo/a.py", "code": None, "message": "SyntaxError: x", "location": {"row": 1, "column": 1}}
    assert parse_diagnostics(json.dumps([entry]).encode())[0].rule == SYNTAX


@pytest.mark.parametrize("ruff", RUFFS)
def test_the_files_ruff_looks_at_are_listed(ruff: str) -> None:
    """Each line of --show-files is a path."""
    assert parse_files(report(ruff, "files.txt"))[1:] == (
        "/repo/src/shop/__init__.py",
        "/repo/src/shop/cart.py",
        "/repo/src/shop/prices.py",
    )


@pytest.mark.parametrize("ruff", RUFFS)
def test_files_to_format_are_found_in_text_and_json(ruff: str) -> None:
    """The formatter's report names the one file that it would change."""
    (row,) = parse_format(report(ruff, "format.out"))
    assert row.rule == UNFORMATTED
    assert row.path.removeprefix("/repo/") == "src/shop/cart.py"


@pytest.mark.parametrize("ruff", RUFFS)
def test_a_clean_format_report_names_no_file(ruff: str) -> None:
    """Nothing to change is an empty result, not an unreadable report."""
    assert parse_format(report(ruff, "format-clean.out")) == ()


def test_a_file_that_cannot_be_formatted_is_told_by_json() -> None:
    """With JSON, files that could not be checked stand among the others under their own rule."""
    assert [row.rule for row in parse_format(report(RUFFS[1], "format-syntax.out"))] == [SYNTAX, UNFORMATTED]
    (row,) = parse_format(report(RUFFS[1], "format-unreadable.out"))
    assert row == Diagnostic(
        path="/repo/src/shop/latin.py", line=0, rule="io", message="stream did not contain valid UTF-8"
    )


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"Would reformat: a.py\n",
        b"Would reformat: a.py\n2 files would be reformatted\n",
        b"1 file would be reformatted, 3 files already formatted\n",
        b"\xff",
    ],
)
def test_a_format_report_that_contradicts_itself_is_refused(text: bytes) -> None:
    """The named files must be as many as the summary says, and there must be a summary."""
    with pytest.raises(ReportError, match="ruff's"):
        parse_format(text)


def test_colors_do_not_hide_files() -> None:
    """Escape sequences around a name are no part of it."""
    text = b"Would reformat: \x1b[1mpkg/a.py\x1b[0m\n1 file would be reformatted, 1 file already formatted\n"
    assert [row.path for row in parse_format(text)] == ["pkg/a.py"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"[" * 100_000,
        b'[{"x":' + b"[" * 100_000,
        b'["\xff"]',
        b'[{"filename": "a", "code": "E1", "message": "m", "location": {"row": -1}}]',
        b'[{"filename": "a", "code": "E1", "message": "m", "location": {"row": 1e999}}]',
        b'[{"filename": "a", "code": "E1", "message": "m", "location": {"row": NaN}}]',
        b'[{"filename": "a", "code": "E1", "message": 1}]',
    ],
)
def test_a_malformed_report_is_refused(data: bytes) -> None:
    """What is no list of diagnostics is an error that names ruff."""
    with pytest.raises(ReportError, match="ruff's JSON report"):
        parse_diagnostics(data)


def survives(data: bytes) -> None:
    """Parse with every parser: a result or ReportError."""
    for parse in (parse_diagnostics, parse_files, parse_format):
        with suppress(ReportError):
            parse(data)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_result_or_a_report_error(data: bytes) -> None:
    """No bytes raise anything else."""
    survives(data)


@given(JSON)
def test_any_json_gives_a_result_or_a_report_error(value: object) -> None:
    """No JSON raises anything else."""
    survives(json.dumps(value).encode())


@given(
    ruff=st.sampled_from(RUFFS),
    name=st.sampled_from(NAMES + FORMATS),
    place=st.integers(0, 3000),
    change=st.binary(max_size=4),
    cut=st.booleans(),
)
def test_a_mutated_report_gives_a_result_or_a_report_error(
    ruff: str, name: str, place: int, change: bytes, *, cut: bool
) -> None:
    """Real reports, cut or with bytes replaced, raise nothing else."""
    data = report(ruff, name)
    survives(data[:place] + change + (b"" if cut else data[place + len(change) :]))


@given(st.integers(0, 2355))
def test_a_cut_json_report_is_never_a_clean_one(length: int) -> None:
    """A report that stops early is an error, not fewer findings."""
    with pytest.raises(ReportError):
        parse_diagnostics(report(RUFFS[1], "check.json")[:length].rstrip(b"\n"))
