"""Files that somebody imports from are found and read in bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ratchetry.adapters.import_sources import files_of, read_file
from ratchetry.errors import ReportError, UsageError
from ratchetry.state.codec import LIMIT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a directory with files at several depths, and a link to one outside of it."""
    for name in ("b.xml", "a/c.xml", "a/d.txt", "a/b/e.xml"):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(name)
    (tmp_path / "outside.xml").write_text("x")
    (tmp_path / "tree" / "link.xml").symlink_to(tmp_path / "outside.xml")
    return tmp_path / "tree"


def names(tree: Path, source: str) -> list[str]:
    """Return the files of a source below a tree."""
    return [path.relative_to(tree).as_posix() for path in files_of(str(tree / source), (".xml",))]


def test_directories_are_searched_in_order(tree: Path) -> None:
    """Links are not followed, and other files are not taken."""
    assert names(tree, ".") == ["b.xml", "a/c.xml", "a/b/e.xml"]


def test_globs_are_looked_for(tree: Path) -> None:
    """What a glob matches is taken: files as they are, directories with what is in them."""
    assert names(tree, "**/*.txt") == ["a/d.txt"]
    assert names(tree, "a*") == ["a/c.xml", "a/b/e.xml"]


def test_a_file_is_taken_whatever_it_is_called(tree: Path) -> None:
    """Who names a file means it."""
    assert names(tree, "a/d.txt") == ["a/d.txt"]


@pytest.mark.parametrize("source", ["absent", "absent*", "***"])
def test_what_is_not_there_is_told(tree: Path, source: str) -> None:
    """The error names the source."""
    with pytest.raises(UsageError, match=r"absent|\*\*\*"):
        files_of(str(tree / source), (".xml",))


def test_a_file_has_its_name_content_and_time(tree: Path) -> None:
    """The time is that of its last change, in UTC."""
    os.utime(tree / "b.xml", (0, 1767607200))
    file = read_file(tree / "b.xml")
    assert (file.data, file.modified) == (b"b.xml", "2026-01-05T10:00:00Z")
    assert file.name == str(tree / "b.xml")


def test_what_cannot_be_read_is_refused(tree: Path) -> None:
    """A file that is gone, a link, and one that is larger than any that is imported."""
    with (tree / "large.xml").open("wb") as file:
        file.truncate(LIMIT + 1)
    for name, why in (("gone.xml", "cannot be read"), ("link.xml", "cannot be read"), ("large.xml", "more than")):
        with pytest.raises(ReportError, match=why):
            read_file(tree / name)
