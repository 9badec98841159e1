"""The three workflows that a repository needs to call ours, pinned to one commit of ratchetry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ratchetry import __version__
from ratchetry.errors import UnreachableError, UsageError
from ratchetry.ports import Fetch

WORKFLOW: Final = ".github/workflows/ratchetry.yml"
STUBS: Final = (
    WORKFLOW,
    ".github/workflows/ratchetry-feedback.yml",
    ".github/workflows/ratchetry-learning.yml",
)
HOME: Final = "ratchetry/ratchetry"
"""The repository whose workflows are called unless another one is named."""

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_REF: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_CALL: Final = re.compile(
    rf"uses: (?P<repository>{_REPOSITORY.pattern})/\.github/workflows/[a-z-]+\.yml"
    rf"@(?P<commit>{_COMMIT.pattern}) # (?P<label>[A-Za-z0-9][ A-Za-z0-9._+-]{{0,99}})"
)
_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Which workflows are called: those of one commit of a repository; the label tells people which it is."""

    repository: str
    commit: str
    label: str


def stub(path: str, pin: Pin, branch: str) -> str:
    """Return the text of one of the three workflows for a repository whose default branch has a name."""
    template = (files("ratchetry.pipeline") / "templates" / Path(path).name).read_text(encoding="utf-8")
    for name, value in (
        ("@REPOSITORY@", pin.repository),
        ("@COMMIT@", pin.commit),
        ("@LABEL@", pin.label),
        ("@BRANCH@", branch if _BRANCH.fullmatch(branch) else "main"),
    ):
        template = template.replace(name, value)
    return template


def choose_pin(root: Path, *, ref: str, repository: str, installed: str, fetch: Fetch, api: str) -> Pin:
    """Return what the workflows are to be pinned to.

    In this order: `ref`, when it is given, a commit or a tag; the pin that stands in the repository already; the
    commit that ratchetry was installed from, as `installed` (the direct_url.json of its metadata) tells; the commit
    of the tag of this version.  A tag is looked up with GitHub's API.
    Raises UsageError when a name is none, or when there is no way to know the commit.
    """
    home = repository or HOME
    if not _REPOSITORY.fullmatch(home) or (ref and not _REF.fullmatch(ref)):
        msg = f"{home!r} and {ref or 'no ref'!r} must be the owner/name of a repository and a commit or tag of it"
        raise UsageError(msg)
    if _COMMIT.fullmatch(ref):
        return Pin(repository=home, commit=ref, label="given to ratchetry init")
    if not ref:
        known = present_pin(root) or installed_pin(installed)
        if known is not None and repository in {"", known.repository}:
            return known
    tag = ref or f"v{__version__}"
    return Pin(repository=home, commit=_commit_of(tag, home, fetch, api), label=tag)


def present_pin(root: Path) -> Pin | None:
    """Return the pin of the workflows that stand in a repository already, None when there is none."""
    for path in STUBS:
        try:
            with (root / path).open("rb") as file:
                text = file.read(_LIMIT).decode("utf-8", "replace")
        except OSError:
            continue
        if match := _CALL.search(text):
            return Pin(repository=match["repository"], commit=match["commit"], label=match["label"].rstrip())
    return None


def installed_pin(direct_url: str) -> Pin | None:
    """Return the commit on GitHub that ratchetry was installed from, None when it came from elsewhere.

    https://packaging.python.org/en/latest/specifications/direct-url-data-structure/
    """
    try:
        document: object = json.loads(direct_url)
    except (ValueError, RecursionError):
        return None
    info = document.get("vcs_info") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(info, Mapping):
        return None
    address = urlsplit(str(document.get("url", "")))
    name = address.path.strip("/").removesuffix(".git")
    commit, asked = str(info.get("commit_id", "")), str(info.get("requested_revision", ""))
    if address.hostname != "github.com" or not _REPOSITORY.fullmatch(name) or not _COMMIT.fullmatch(commit):
        return None
    label = asked if _REF.fullmatch(asked) and asked != commit else "as installed"
    return Pin(repository=name, commit=commit, label=label)


def _commit_of(tag: str, repository: str, fetch: Fetch, api: str) -> str:
    """Return the commit of a tag; raises UsageError saying what to do when it cannot be known."""
    problem = "GitHub's answer names no commit"
    try:
        document: object = json.loads(fetch(f"{api.rstrip('/')}/repos/{repository}/commits/{tag}"))
        commit = document.get("sha") if isinstance(document, Mapping) else None
        if isinstance(commit, str) and _COMMIT.fullmatch(commit):
            return commit
    except UnreachableError as error:
        problem = str(error)
    except (ValueError, RecursionError) as error:
        problem = f"GitHub's answer cannot be read: {str(error)[:200]}"
    msg = (
        f"the commit of {tag} in {repository}, which the workflows are pinned to, is not known ({problem}); "
        "name it with --ref COMMIT, or leave the workflows out with --no-workflows"
    )
    raise UsageError(msg)
