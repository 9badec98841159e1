"""Small repositories for the tests of everything that lists or copies one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below a root, with the directories they need."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def git(root: Path, *arguments: str) -> str:
    """Return what git prints about a repository; the user's configuration plays no part."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(root),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    argv = ("git", *arguments)
    answer = subprocess.run(argv, cwd=root, env=environ, capture_output=True, text=True, check=True)
    return answer.stdout


def commit_all(root: Path) -> None:
    """Make a directory a git repository with one commit of everything in it."""
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
