#!/usr/bin/env python3
"""Print the next version, as the conventional commits since the last release decide it, or as --bump says.

Nothing is printed when there is nothing to release.  In a GitHub job the version is also the step output `version`.
The commits are read by git-cliff (https://git-cliff.org) as .github/cliff.toml says; nothing is fetched.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CONFIGURATION: Final = ROOT / ".github" / "cliff.toml"
VERSION: Final = re.compile(r"v(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)")


def next_version(repository: Path, bump: str) -> str:
    """Return the next version of a repository, empty when there is nothing to release.

    Raises ValueError when a first release is to be a bump of nothing, or when a tag is no version.
    """
    last = last_tag(repository)
    if bump == "auto":
        decided = decided_tag(repository)
        return "" if decided == last else decided.removeprefix("v")
    if not last:
        msg = "there is no release yet to bump: the first is the one of .github/cliff.toml, which --bump auto gives"
        raise ValueError(msg)
    return bumped(last, bump) if has_commits_since(repository, last) else ""


def bumped(tag: str, bump: str) -> str:
    """Return the version after that of a tag; raises ValueError when the tag is none of a version."""
    match = VERSION.fullmatch(tag)
    if match is None:
        msg = f"the tag {tag!r} is no version"
        raise ValueError(msg)
    major, minor, patch = (int(part) for part in match.groups())
    return {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}"}[
        bump
    ]


def last_tag(repository: Path) -> str:
    """Return the tag of the newest release in the history of the checked out commit, empty when there is none."""
    listed = _git(repository, "tag", "--merged", "HEAD", "--sort", "-version:refname", "--list", "v*")
    return next((tag for tag in listed.split() if VERSION.fullmatch(tag)), "")


def has_commits_since(repository: Path, tag: str) -> bool:
    """Tell whether anything was committed after a tag."""
    return _git(repository, "rev-list", "--count", f"{tag}..HEAD") != "0"


def decided_tag(repository: Path) -> str:
    """Return the tag that the conventional commits ask for: the last one when they ask for none."""
    beside = Path(sys.executable).with_name("git-cliff")
    cliff = str(beside) if beside.is_file() else "git-cliff"
    command = (cliff, "--offline", "--config", str(CONFIGURATION), "--bumped-version")
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _git(repository: Path, *arguments: str) -> str:
    """Return what git prints."""
    git = shutil.which("git") or "git"
    done = subprocess.run((git, *arguments), cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Print the next version and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bump", choices=("auto", "patch", "minor", "major"), default="auto")
    parser.add_argument("--repository", type=Path, default=ROOT, help="checkout whose commits decide")
    options = parser.parse_args(arguments)
    try:
        version = next_version(options.repository, options.bump)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if version:
        print(version)
    else:
        print(
            "nothing to release: no commit since the last release is a feat, fix, perf, revert or breaking change; "
            "--bump patch releases what plain sentences describe",
            file=sys.stderr,
        )
    if os.environ.get("GITHUB_OUTPUT"):
        with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
            file.write(f"version={version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
