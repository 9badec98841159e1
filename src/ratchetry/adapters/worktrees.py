"""Checkouts of past commits that leave the repository they come from as it is, byte for byte.

`git worktree add` would write into the user's .git (worktrees/, and locks while it does), and what a killed run left
there would have to be pruned.  Here each checkout is a repository of its own instead, in a private directory: it
borrows the objects of the original (objects/info/alternates, as `git clone --shared` does), and has an index, a HEAD
and copies of the tags to itself.  Git reads the original and never writes there; removing the directory removes
everything.  Moving from commit to commit touches only the files that differ.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.git import Git
from ratchetry.errors import ReportError, UsageError

_FILE_LIMIT: Final = 10_000_000
_ALONE: Final[Mapping[str, str]] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
"""The user's configuration may name filters, which are programs, and would change what lands in the files."""
_NOBODY: Final[Mapping[str, str]] = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "ratchetry"), ("EMAIL", "ratchetry@localhost"), ("DATE", "1970-01-01T00:00:00Z"))
}
"""The commit of uncommitted files is made by a tool, and is the same for the same files."""
_QUIETLY: Final = (
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", "core.logAllRefUpdates=false"),
    *("-c", "gc.auto=0"),
    *("-c", "advice.detachedHead=false"),
)
_NOT_HERE: Final = re.compile(
    r"unable to read (tree|sha1 file|[0-9a-f]{40})|bad object|not a tree|missing (blob|tree)|could not (get|read)",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"invalid path '(?P<path>[^']{0,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What a checkout borrows from the repository it comes from."""

    objects: str
    object_format: str
    shallow: bytes
    tags: bytes
    exclude: bytes = b""
    """What the repository ignores beside its .gitignore files."""


def original_of(git: Git) -> Original:
    """Return what checkouts borrow from a repository; raises UsageError when git cannot be asked about it."""
    objects = _absolute(git, git.line("rev-parse", "--git-path", "objects"))
    if not objects.is_dir():
        outcome = git.outcome("rev-parse", "--git-dir")
        said = outcome.problem or outcome.stderr.strip()[:300] or "it is no git repository"
        msg = f"{git.root}: {said}; name a directory under version control by git"
        raise UsageError(msg)
    shallow = _absolute(git, git.line("rev-parse", "--git-path", "shallow"))
    return Original(
        objects=str(objects),
        object_format=git.line("rev-parse", "--show-object-format") or "sha1",
        shallow=_content(shallow),
        tags=git.output("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags") or b"",
        exclude=_content(_absolute(git, git.line("rev-parse", "--git-path", "info/exclude"))),
    )


class Checkout:
    """One checkout in a directory of its own, which it makes when it is first needed."""

    def __init__(self, place: Path, original: Original, environ: Mapping[str, str], timeout: float = 600.0) -> None:
        self.place = place
        self._original = original
        self._environ = environ
        self._git = Git(str(place), environ, _ALONE)
        self._timeout = timeout

    def move_to(self, commit: str) -> str:
        """Make the files those of a commit; return what of it is kept elsewhere (submodules, Git LFS), mostly nothing.

        Raises ReportError saying why the commit cannot be checked out; the next one starts from nothing then.
        """
        if not (self.place / ".git" / "HEAD").is_file():
            self._create()
        try:
            self._run("checkout", "--quiet", "--force", "--no-recurse-submodules", "--detach", commit)
            self._run("clean", "-ffdxq")
        except ReportError:
            self.remove()
            raise
        return self._incomplete()

    def commit_of(self, top: Path) -> str:
        """Return a commit, in this checkout alone, of the files in a working tree, uncommitted ones included.

        What the repository ignores is left out.  It follows on the commit that the checkout is at, which is returned
        itself when nothing has changed since.  Raises ReportError saying why the files cannot be read.
        """
        exclude = self._original.exclude
        if exclude:
            (self.place / ".git" / "info").mkdir(exist_ok=True)
            (self.place / ".git" / "info" / "exclude").write_bytes(exclude)
        # git works on the files of the user with the index, the objects and the configuration of the checkout
        there = {"GIT_DIR": str(self.place / ".git"), "GIT_WORK_TREE": str(top), **_ALONE, **_NOBODY}
        git = Git(str(top), self._environ, there)
        git.outcome(*_QUIETLY, "update-index", "-q", "--refresh", timeout=self._timeout)
        # What is written is looked for among the borrowed objects first, and git touches what it finds there.
        self._alternates.unlink()
        self._said(git, "add", "--all", "--", ".")
        tree = self._said(git, "write-tree", "--missing-ok")
        self._borrow()
        commit, same = self._said(git, "rev-parse", "HEAD", "HEAD^{tree}").split()
        return commit if tree == same else self._said(git, "commit-tree", "-p", commit, "-m", "uncommitted", tree)

    def remove(self) -> None:
        """Remove the checkout."""
        shutil.rmtree(self.place, ignore_errors=True)

    def _create(self) -> None:
        """Make an empty repository that borrows the objects of the original."""
        self.remove()
        self.place.mkdir(parents=True)
        self._run("init", "--quiet", "--template=", f"--object-format={self._original.object_format}")
        git = self.place / ".git"
        self._alternates.parent.mkdir(parents=True, exist_ok=True)
        self._borrow()
        (git / "packed-refs").write_bytes(self._original.tags)
        if self._original.shallow:
            (git / "shallow").write_bytes(self._original.shallow)

    @property
    def _alternates(self) -> Path:
        """Return the file that says where objects are borrowed from."""
        return self.place / ".git" / "objects" / "info" / "alternates"

    def _borrow(self) -> None:
        """Say where objects are borrowed from."""
        self._alternates.write_bytes(_quoted(self._original.objects))

    def _run(self, *arguments: str) -> None:
        """Run git in the checkout; raises ReportError saying what is wrong."""
        self._said(self._git, *arguments)

    def _said(self, git: Git, *arguments: str) -> str:
        """Return what git printed; raises ReportError saying what is wrong."""
        outcome = git.outcome(*_QUIETLY, *arguments, timeout=self._timeout)
        if outcome.exit_code != 0 or outcome.problem:
            raise ReportError(_reason(outcome.problem or outcome.stderr))
        return outcome.stdout.decode("utf-8", "replace").strip()

    def _incomplete(self) -> str:
        """Return which parts of the commit are kept elsewhere and are not fetched."""
        rows = (self._git.output("ls-files", "--stage", "-z") or b"").split(b"\0")
        modules = [row.partition(b"\t")[2] for row in rows if row.startswith(b"160000 ")]
        listed = self._git.output(*_QUIETLY, "ls-files", "-z", "--", ":(attr:filter=lfs)") or b""
        files = [path for path in listed.split(b"\0") if path]
        kinds = (("submodule", modules), ("file of Git LFS", files))
        return "; ".join(_left_out(kind, paths) for kind, paths in kinds if paths)


def _content(path: Path) -> bytes:
    """Return the content of one of git's small files, empty when it is not there."""
    return path.read_bytes()[:_FILE_LIMIT] if path.is_file() else b""


def _absolute(git: Git, path: str) -> Path:
    """Return the absolute path of a part of a repository."""
    return Path(os.path.realpath(Path(git.root, path))) if path else Path(git.root, "\0missing")


def _quoted(path: str) -> bytes:
    """Return a path as a line of git's list of alternates, in which some characters have a meaning."""
    plain = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + plain + b'"\n'


def _reason(said: str) -> str:
    """Return why git could not check out a commit, for people."""
    lines = [line.strip() for line in said.strip().splitlines()] or ["git said nothing"]
    if refused := _REFUSED.search(said):
        return f"git refuses to write {refused['path']!r}, a path that could do harm"
    errors = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    told = errors[0][:300]
    if _NOT_HERE.search(said):
        return f"not everything of it is in this clone, and nothing is fetched ({told}); git fetch it, then try again"
    return f"git cannot check it out: {told}"


def _left_out(kind: str, paths: list[bytes]) -> str:
    """Return how many parts of a kind are not there, with the first by name."""
    first = paths[0].decode("utf-8", "backslashreplace")[:200]
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"the {kind} {first}{more} is not part of the checkout"
