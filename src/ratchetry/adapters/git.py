"""What git knows of the measured repository; what it does not know is empty, never an error.

Nothing is written (no index is refreshed), no configured program is run, nothing is fetched and nobody is asked for
a password: git's configuration may come with a repository that nobody has looked at yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from ratchetry.adapters.process import ProcessRunner
from ratchetry.adapters.unified_diff import added_lines
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.project import Base
from ratchetry.errors import ReportError

_TIMEOUT: Final = 60.0
_OUTPUT: Final = 50_000_000
_UNTRACKED_FILES: Final = 2_000
_UNTRACKED_BYTES: Final = 5_000_000
_TRAILERS: Final = 200
_OPTIONS: Final = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "protocol.allow=never"),
)
_DIFF: Final = (
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--find-renames",
    "--relative",
    "--submodule=short",
    "--ignore-submodules=dirty",
)
_DEFAULT_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
_DEEPER: Final = "fetch the whole history (fetch-depth: 0 of actions/checkout, or git fetch --unshallow)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitFacts:
    """What git knows: the commit, its branch, the base it is compared with and the trailers of the commits since.

    `repository` is owner/name from the remote, or the directory's name.  `problem` says why git could not be asked,
    `base_problem` why there is no base although there should be one.
    """

    commit: str = ""
    branch: str = ""
    dirty: bool = False
    shallow: bool = False
    repository: str = ""
    base: Base | None = None
    trailers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""
    base_problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """The commit to compare with, or why there is none; both empty when there is nothing before HEAD."""

    commit: str = ""
    problem: str = ""


class Git:
    """Asks git questions about one directory; `more` are further variables for it."""

    def __init__(self, root: str, environ: Mapping[str, str], more: Mapping[str, str] | None = None) -> None:
        self.root = root
        # Variables such as GIT_DIR, set inside of hooks, would make git speak of another repository.
        kept = {name: value for name, value in environ.items() if not _misleading(name)}
        quiet = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", **(more or {})}
        self._run = ProcessRunner(
            directories={"repository": root, "scratch": root}, environ={**kept, **quiet}, output_limit=_OUTPUT
        )

    def outcome(self, *arguments: str, timeout: float = _TIMEOUT) -> ToolOutcome:
        """Return how git ended."""
        return self._run(Command(name="git", argv=("git", *_OPTIONS, *arguments)), timeout)

    def output(self, *arguments: str) -> bytes | None:
        """Return what git printed, None when it failed or printed too much."""
        outcome = self.outcome(*arguments)
        return outcome.stdout if outcome.exit_code == 0 and not outcome.problem else None

    def line(self, *arguments: str) -> str:
        """Return the one line that git printed, empty when it failed."""
        return (self.output(*arguments) or b"").decode("utf-8", "replace").strip()


def inspect(
    root: str, base_ref: str = "", *, output_dir: str = "", environ: Mapping[str, str] | None = None
) -> GitFacts:
    """Return what git knows of a directory; `base_ref` is the commit or reference to compare with, found when empty.

    The files below `output_dir` do not count as changes.
    """
    git = Git(root, os.environ if environ is None else environ)
    problem = _problem(git)
    if problem is not None:
        return GitFacts(repository=Path(root).name, problem=problem)
    commit, repository = _commit(git, "HEAD"), repository_of(git)
    ours = _own_directory(root, output_dir)
    if not commit:
        return GitFacts(branch=_branch(git), dirty=_is_dirty(git, ours), repository=repository)
    shallow = git.line("rev-parse", "--is-shallow-repository") == "true"
    compared = _compared(git, base_ref, commit, shallow=shallow)
    base, base_problem = _base(git, compared, ours)
    return GitFacts(
        commit=commit,
        branch=_branch(git),
        dirty=_is_dirty(git, ours),
        shallow=shallow,
        repository=repository,
        base=base,
        trailers=_trailers(git, base.commit if base else ""),
        base_problem=base_problem,
    )


def parse_numstat(output: bytes) -> dict[str, tuple[int, int]]:
    """Return (added, deleted) by path from `git diff --numstat -z`; a binary file has (0, 0), a rename its new name."""
    parts = iter(output.decode("utf-8", "replace").split("\0"))
    files: dict[str, tuple[int, int]] = {}
    for part in parts:
        added, _, rest = part.partition("\t")
        deleted, separator, path = rest.partition("\t")
        if not separator:
            continue
        if not path:
            next(parts, "")
            path = next(parts, "")
        if path:
            files[path] = (_count(added), _count(deleted))
    return files


def parse_trailers(output: bytes) -> dict[str, tuple[str, ...]]:
    """Return the values of trailers by name, spelled as first seen, from lines of "Name: value"."""
    rows: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in output.decode("utf-8", "replace").replace("\0", "\n").splitlines():
        name, separator, value = line.strip().partition(":")
        if not separator or not name or len(name) > 100 or len(rows) >= _TRAILERS:
            continue
        spelling, values = rows.get(name.lower(), (name, ()))
        kept = value.strip()[:500]
        if kept and kept not in values and len(values) < _TRAILERS:
            rows[name.lower()] = (spelling, (*values, kept))
    return dict(rows.values())


def repository_name(url: str) -> str:
    """Return owner/name from a remote's URL, empty for local paths and all else; never any credentials in it."""
    if "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        path = "" if parts.scheme == "file" else parts.path
    else:
        host, separator, path = url.partition(":")
        path = path if separator and "/" not in host and "\\" not in path else ""
    names = [name for name in path.removesuffix("/").removesuffix(".git").split("/") if name]
    plain = [name for name in names[-2:] if name not in {".", ".."} and "@" not in name and name.isprintable()]
    return "/".join(plain)[:200] if len(plain) == 2 else ""


def _problem(git: Git) -> str | None:
    """Return why git has nothing to tell (empty: this is no repository of its own), None when it has."""
    outcome = git.outcome("rev-parse", "--is-inside-work-tree", "--show-prefix")
    if outcome.problem:
        return outcome.problem
    if "dubious ownership" in outcome.stderr:
        return (
            f"git refuses to read {git.root}, which belongs to another user; allow it with "
            f"git config --global --add safe.directory {git.root}"
        )
    lines = outcome.stdout.decode("utf-8", "replace").splitlines()
    if outcome.exit_code != 0 or lines[:1] != ["true"]:
        return ""
    # An unpacked archive inside of a repository that ignores it is no part of that repository.
    ignored = bool(lines[1:]) and bool(lines[1]) and git.outcome("check-ignore", "-q", ".").exit_code == 0
    return "" if ignored else None


def _commit(git: Git, ref: str) -> str:
    """Return the commit that a reference stands for, empty when it is not here."""
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")


def _branch(git: Git) -> str:
    """Return the branch that is checked out, empty for a detached head."""
    return git.line("symbolic-ref", "--quiet", "--short", "HEAD")


def repository_of(git: Git) -> str:
    """Return owner/name from the remote called origin or the first one, else the name of the top directory."""
    names = git.line("remote").split()
    remote = "origin" if "origin" in names else next(iter(names), "")
    # `git remote get-url` would apply url.*.insteadOf, in which tokens may stand.
    url = git.line("config", "--get", f"remote.{remote}.url") if remote else ""
    return repository_name(url) or PurePosixPath(git.line("rev-parse", "--show-toplevel") or git.root).name


def _is_dirty(git: Git, ours: str | None) -> bool:
    """Tell whether files differ from the commit, untracked ones included, those of ratchetry's output not."""
    output = git.output("status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=dirty", "--", ".")
    if output is None:
        return False
    prefix = git.line("rev-parse", "--show-prefix")
    rows = (row[3:].removeprefix(prefix) for row in output.decode("utf-8", "replace").split("\0") if row)
    return any(not _is_below(path, ours) for path in rows)


def _compared(git: Git, base_ref: str, commit: str, *, shallow: bool) -> _Compared:
    """Return the merge base of HEAD and the given reference, else the default branch, else HEAD's first parent."""
    if base_ref:
        target = _commit(git, base_ref) or _commit(git, f"origin/{base_ref}")
        if not target:
            return _Compared(problem=f"the base {base_ref[:200]!r} is not in this clone; {_DEEPER}")
        merged = git.line("merge-base", commit, target)
        if merged:
            return _Compared(commit=merged)
        return _Compared(problem=f"HEAD and {base_ref[:200]!r} have no common commit in this clone; {_DEEPER}")
    default = next((target for ref in _DEFAULT_BRANCHES if (target := _commit(git, ref))), "")
    merged = git.line("merge-base", commit, default) if default and default != commit else ""
    if merged and merged != commit:
        return _Compared(commit=merged)
    parent = _commit(git, "HEAD^1")
    if parent or not shallow:
        return _Compared(commit=parent)
    return _Compared(problem=f"the commit before HEAD is not in this shallow clone; {_DEEPER}")


def _base(git: Git, compared: _Compared, ours: str | None) -> tuple[Base | None, str]:
    """Return what changed since a commit, uncommitted and untracked files included, or why that is not known."""
    if not compared.commit:
        return None, compared.problem
    numbers = git.output(*_DIFF, "--numstat", "-z", compared.commit, "--")
    if numbers is None:
        return None, f"git could not compare the files with {compared.commit[:12]}"
    try:
        lines = _added_lines(git, compared.commit)
    except ReportError as error:
        return None, f"the changes since {compared.commit[:12]} cannot be read: {error}"
    new = {path: tuple(range(1, count + 1)) for path, count in _untracked(git, ours)}
    files = {**{path: (len(added), 0) for path, added in new.items()}, **parse_numstat(numbers)}
    added = {**{path: rows for path, rows in new.items() if rows}, **lines}
    return Base(commit=compared.commit, files=files, added_lines=added), ""


def _added_lines(git: Git, commit: str) -> dict[str, tuple[int, ...]]:
    """Return the added lines since a commit; of Python files only when the whole difference is too large.

    Raises ReportError when that is too large as well.
    """
    arguments = (*_DIFF, "--unified=0", "--src-prefix=a/", "--dst-prefix=b/", commit, "--")
    diff = git.output(*arguments)
    if diff is None:
        diff = git.output(*arguments, "*.py")
    if diff is None:
        msg = f"more than {_OUTPUT / 1e6:.0f} MB differ"
        raise ReportError(msg)
    return added_lines(diff)


def _untracked(git: Git, ours: str | None) -> Iterable[tuple[str, int]]:
    """Return the files that are neither tracked nor ignored, each with its number of lines (0 for binary files)."""
    output = git.output("ls-files", "--others", "--exclude-standard", "-z") or b""
    paths = [path for path in output.split(b"\0") if path][:_UNTRACKED_FILES]
    rows = ((path, os.fsencode(git.root) + b"/" + path) for path in paths)
    return [
        (name, _lines_of(place))
        for path, place in rows
        if not _is_below(name := path.decode("utf-8", "replace"), ours) and not os.path.islink(place)  # bytes
    ]


def _lines_of(path: bytes) -> int:
    """Return how many lines a text file has; 0 when it is binary, too large or cannot be read."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _UNTRACKED_BYTES:  # bytes
            return 0
        with open(path, "rb") as file:  # the name may be no valid text
            data = file.read(_UNTRACKED_BYTES)
    except OSError:
        return 0
    return 0 if b"\0" in data else data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def _trailers(git: Git, since: str) -> dict[str, tuple[str, ...]]:
    """Return the trailers of the commits since the base, of the last commit where there is none."""
    which = (f"--max-count={_TRAILERS}", f"{since}..HEAD") if since else ("--max-count=1", "HEAD")
    return parse_trailers(git.output("log", "-z", "--format=%(trailers:only=true,unfold=true)", *which, "--") or b"")


def _own_directory(root: str, output_dir: str) -> str | None:
    """Return the output directory relative to the root, None when it is elsewhere or not named."""
    path = Path(os.path.abspath(os.path.join(root, output_dir)))  # links are not followed
    base = Path(os.path.abspath(root))  # links are not followed
    return path.relative_to(base).as_posix() if output_dir and path != base and path.is_relative_to(base) else None


def _is_below(path: str, directory: str | None) -> bool:
    """Tell whether a path is a directory or below it."""
    return directory is not None and f"{path.rstrip('/')}/".startswith(f"{directory}/")


def _misleading(name: str) -> bool:
    """Tell whether a variable would change what git looks at; GIT_CONFIG_* may hold a permission to read it."""
    return name.startswith("GIT_") and not name.startswith("GIT_CONFIG")


def _count(text: str) -> int:
    """Return a count of lines, 0 where git prints "-" for a binary file."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
