"""Which branch of a repository the others are merged into, as far as its clone knows."""

from __future__ import annotations

from collections.abc import Mapping

from ratchetry.adapters.git import Git


def default_branch(root: str, environ: Mapping[str, str]) -> str:
    """Return what the remote calls its head, else main or master where there is one, else the branch checked out.

    Empty when git knows none.
    """
    git = Git(root, environ)
    remote = git.line("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if remote:
        return remote.removeprefix("origin/")
    for name in ("main", "master"):
        if any(
            git.line("rev-parse", "--verify", "--quiet", f"{prefix}{name}") for prefix in ("origin/", "refs/heads/")
        ):
            return name
    return git.line("symbolic-ref", "--quiet", "--short", "HEAD")
