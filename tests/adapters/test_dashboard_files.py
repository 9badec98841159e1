"""Dashboards in directories: nothing foreign is touched, and nothing old is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.adapters.dashboard_files import DashboardFiles, is_dashboard
from ratchetry.errors import UsageError
from ratchetry.report.dashboard.shell import MARK

PAGE = f"<!doctype html><head>{MARK}</head>".encode()


def write(root: Path, *documents: tuple[str, str, bytes]) -> None:
    """Write a dashboard of some documents."""
    files = DashboardFiles(root)
    for name, tag, script in documents:
        files.add_script(name, tag, script)
    files.finish(PAGE)


def names(root: Path) -> set[str]:
    """Return the files below a directory."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_documents_of_an_older_page_are_removed(tmp_path: Path) -> None:
    """A second dashboard in the same place leaves no document that its page does not name, and nothing else is gone."""
    root = tmp_path / "site"
    write(root, ("runs", "00000001", b"a"), ("test-1", "00000002", b"b"))
    (root / "data" / "mine.txt").write_text("kept")
    write(root, ("runs", "00000003", b"c"))
    assert names(root) == {"index.html", "data/runs.00000003.js", "data/mine.txt"}


def test_the_sizes_are_told(tmp_path: Path) -> None:
    """What was written is counted, whether it was there before or not."""
    for _ in range(2):
        files = DashboardFiles(tmp_path)
        files.add_script("runs", "00000001", b"abc")
        files.add("badges/score.svg", b"<svg/>")
        written = files.finish(PAGE)
        assert (written.files, written.bytes) == (3, 9 + len(PAGE))
        assert written.index == tmp_path / "index.html"


def test_a_file_that_was_cut_is_written_again(tmp_path: Path) -> None:
    """A document of another size than it should have is replaced."""
    write(tmp_path, ("runs", "00000001", b"abc"))
    (tmp_path / "data" / "runs.00000001.js").write_bytes(b"a")
    write(tmp_path, ("runs", "00000001", b"abc"))
    assert (tmp_path / "data" / "runs.00000001.js").read_bytes() == b"abc"


def test_a_directory_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """A site of somebody else is not written over; what a dashboard that was not finished left is."""
    (tmp_path / "index.html").write_text("<!doctype html><title>mine</title>")
    with pytest.raises(UsageError, match="holds something else"):
        DashboardFiles(tmp_path)
    assert not is_dashboard(tmp_path)
    assert names(tmp_path) == {"index.html"}
    unfinished = tmp_path / "unfinished"
    DashboardFiles(unfinished).add_script("runs", "00000001", b"a")
    write(unfinished, ("runs", "00000002", b"b"))
    assert names(unfinished) == {"index.html", "data/runs.00000002.js"}


def test_links_are_not_written_through(tmp_path: Path) -> None:
    """A link in place of a directory of the dashboard leads nowhere."""
    write(tmp_path / "site", ("runs", "00000001", b"a"))
    (tmp_path / "site" / "badges").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="is a link"):
        DashboardFiles(tmp_path / "site")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the directory should be ends in a message, not in a traceback."""
    (tmp_path / "site").write_text("a file")
    with pytest.raises(UsageError, match="--output"):
        DashboardFiles(tmp_path / "site")
