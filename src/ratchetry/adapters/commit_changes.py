"""What each commit of a branch changed, as git tells it; nothing is written, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from ratchetry.adapters.git import Git, parse_numstat
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import ChangedFile

MOST_COMMITS: Final = 20_000
_HEADER: Final = re.compile(r"\n?(?P<sha>[0-9a-f]{40,64}) (?P<committed>\d{1,11})")
_LONGEST: Final = 4096


def commit_changes(git: Git, tip: str, *, first: str = "") -> tuple[CommitChange, ...]:
    """Return the commits of a branch along its first parents up to `tip`, oldest first, with the files of each.

    From a commit on, when it is named.  Empty where git does not know: no repository, no such commit, too much.
    """
    if not tip or tip.startswith("-") or first.startswith("-"):
        return ()
    output = git.output(
        "log",
        "--first-parent",
        "-m",
        "--no-show-signature",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--numstat",
        "-z",
        f"--max-count={MOST_COMMITS}",
        "--format=%H %ct",
        tip,
        *(("--not", f"{first}^@") if first else ()),
        "--",
    )
    return parse_changes(output or b"")


def parse_changes(output: bytes) -> tuple[CommitChange, ...]:
    """Return the commits of such a log, oldest first; whatever is none is left out."""
    return tuple(_commits(output.decode("utf-8", "replace").split("\0")))[::-1]


def file_at(git: Git, commit: str, path: str) -> bytes:
    """Return a file as a commit has it, empty when it has none."""
    if not re.fullmatch("[0-9a-f]{7,64}", commit) or not path:
        return b""
    return git.output("show", "--no-textconv", f"{commit}:{path}") or b""


def _commits(parts: list[str]) -> Iterator[CommitChange]:
    """Yield the commits in the parts of a log: without renames, the parts with a tab are files, all others headers."""
    header: re.Match[str] | None = None
    rows: list[str] = []
    for part in [*parts, "\n"]:
        if "\t" in part:
            rows.append(part.lstrip("\n"))
            continue
        found = _HEADER.fullmatch(part)
        if header is not None and (found or part == "\n"):
            yield _commit(header, rows)
            header, rows = None, []
        header = found or header


def _commit(header: re.Match[str], rows: list[str]) -> CommitChange:
    """Return one commit."""
    files = parse_numstat("\0".join(rows).encode("utf-8", "replace"))
    moment = datetime.fromtimestamp(int(header["committed"]), UTC)
    return CommitChange(
        sha=header["sha"],
        time=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        files=tuple(
            ChangedFile(path=path[:_LONGEST], added=added, deleted=deleted) for path, (added, deleted) in files.items()
        ),
    )
