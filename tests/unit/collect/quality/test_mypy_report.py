"""Mypy's reports, of three versions: text, JSON, and JSON with ends."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.mypy_report import parse_errors, parse_messages, writes_json
from ratchetry.errors import ReportError
from tests.unit.collect.quality.reports import MYPYS, mypy_report

NAMES = ("errors", "notes", "clean", "blocked", "twice")


@pytest.mark.parametrize("mypy", MYPYS)
def test_errors_are_the_same_in_every_version(mypy: str) -> None:
    """Text and JSON give the same errors; notes are none."""
    rows = parse_errors(mypy_report(mypy, "errors"), 1)
    assert [(row.code, row.path, row.line) for row in rows] == [
        ("no-untyped-def", "src/shop/prices.py", 4),
        ("import-untyped", "src/shop/cart.py", 4),
        ("assignment", "src/shop/cart.py", 9),
        ("no-untyped-def", "src/shop/cart.py", 15),
        ("return-value", "src/shop/cart.py", 45),
        ("list-item", "src/shop/cart.py", 48),
    ]
    assert rows[4].message == 'Incompatible return value type (got "str", expected "int")'


@pytest.mark.parametrize("mypy", MYPYS)
def test_no_errors_are_none(mypy: str) -> None:
    """A clean report of a run that ended with 0 holds no errors."""
    assert parse_errors(mypy_report(mypy, "clean"), 0) == ()


@pytest.mark.parametrize(("mypy", "exit_code"), [("mypy-1.10.1", 0), ("mypy-1.14.1", 1), ("mypy-2.4.0", 1)])
def test_notes_alone_are_no_errors(mypy: str, exit_code: int) -> None:
    """A note is no error, though mypy ends with 1 for it when it writes JSON."""
    assert parse_errors(mypy_report(mypy, "notes"), exit_code) == ()


@pytest.mark.parametrize("mypy", MYPYS)
def test_a_blocking_error_is_read_in_either_format(mypy: str) -> None:
    """Syntax errors come as text even where JSON was asked for."""
    (row,) = parse_messages(mypy_report(mypy, "blocked"))
    assert (row.severity, row.code, row.path) == ("error", "syntax", "src/shop/broken.py")


@pytest.mark.parametrize("mypy", MYPYS)
def test_an_error_without_a_line_is_about_the_whole_file(mypy: str) -> None:
    """A file found twice has no line, and JSON's -1 becomes 0."""
    row = parse_messages(mypy_report(mypy, "twice"))[0]
    assert (row.path, row.line, row.code) == ("src/shop/cart.py", 0, "misc")
    assert row.message.startswith("Duplicate module named")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b.py:3: error: Bad  [misc]", ("a b.py", 3, "misc", "Bad")),
        ("a.py:3:1:4:2: error: Bad [x]", ("a.py", 3, "misc", "Bad [x]")),
        ('a.py:3:1: error: Item "[a]"  [union-attr]', ("a.py", 3, "union-attr", 'Item "[a]"')),
        ("a.py: error: Bad\r", ("a.py", 0, "misc", "Bad\r")),
    ],
)
def test_lines_of_text_are_read_with_any_columns(line: str, expected: tuple[str, int, str, str]) -> None:
    """Columns, ends and codes may be there or not, and paths may hold spaces."""
    (row,) = parse_messages(line.encode())
    assert (row.path, row.line, row.code, row.message) == expected


@pytest.mark.parametrize(("report", "exit_code"), [(b"", 1), (b"Success!\n", 1), (b"a.py:1: error: Bad  [x]\n", 0)])
def test_a_report_that_contradicts_the_exit_code_is_refused(report: bytes, exit_code: int) -> None:
    """No errors although mypy ended with 1, or errors although it ended with 0, is not a measurement."""
    with pytest.raises(ReportError, match="mypy ended with exit code"):
        parse_errors(report, exit_code)


def test_what_plugins_print_is_passed_over() -> None:
    """Lines of other origin stand between the messages without harm."""
    line = mypy_report("mypy-2.4.0", "errors").splitlines()[0]
    assert len(parse_messages(b"loading settings\n" + line + b"\n\nFound 1 error in 1 file\n")) == 1


@pytest.mark.parametrize(
    "line",
    [
        b'noise {"file": "a.py", "line": 1, "message": "m", "severity": "error"}',
        b'{"file": "a.py", "line": 1, "message": "m", "severity": "err',
        b'{"file": "a.py", "line": 1, "message": "m", "severity": "warning"}',
        b'{"file": "a.py", "line": 1e400, "message": "m", "severity": "error"}',
        b'{"file": "a.py", "line": -2, "message": "m", "severity": "error"}',
        b'{"file": ' + b"[" * 100_000,
        b": error: nowhere",
        b"\xff",
    ],
)
def test_a_broken_message_is_refused(line: bytes) -> None:
    """A line that should be a message but cannot be read is an error, not an error less."""
    with pytest.raises(ReportError, match="mypy's report"):
        parse_messages(line)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.10.1", False), ("1.11.0", True), ("2.4.0", True), ("0.991", False), ("1.18.0+dev.abc", True), ("", False)],
)
def test_json_is_asked_for_from_the_version_that_has_it(version: str, *, expected: bool) -> None:
    """Mypy writes JSON from 1.11 on."""
    assert writes_json(version) is expected


def survives(data: bytes) -> None:
    """Parse: messages or ReportError."""
    with suppress(ReportError):
        assert all(row.line >= 0 for row in parse_messages(data))


@given(st.binary(max_size=300))
def test_any_bytes_give_messages_or_a_report_error(data: bytes) -> None:
    """No bytes raise anything else."""
    survives(data)


@given(st.dictionaries(st.sampled_from(["file", "line", "message", "severity", "code"]), st.integers() | st.text()))
def test_any_json_line_gives_messages_or_a_report_error(entry: dict[str, object]) -> None:
    """No JSON raises anything else."""
    survives(json.dumps({"file": "a.py", **entry}).encode())


@given(st.sampled_from(sorted(MYPYS)), st.sampled_from(NAMES), st.integers(0, 1500), st.binary(max_size=4))
def test_a_mutated_report_gives_messages_or_a_report_error(mypy: str, name: str, place: int, change: bytes) -> None:
    """Real reports, cut and with bytes put in, raise nothing else."""
    data = mypy_report(mypy, name)
    survives(data[:place] + change + data[place + len(change) :])
    survives(data[:place] + change)
