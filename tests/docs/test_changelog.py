"""The changelog follows Keep a Changelog (https://keepachangelog.com/en/1.1.0/)."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Final

from ratchetry import __version__
from tests.docs.pages import document

CHANGELOG: Final = document("CHANGELOG.md")
KINDS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
RELEASE: Final = re.compile(r"\[(?P<version>\d+\.\d+\.\d+)\] - (?P<date>\d{4}-\d\d-\d\d)(?: \[YANKED\])?")


def releases() -> tuple[tuple[tuple[int, ...], date], ...]:
    """Return the releases with version and date, in the order of the page."""
    found = [RELEASE.fullmatch(heading.text) for heading in CHANGELOG.headings if heading.level == 2]
    rows = [match for match in found if match is not None]
    return tuple((numbers(match["version"]), date.fromisoformat(match["date"])) for match in rows)


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version."""
    return tuple(int(part) for part in version.split("."))


def test_headings_are_releases_and_kinds_of_changes() -> None:
    """A title, what is not released first, then releases; below each only the six kinds of changes."""
    title, *others = CHANGELOG.headings
    assert (title.level, title.text) == (1, "Changelog")
    seconds = [heading.text for heading in others if heading.level == 2]
    assert [text for text in seconds[1:] if RELEASE.fullmatch(text) is None] == []
    assert seconds[0] == "[Unreleased]" or RELEASE.fullmatch(seconds[0])
    assert {heading.text for heading in others if heading.level == 3} <= set(KINDS)
    assert {heading.level for heading in others} <= {2, 3}


def test_kinds_come_once_in_their_order_and_are_never_empty() -> None:
    """Below a release each kind of change stands once, in the usual order, with something in it."""
    place = -1
    for section in CHANGELOG.sections:
        if section.heading and section.heading.level == 2:
            place = -1
        elif section.heading and section.heading.level == 3:
            assert KINDS.index(section.heading.text) > place, f"line {section.heading.line}"
            assert section.words, f"line {section.heading.line}"
            place = KINDS.index(section.heading.text)


def test_the_newest_release_comes_first() -> None:
    """Versions and dates go down the page, and none is newer than the code."""
    rows = releases()
    assert all(above[0] > below[0] and above[1] >= below[1] for above, below in pairwise(rows))
    assert all(version <= numbers(__version__) for version, _ in rows[:1])
