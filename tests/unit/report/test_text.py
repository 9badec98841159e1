"""Tests of ratchetry.report.text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.report.text import (
    clip,
    clip_middle,
    code,
    code_block,
    duration,
    encodable,
    escape_html,
    escape_markdown,
    exact,
    listed,
    neutralize,
    neutralize_lines,
    number,
    plural,
    signed,
)
from tests.unit.report import rendered
from tests.unit.report.hostile import steady, texts

ZERO_WIDTH = "\u200b"
LINKED = re.compile(r"@\w|#\d|://|www\.|gh-\d", re.IGNORECASE)
"""What GitHub turns into links of its own accord."""


@steady
@given(texts)
def test_neutralized_text_hides_nothing(text: str) -> None:
    """Neutralized text is one printable line, and neutralizing it again changes nothing."""
    once = neutralize(text)
    assert once.isprintable()
    assert neutralize(once) == once


@steady
@given(texts)
def test_neutralized_lines_are_neutral(text: str) -> None:
    """Every line of neutralized lines is neutral."""
    assert all(neutralize(line) == line for line in neutralize_lines(text).split("\n"))


def test_every_invisible_character_becomes_visible() -> None:
    """No character that controls, formats or separates survives neutralizing."""
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    found = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in hidden]
    left = {character for character in neutralize("".join(found)) if unicodedata.category(character) in hidden}
    assert found
    assert left == set()


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("\ud800", r"\ud800"),
        ("::set-output name=verdict::pass", r"\x3a:set-output name=verdict::pass"),
        ("x ::ERROR::y", r"x \x3a:ERROR::y"),
        ("##[set-output name=verdict;]pass", r"\x23#[set-output name=verdict;]pass"),
        ("tests/a.py::TestError::test_warning", "tests/a.py::TestError::test_warning"),
        ("données 日本 🎉", "données 日本 🎉"),
    ],
)
def test_neutralize_shows_escapes(hostile: str, shown: str) -> None:
    """What would steer a terminal or the runner is shown as its escape; honest names stay as they are."""
    assert neutralize(hostile) == shown


@steady
@given(texts, st.integers(1, 50))
def test_clipping_keeps_to_the_limit(text: str, limit: int) -> None:
    """Clipped text is never longer than the limit, and text within it is not touched."""
    for cut in (clip(text, limit), clip_middle(text, limit)):
        assert len(cut) <= limit
        assert cut == text or len(text) > limit


def test_clip_middle_keeps_the_end() -> None:
    """The end of a path, which tells the most, survives."""
    assert clip_middle("tests/unit/report/test_text.py::test_x", 24) == "tests/u…_text.py::test_x"


@steady
@given(texts)
def test_escaped_markdown_says_the_text(text: str) -> None:
    """Escaped text, rendered, is that text again: no markup, no tag, no link, no cell, no mention."""
    for page in (
        rendered.markdown(f"x {escape_markdown(text)}"),
        rendered.markdown(f"{escape_markdown(text)}\n"),
        rendered.markdown(f"| a | b |\n| --- | --- |\n| x | {escape_markdown(text)} |\n"),
    ):
        assert {tag for tag, _ in page.tags} <= {"p", "table", "thead", "tbody", "tr", "th", "td"}
        assert all(row == [2, 2] for row in page.rows)
        assert neutralize(text).strip() in page.prose.replace(ZERO_WIDTH, "")
        assert not LINKED.search(page.prose)


@steady
@given(texts)
def test_code_spans_say_the_text(text: str) -> None:
    """A code span holds exactly the neutralized text, in a paragraph and in a cell."""
    for page in (
        rendered.markdown(f"x {code(text)}"),
        rendered.markdown(f"| a | b |\n| --- | --- |\n| x | {code(text)} |\n"),
    ):
        shown = neutralize(text).strip()
        assert {tag for tag, _ in page.tags} <= {"p", "code", "table", "thead", "tbody", "tr", "th", "td"}
        assert all(row == [2, 2] for row in page.rows)
        assert [inside.replace(ZERO_WIDTH, "") for inside in page.code] == ([shown] if shown else [])


@steady
@given(texts)
def test_nothing_closes_a_code_block(text: str) -> None:
    """A fenced block holds all lines and nothing else comes of them."""
    page = rendered.markdown(f"{code_block(text)}\n\nafter\n")
    assert [tag for tag, _ in page.tags] == ["pre", "code", "p"]
    assert page.code[0].rstrip("\n") == neutralize_lines(text).rstrip("\n")


@steady
@given(texts)
def test_escaped_html_says_the_text(text: str) -> None:
    """Escaped text is that text again, in an element and in an attribute."""
    page = rendered.html(f'<p title="{escape_html(text)}">{escape_html(text)}</p>')
    assert page.tags == [("p", {"title": neutralize(text)})]
    assert page.prose == neutralize(text)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (93.4, "percent", "93.4%"),
        (100.0, "percent", "100.0%"),
        (99.996, "percent", "99.996%"),
        (0.004, "percent", "0.004%"),
        (0.81, "ratio", "0.81"),
        (0.9996, "ratio", "0.9996"),
        (1204.0, "count", "1,204"),
        (-0.0, "count", "0"),
        (17.0, "paths", "17 paths"),
        (2.4183, "paths", "2.42 paths"),
        (1e300, "count", "1e+300"),
        (0.0, "seconds", "0 s"),
        (4.1e-5, "seconds", "41.0 µs"),
        (3e-9, "seconds", "3.00 ns"),
        (0.0123, "seconds", "12.3 ms"),
        (41.8, "seconds", "41.8 s"),
        (125.0, "seconds", "2 min 5 s"),
        (600.0, "seconds", "10 min"),
        (7320.0, "seconds", "2 h 2 min"),
        (-2.0, "seconds", "-2.00 s"),
    ],
)
def test_numbers_have_units(value: float, unit: str, shown: str) -> None:
    """Numbers are rounded for reading and carry their unit."""
    assert number(value, unit) == shown


def test_numbers_never_look_like_their_bound() -> None:
    """A value just beside its bound is shown with as many decimals as it takes."""
    assert number(87.9993, "percent", apart_from=(88.0,)) == "87.999%"
    assert number(600.2, "seconds", apart_from=(600.0,)) == "600.200 s"
    assert number(88.0, "percent", apart_from=(88.0,)) == "88.0%"


@steady
@given(st.floats(0, 100), st.floats(0, 100))
def test_different_numbers_look_different(value: float, bound: float) -> None:
    """Whatever two percentages are, they look alike only if they are closer than any tool measures."""
    if abs(value - bound) > 1e-9:
        assert number(value, "percent", apart_from=(bound,)) != number(bound, "percent", apart_from=(value,))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (88.0, "percent", "88%"),
        (0.85, "ratio", "0.85"),
        (0.0, "count", "0"),
        (600.0, "seconds", "10 min"),
        (2.5, "x", "2.5 x"),
    ],
)
def test_chosen_numbers_have_only_their_own_decimals(value: float, unit: str, shown: str) -> None:
    """A bound is shown as it was written."""
    assert exact(value, unit) == shown


def test_differences_have_signs() -> None:
    """A margin has a sign, none has none, and that of percentages is in percentage points."""
    assert signed(3.14, "percent") == "+3.1 pp"
    assert signed(-0.0007, "percent") == "-0.001 pp"
    assert signed(0.0, "percent") == "0 pp"
    assert signed(-3.0, "count") == "-3"


@steady
@given(st.floats())
def test_durations_never_break(seconds: float) -> None:
    """Whatever a report claims to have taken can be shown, and shortly."""
    assert 0 < len(duration(seconds)) < 40


def test_people_s_lists() -> None:
    """Lists read like people's, and say how many they leave out."""
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert plural(1, "test") == "1 test"
    assert plural(2000, "vulnerability", "vulnerabilities") == "2,000 vulnerabilities"


def test_encodable_text_fits_any_stream() -> None:
    """What a stream's encoding cannot say is written as an escape."""
    assert encodable("≥ 80% é", "latin-1") == r"\u2265 80% é"
    assert encodable("≥", None) == "≥"
