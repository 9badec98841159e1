"""Git's objects in memory, named as git names them, and branches that point at them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a tree."""

    mode: str
    kind: str
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit."""

    tree: str
    parents: tuple[str, ...]
    message: str
    author: str
    date: str


@dataclass(slots=True, kw_only=True)
class Objects:
    """An object store: blobs, trees of one level, commits."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, Entry]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)

    def blob(self, data: bytes) -> str:
        """Keep a blob and return its name."""
        name = _name("blob", data)
        self.blobs[name] = data
        return name

    def tree(self, entries: Mapping[str, Entry]) -> str:
        """Keep a tree and return its name."""
        ordered = sorted(entries.items(), key=lambda item: item[0] + ("/" if item[1].kind == "tree" else ""))
        data = b"".join(
            f"{entry.mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entry.sha) for name, entry in ordered
        )
        name = _name("tree", data)
        self.trees[name] = dict(ordered)
        return name

    def commit(self, commit: Commit) -> str:
        """Keep a commit and return its name."""
        lines = [f"tree {commit.tree}", *(f"parent {parent}" for parent in commit.parents)]
        lines += [f"author {commit.author} {commit.date}", "", commit.message]
        name = _name("commit", "\n".join(lines).encode())
        self.commits[name] = commit
        return name

    def files(self, tree: str, prefix: str = "") -> dict[str, Entry]:
        """Return every file below a tree by its path."""
        rows: dict[str, Entry] = {}
        for name, entry in self.trees[tree].items():
            rows |= self.files(entry.sha, f"{prefix}{name}/") if entry.kind == "tree" else {prefix + name: entry}
        return rows

    def tree_of(self, files: Mapping[str, Entry]) -> str:
        """Keep the trees that hold files by their paths; return the name of the outermost."""
        here: dict[str, Entry] = {}
        below: dict[str, dict[str, Entry]] = {}
        for path, entry in files.items():
            first, slash, rest = path.partition("/")
            if slash:
                below.setdefault(first, {})[rest] = entry
            else:
                here[first] = entry
        for name, inner in below.items():
            here[name] = Entry(mode="040000", kind="tree", sha=self.tree_of(inner))
        return self.tree(here)

    def ancestors(self, commit: str) -> list[str]:
        """Return a commit and everything before it, nearest first."""
        seen: list[str] = []
        waiting = [commit]
        while waiting:
            name = waiting.pop(0)
            if name not in seen and name in self.commits:
                seen.append(name)
                waiting += self.commits[name].parents
        return seen

    def merged(self, one: str, other: str) -> dict[str, Entry] | None:
        """Return the files of two commits merged, each whole; None when both have changed one file differently."""
        before = self.files(self.commits[self._common(one, other)].tree)
        ours, theirs = (self.files(self.commits[commit].tree) for commit in (one, other))
        rows: dict[str, Entry] = {}
        for path in {**before, **ours, **theirs}:
            was, mine, yours = before.get(path), ours.get(path), theirs.get(path)
            if was not in {mine, yours} and mine != yours:
                return None
            entry = yours if mine == was else mine
            if entry:
                rows[path] = entry
        return rows

    def _common(self, one: str, other: str) -> str:
        """Return the nearest commit that two have behind them."""
        behind = set(self.ancestors(other))
        return next(name for name in self.ancestors(one) if name in behind)


def _name(kind: str, data: bytes) -> str:
    """Return the name of an object."""
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
