"""Markers and the bounds of what GitHub takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ratchetry.adapters.github.markers import bounded, fingerprint_of, marked, same_text, title
from ratchetry.errors import UsageError

FINGERPRINT = "0123456789abcdef"


@given(st.text())
def test_a_marked_body_is_found_again(body: str) -> None:
    """Whatever is under it, the marker is read back, also with the line ends that GitHub may make of it."""
    text = marked(FINGERPRINT, body)
    assert fingerprint_of(text) == FINGERPRINT
    assert fingerprint_of(text.replace("\n", "\r\n")) == FINGERPRINT
    assert text.encode()


@given(st.text())
def test_only_the_first_line_counts(text: str) -> None:
    """A marker anywhere else is text."""
    if not text:
        return
    assert fingerprint_of(f"{text}\n{marked(FINGERPRINT, 'x')}") == fingerprint_of(text + "\n")


@pytest.mark.parametrize("fingerprint", ["", "0123456789ABCDEF", "0123", "0123456789abcdef\n", "-->", "x" * 16])
def test_what_is_no_fingerprint(fingerprint: str) -> None:
    """A marker is not made of anything else."""
    with pytest.raises(UsageError, match="is no fingerprint"):
        marked(fingerprint, "x")


@given(st.lists(st.sampled_from(["text", "```text", "```", "~~~~", "~~~", "  ```", "| a |", "x" * 90, "````"])))
def test_cut_text_is_whole_markdown(lines: list[str]) -> None:
    """A cut text is within the limit and leaves no code block open, so that the note under it is seen."""
    body = "\n".join(lines)
    cut = bounded(body, 200)
    assert len(cut) <= 200
    if len(body) <= 200:
        assert cut == body
    else:
        *_, last = MarkdownIt().parse(cut)
        assert last.type == "paragraph_close"


@given(st.text())
def test_titles(text: str) -> None:
    """A title is one printable line of at most 256 characters."""
    made = title(text)
    assert len(made) <= 256
    assert "\n" not in made
    assert made.encode()


def test_the_same_text_in_other_line_ends() -> None:
    """What GitHub changes about white space is no change."""
    assert same_text("a\r\nb\r\n", "a\nb")
    assert not same_text("a\nb", "a b")
