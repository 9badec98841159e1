"""Tests of ratchetry.report.markup."""

from __future__ import annotations

from defusedxml import ElementTree
from hypothesis import given

from ratchetry.report.markup import body, element, legal
from tests.unit.report.hostile import HOSTILE_TEXTS, steady, texts


@steady
@given(texts, texts)
def test_a_parser_gives_back_what_was_written(value: str, content: str) -> None:
    """Attributes and texts come back as they were, but for what XML cannot hold."""
    parsed = ElementTree.fromstring(element("e", {"a": value}, body(content)).encode("utf-8"))
    assert parsed.get("a") == legal(value)
    assert (parsed.text or "") == legal(content)


def test_what_xml_cannot_hold_becomes_its_escape() -> None:
    """Control characters, surrogates and non-characters are shown; what is allowed stays."""
    assert legal("a\x00\x1b\ud800\uffff\t\n\r\u202e𝄞") == "a\\x00\\x1b\\ud800\\uffff\t\n\r\u202e𝄞"


def test_no_command_to_the_runner() -> None:
    """What GitHub's runner would take for a command in a log stands nowhere, and is read back all the same."""
    written = element("e", {"a": "##[group]x\n::error::x"}, body("##[error]x"))
    assert "##[" not in written
    assert "\n::" not in written
    assert ElementTree.fromstring(written).text == "##[error]x"


def test_an_element_without_content_is_closed() -> None:
    """No content is not the same as an empty text."""
    assert element("e", {}) == "<e/>\n"
    assert element("e", {}, "") == "<e></e>\n"
    assert len(HOSTILE_TEXTS) > 5
