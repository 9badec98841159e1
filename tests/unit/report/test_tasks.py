"""Tests of ratchetry.report.tasks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.errors import StateError
from ratchetry.report.tasks import BEGIN, END, MOST, Task, synchronized
from tests.unit.report.hostile import HOSTILE_TEXTS

URL = "https://github.com/octocat/hello/issues/"


def task(number: int, title: str = "Coverage fell") -> Task:
    """Return an open issue."""
    return Task(number=number, title=title, url=f"{URL}{number}", fingerprint="0123456789abcdef")


def test_the_block_is_rewritten_and_nothing_else() -> None:
    """The entries are the open issues by number; the text around them is as it was."""
    text = f"# Ours\n\nHello.\n\n{BEGIN}\n- [x] by hand\n{END}\n\nBye.\n"
    assert synchronized(text, [task(2), task(1)], "TASKS.md") == (
        f"# Ours\n\nHello.\n\n{BEGIN}\n"
        f"- [ ] [#1]({URL}1) Coverage fell `0123456789abcdef`\n"
        f"- [ ] [#2]({URL}2) Coverage fell `0123456789abcdef`\n"
        f"{END}\n\nBye.\n"
    )


def test_a_file_without_a_block_gets_one_at_its_end() -> None:
    """A new file gets a title as well."""
    assert synchronized("", [], "x") == f"# Tasks\n\n{BEGIN}\nNo open tasks.\n{END}\n"
    assert synchronized("Text", [], "x") == f"Text\n\n{BEGIN}\nNo open tasks.\n{END}\n"


@pytest.mark.parametrize("text", [BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{BEGIN}{END}"])
def test_a_broken_block_is_left_alone(text: str) -> None:
    """Where it is not clear what to replace, nothing is."""
    with pytest.raises(StateError, match=r"TASKS\.md: must have"):
        synchronized(text, [], "TASKS.md")


def test_floods_are_cut() -> None:
    """No more than some hundred tasks are listed, and the rest is counted."""
    text = synchronized("", [task(number) for number in range(1, MOST + 3)], "x")
    assert text.count("- [ ]") == MOST
    assert "and 2 more" in text


@given(st.text(max_size=50).filter(lambda text: "ratchetry:tasks" not in text), st.sampled_from(HOSTILE_TEXTS))
def test_doing_it_again_changes_nothing(text: str, title: str) -> None:
    """The block of a file is found again, whatever issues are called, and written alike."""
    once = synchronized(text, [task(1, title)], "x")
    assert synchronized(once, [task(1, title)], "x") == once
    assert once.count(BEGIN) == once.count(END) == 1
