"""Documentation sites: pages that a site generator renders follow its rules, not GitHub's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# What stands beside the pages, and the directory they are in, relative to it.
_GENERATORS: Final = (
    (re.compile(r"mkdocs[^/]*\.ya?ml|properdocs\.ya?ml|zensical\.toml"), "docs"),  # MkDocs, Zensical
    (re.compile(r"conf\.py"), ""),  # Sphinx
    (re.compile(r"_config\.ya?ml|_toc\.yml|myst\.yml"), ""),  # Jekyll, Jupyter Book, MyST
    (re.compile(r"docusaurus\.config\.[cm]?[jt]s"), ""),
    (re.compile(r"book\.toml"), "src"),  # mdBook
    (re.compile(r"hugo\.(?:toml|ya?ml)|config\.toml"), "content"),  # Hugo, Zola
    (re.compile(r"_quarto\.yml|mint\.json|docs\.json"), ""),  # Quarto, Mintlify
    (re.compile(r"astro\.config\.[cm]?[jt]s"), "src/content"),
)
_CONFIG_DIRECTORIES: Final = (".vitepress", ".vuepress")


def site_roots(files: Sequence[str]) -> tuple[str, ...]:
    """Return the directories of pages that a site generator renders, without the root: those pages are GitHub's."""
    roots: set[str] = set()
    for path in files:
        directory, _, name = path.rpartition("/")
        for pattern, below in _GENERATORS:
            if pattern.fullmatch(name) is not None:
                roots.add("/".join(part for part in (directory, below) if part))
        above, _, last = directory.rpartition("/")
        if last in _CONFIG_DIRECTORIES:
            roots.add(above)
    return tuple(sorted(roots - {""}))


def site_of(path: str, roots: Sequence[str]) -> str | None:
    """Return the outermost site that a page belongs to, None when it belongs to none."""
    return next((root for root in roots if path.startswith(f"{root}/")), None)
