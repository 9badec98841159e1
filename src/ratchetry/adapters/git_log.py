"""The past of a repository as git tells it: the commits of a branch along its first parents, and those of its tags.

Nothing is written, nothing is fetched: what a shallow or partial clone does not hold is not there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from ratchetry.adapters.git import Git
from ratchetry.domain.commit import Branch, Commit, Tags
from ratchetry.errors import UsageError

_FORMAT: Final = "--format=%H %T %ct"
_ROW: Final = re.compile(r"(?P<sha>[0-9a-f]{40,64}) (?P<tree>[0-9a-f]{40,64}) (?P<committed>-?\d{1,18})")
_DECLARING: Final = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    ":(glob)**/*requirements*.txt",
    ":(glob)**/requirements/*.txt",
)
_RAW: Final = re.compile(r":\d+ \d+ [0-9a-f]+ (?P<blob>[0-9a-f]+) \w+\t(?P<path>.+)")
_AT_ONCE: Final = 500
_LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999: git takes later dates, ISO 8601 does not."""
_SHALLOW: Final = "this is a shallow clone; git fetch --unshallow (fetch-depth: 0 of actions/checkout) gets the rest"


def read_branch(git: Git, ref: str = "") -> Branch:
    """Return the past of a branch, by default of the one that origin calls its default, else of what is checked out.

    Raises UsageError when there is no such reference or no commit yet.
    """
    name, tip = _named(git, ref) if ref else _default(git)
    if not tip:
        msg = f"{ref}: no such branch or commit here" if ref else "there is no commit to measure yet"
        raise UsageError(msg)
    output = git.output("log", "--first-parent", "--no-show-signature", _FORMAT, tip, "--")
    if output is None:
        msg = f"git cannot read the history of {ref or name or tip[:12]}: {_complaint(git, tip)}"
        raise UsageError(msg)
    commits = parse_log(output)
    shallow = git.line("rev-parse", "--is-shallow-repository") == "true"
    return Branch(name=name, commits=with_declarations(commits, _changes(git, tip)), cut_off=_SHALLOW * shallow)


def read_tags(git: Git, glob: str) -> Tags:
    """Return the commits of the tags whose names match a glob; a tag of a file or a tree leads to no commit."""
    found: dict[str, None] = {}
    left_out = []
    for name in (
        (git.output("for-each-ref", "--format=%(refname)", "refs/tags") or b"").decode("utf-8", "replace").split()
    ):
        short = name.removeprefix("refs/tags/")
        if not fnmatchcase(short, glob):
            continue
        commit = git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if commit:
            found[commit] = None
        else:
            left_out.append(short)
    return Tags(commits=tuple(_described(git, tuple(found))), left_out=tuple(left_out))


def parse_log(output: bytes) -> tuple[Commit, ...]:
    """Return the commits of a log in our format, each once; lines that are none are left out."""
    rows = (_ROW.fullmatch(line) for line in output.decode("utf-8", "replace").splitlines())
    commits = {
        row["sha"]: Commit(sha=row["sha"], tree=row["tree"], committed=min(max(int(row["committed"]), 0), _LAST_SECOND))
        for row in rows
        if row
    }
    return tuple(commits.values())


def parse_changes(output: bytes) -> dict[str, dict[str, str]]:
    """Return by commit what became of the declaring files it changed: path to content's name, zeros for a removal."""
    changes: dict[str, dict[str, str]] = {}
    commit = ""
    for line in output.decode("utf-8", "replace").splitlines():
        if row := _RAW.fullmatch(line):
            changes.setdefault(commit, {})[row["path"]] = row["blob"]
        elif re.fullmatch(r"[0-9a-f]{40,64}", line):
            commit = line
    return changes


def with_declarations(commits: tuple[Commit, ...], changes: Mapping[str, Mapping[str, str]]) -> tuple[Commit, ...]:
    """Return commits, newest first, each with a digest of the declaring files as they are after it."""
    state: dict[str, str] = {}
    declared = _digest(state)
    found = []
    for commit in reversed(commits):
        if commit.sha in changes:
            state = {path: blob for path, blob in {**state, **changes[commit.sha]}.items() if blob.strip("0")}
            declared = _digest(state)
        found.append(Commit(sha=commit.sha, tree=commit.tree, committed=commit.committed, declared=declared))
    return tuple(reversed(found))


def _named(git: Git, ref: str) -> tuple[str, str]:
    """Return the branch that a reference names, if it is one, and its commit."""
    full = git.line("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", ref)
    name = (
        re.sub(r"^refs/(heads|remotes/[^/]+)/", "", full) if full.startswith(("refs/heads/", "refs/remotes/")) else ""
    )
    return name, git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")


def _default(git: Git) -> tuple[str, str]:
    """Return the default branch and its commit: the local one where it is ahead of origin's, else origin's."""
    full = git.line("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    name = full.removeprefix("refs/remotes/origin/")
    names = (name,) if name else ("main", "master")
    for candidate in names:
        remote = _named(git, f"refs/remotes/origin/{candidate}")[1]
        local = _named(git, f"refs/heads/{candidate}")[1]
        if local and remote and git.outcome("merge-base", "--is-ancestor", remote, local).exit_code != 0:
            return candidate, remote
        if local or remote:
            return candidate, local or remote
    return git.line("symbolic-ref", "--quiet", "--short", "HEAD"), _named(git, "HEAD")[1]


def _described(git: Git, shas: tuple[str, ...]) -> Iterable[Commit]:
    """Yield what git knows of some commits."""
    for first in range(0, len(shas), _AT_ONCE):
        part = shas[first : first + _AT_ONCE]
        yield from parse_log(
            git.output("log", "--no-walk=unsorted", "--no-show-signature", _FORMAT, *part, "--") or b""
        )


def _changes(git: Git, tip: str) -> dict[str, dict[str, str]]:
    """Return by commit what it changed in declaring files, nothing where trees are missing."""
    options = ("--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames", "--root")
    return parse_changes(
        git.output("log", *options, "--no-show-signature", "--format=%H", tip, "--", *_DECLARING) or b""
    )


def _complaint(git: Git, tip: str) -> str:
    """Return the last line in which git says why it cannot read a history."""
    outcome = git.outcome("log", "--first-parent", "--max-count=100000", "--format=", tip, "--")
    lines = outcome.stderr.strip().splitlines() or [outcome.problem or "too long"]
    return lines[-1][:300]


def _digest(state: Mapping[str, str]) -> str:
    """Return a digest of names and contents."""
    return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()[:16]
