"""The default branch as a clone knows it."""

from __future__ import annotations

import os
from pathlib import Path

from ratchetry.adapters.default_branch import default_branch
from tests.adapters.repositories import git


def test_what_the_remote_calls_its_head(tmp_path: Path) -> None:
    """A clone remembers the branch that the remote had checked out, whatever is checked out here."""
    git(tmp_path, "init", "-q", "-b", "trunk", "origin")
    git(tmp_path / "origin", "commit", "-q", "--allow-empty", "-m", "Begin")
    git(tmp_path, "clone", "-q", "origin", "clone")
    git(tmp_path / "clone", "checkout", "-q", "-b", "main")
    assert default_branch(str(tmp_path / "clone"), os.environ) == "trunk"


def test_without_a_remote(tmp_path: Path) -> None:
    """Then it is main or master where there is one, else the branch that is checked out, else nothing."""
    assert default_branch(str(tmp_path), os.environ) == ""
    git(tmp_path, "init", "-q", "-b", "topic")
    assert default_branch(str(tmp_path), os.environ) == "topic"
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "Begin")
    git(tmp_path, "branch", "master")
    assert default_branch(str(tmp_path), os.environ) == "master"
