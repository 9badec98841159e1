"""Commits of a repository's past."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit: its name, that of its tree, and when it was committed, in seconds since 1970 (UTC)."""

    sha: str
    tree: str
    committed: int
    declared: str = ""
    """Equal for commits whose declarations of what they need are equal; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The past of a branch along its first parents, newest first; `name` is empty for a detached head.

    `cut_off` says why the past does not reach its beginning, empty when it does.
    """

    name: str
    commits: tuple[Commit, ...]
    cut_off: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The commits that tags lead to, and the names of the tags that lead to none."""

    commits: tuple[Commit, ...]
    left_out: tuple[str, ...] = ()
