"""Links and images of Markdown pages that lead nowhere within the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from ratchetry.collect.validate.findings import not_checked, warning
from ratchetry.collect.validate.markdown_page import Link, Page, anchor_key, may_point_inside, read_page
from ratchetry.collect.validate.scope import is_template, is_test_data, suffix
from ratchetry.collect.validate.sites import site_of, site_roots
from ratchetry.domain.record import Finding

LARGEST_PAGE: Final = 500_000
"""Characters above which a page is not parsed, so that hostile ones cost seconds; real ones stay below."""

_PAGE_SUFFIXES: Final = frozenset({".md", ".markdown"})
_EXTERNAL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_PLACEHOLDER: Final = re.compile(r".*(?:[{}<>$|*]|\.\.\.|…).*|url|uri|link|path|href|src", re.IGNORECASE | re.DOTALL)
# Issue and pull-request templates, and news fragments, are shown at other places than they stand at.
_SHOWN_ELSEWHERE: Final = re.compile(
    r"(?:.*/)?(?:(?:issue|pull_request|discussion)_template(?:/.*|\.md)"
    r"|(?:changelog\.d|changes\.d|news\.d|newsfragments|\.changeset)/.*)",
    re.IGNORECASE,
)
# Anchors that GitHub itself puts on pages: lines, tabs of the overview, footnotes, text fragments.
_GIVEN_ANCHORS: Final = re.compile(
    r"|top|readme|l\d+.*|.*-ov-file|(?:user-content-)?fn(?:ref)?-.*|:~:.*", re.IGNORECASE
)
_SUBMODULE: Final = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(\S.*)$", re.MULTILINE)
_FILE_IN_SITE: Final = frozenset({*_PAGE_SUFFIXES, ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repository:
    """What links can lead to."""

    files: frozenset[str]
    directories: frozenset[str]
    sites: tuple[str, ...]
    exists: Callable[[str], bool]
    texts: Mapping[str, str]
    submodules: tuple[str, ...]

    def has(self, path: str) -> bool:
        """Tell whether a path is a file or a directory here, or may be one in a submodule that is not checked out."""
        if path in self.files or path in self.directories or not path:
            return True
        return any(path.startswith(f"{place}/") for place in self.submodules) or self.exists(path)


def is_page(path: str) -> bool:
    """Tell whether a file is a Markdown page whose links are checked."""
    return (
        suffix(path) in _PAGE_SUFFIXES
        and not is_test_data(path)
        and not is_template(path)
        and _SHOWN_ELSEWHERE.fullmatch(path) is None
    )


def submodule_paths(data: bytes) -> tuple[str, ...]:
    """Return where .gitmodules (https://git-scm.com/docs/gitmodules) puts submodules."""
    return tuple(path.strip().strip("/") for path in _SUBMODULE.findall(data.decode("utf-8", "replace")))


def check_links(
    pages: Mapping[str, str], files: Sequence[str], exists: Callable[[str], bool], submodules: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return a warning for each relative link of the pages (path to text) that leads to no file or heading.

    `exists` is asked about what is not among the files, such as ignored ones.  External links are never followed,
    links that leave the repository are left alone: `../../issues` is an idiom of GitHub's.
    """
    directories = frozenset(parent for path in files for parent in _parents(path))
    repository = _Repository(
        files=frozenset(files),
        directories=directories,
        sites=site_roots(files),
        exists=exists,
        texts=pages,
        submodules=tuple(submodules),
    )
    read: dict[str, Page] = {}

    def page(path: str) -> Page:
        """Return a page, parsed once."""
        if path not in read:
            read[path] = read_page(pages[path])
        return read[path]

    return tuple(finding for path, text in pages.items() for finding in _check_page(repository, path, text, page))


def _check_page(repository: _Repository, path: str, text: str, page: Callable[[str], Page]) -> Iterator[Finding]:
    """Yield what is wrong with the links of one page."""
    if not may_point_inside(text):
        return
    if len(text) > LARGEST_PAGE:
        yield not_checked(path, f"its links: a page of more than {LARGEST_PAGE:,} characters is not parsed")
        return
    site = site_of(path, repository.sites)
    for link in page(path).links:
        problem = (
            _problem(repository, path, link, page) if site is None else _problem_in_site(repository, path, site, link)
        )
        if problem:
            yield warning("broken-link", path, problem, line=link.line)


def _problem(repository: _Repository, path: str, link: Link, page: Callable[[str], Page]) -> str:
    """Return why a link of a page that GitHub renders is broken; empty when it is not, or nobody can tell."""
    target, fragment = _split(link.target)
    if target is None:
        return ""
    goal = _resolve(path, target) if target else path
    if goal is None:
        return ""
    if not repository.has(goal):
        return "" if _PLACEHOLDER.fullmatch(target) else f"{link.target} leads to {goal}, which does not exist"
    if goal not in repository.texts or len(repository.texts[goal]) > LARGEST_PAGE:
        return ""
    if site_of(goal, repository.sites) is not None or _is_offered(fragment, goal, page):
        return ""
    return f"{link.target}: no heading of {goal} has the anchor #{fragment}"


def _problem_in_site(repository: _Repository, path: str, site: str, link: Link) -> str:
    """Return why a link of a page in a documentation site is broken; empty when it is not, or nobody can tell.

    Generators resolve routes, anchors and cross-references by rules of their own; but a link to a page's or
    picture's file has to lead to it, from the page or from the root of the site.
    """
    target, _ = _split(link.target)
    if not target or target.startswith("/") or suffix(target) not in _FILE_IN_SITE or _PLACEHOLDER.fullmatch(target):
        return ""
    goals = [goal for start in (path, f"{site}/x") if (goal := _resolve(start, target)) is not None]
    if len(goals) < 2 or any(repository.has(goal) for goal in goals):
        return ""
    return f"{link.target} leads to {goals[0]}, which does not exist"


def _split(target: str) -> tuple[str | None, str]:
    """Return the path and the fragment of a target, decoded; the path is None when it leads elsewhere."""
    target = target.strip()
    if _EXTERNAL.match(target):
        return None, ""
    before, _, fragment = target.partition("#")
    path, mark, _ = before.partition("?")
    if mark and not path:
        return None, ""
    return unquote(path), unquote(fragment)


def _resolve(path: str, target: str) -> str | None:
    """Return the repository path that a target leads to from a page; None when it leaves the repository."""
    start = "" if target.startswith("/") else posixpath.dirname(path)
    goal = posixpath.normpath(posixpath.join(start, target.lstrip("/") if target.startswith("/") else target))
    if goal == ".." or goal.startswith("../"):
        return None
    return "" if goal == "." else goal


def _is_offered(fragment: str, goal: str, page: Callable[[str], Page]) -> bool:
    """Tell whether a page offers an anchor, or may: GitHub finds it whatever its case."""
    wanted = anchor_key(fragment).removeprefix("user-content-")
    if _GIVEN_ANCHORS.fullmatch(wanted) or _PLACEHOLDER.fullmatch(wanted):
        return True
    found = page(goal)
    return wanted in found.anchors or not found.complete


def _parents(path: str) -> Iterator[str]:
    """Yield the directories that a path is in."""
    while path := path.rpartition("/")[0]:
        yield path
