"""Cut GitHub's OpenAPI description down to the paths that ratchetry asks, for its tests.

usage: trim_openapi.py api.github.com.json --output api.json.gz

The description is `generated/api.github.com.json` of the npm package @octokit/openapi. Kept are the operations of
PATHS and every component that these refer to; examples and extensions go and descriptions are emptied, for nothing
is checked against them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_REPOSITORY: Final = "/repos/{owner}/{repo}"
PATHS: Final = (
    "/user",
    "/rate_limit",
    *(
        _REPOSITORY + path
        for path in (
            "",
            "/actions/artifacts",
            "/actions/artifacts/{artifact_id}",
            "/actions/artifacts/{artifact_id}/{archive_format}",
            "/actions/permissions",
            "/actions/permissions/workflow",
            "/actions/runs",
            "/actions/runs/{run_id}",
            "/actions/runs/{run_id}/artifacts",
            "/actions/workflows",
            "/actions/workflows/{workflow_id}",
            "/actions/workflows/{workflow_id}/runs",
            "/branches/{branch}",
            "/commits/{commit_sha}/pulls",
            "/compare/{basehead}",
            "/contents/{path}",
            "/git/blobs",
            "/git/blobs/{file_sha}",
            "/git/commits",
            "/git/commits/{commit_sha}",
            "/git/ref/{ref}",
            "/git/refs",
            "/git/refs/{ref}",
            "/git/trees",
            "/git/trees/{tree_sha}",
            "/issues",
            "/issues/comments/{comment_id}",
            "/issues/{issue_number}",
            "/issues/{issue_number}/comments",
            "/issues/{issue_number}/labels",
            "/pulls",
            "/pulls/{pull_number}",
            "/rules/branches/{branch}",
        )
    ),
)
_DROPPED: Final = frozenset({"example", "examples", "externalDocs", "summary"})
_POINTER: Final = re.compile(r"#/components/([^/]+)/([^/]+)")


def main() -> None:
    """Write the trimmed description."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("description", type=Path, help="generated/api.github.com.json")
    parser.add_argument("--output", type=Path, required=True, help="the file to write, compressed")
    options = parser.parse_args()
    whole = json.loads(options.description.read_text("utf-8"))
    text = json.dumps(trimmed(whole), separators=(",", ":"), ensure_ascii=True)
    options.output.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def trimmed(whole: dict[str, object]) -> dict[str, object]:
    """Return the description of PATHS alone, with the components that they need; raises KeyError for a lost path."""
    paths = _mapping(whole["paths"])
    kept = {path: _plain(paths[path]) for path in PATHS}
    components: dict[str, dict[str, object]] = {}
    waiting = list(_references(kept))
    while waiting:
        group, name = waiting.pop()
        if name not in components.setdefault(group, {}):
            part = _plain(_mapping(_mapping(whole["components"])[group])[name])
            components[group][name] = part
            waiting += _references(part)
    return {
        "openapi": whole["openapi"],
        "info": _plain(whole["info"]),
        "servers": [{"url": "https://api.github.com"}],
        "paths": kept,
        "components": {group: dict(sorted(parts.items())) for group, parts in sorted(components.items())},
    }


def _plain(value: object, *, names: bool = False) -> object:
    """Return a part of the description without what is not checked; `names`: its keys are chosen by GitHub."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "" if key == "description" and not names else _plain(item, names=key == "properties" and not names)
        for key, item in value.items()
        if names or not (key in _DROPPED or key.startswith("x-"))
    }


def _references(value: object) -> Iterator[tuple[str, str]]:
    """Yield the components that a part of the description refers to."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        found = _POINTER.fullmatch(str(value.get("$ref", "")))
        if found:
            yield found[1], found[2]
        for item in value.values():
            yield from _references(item)


def _mapping(value: object) -> dict[str, object]:
    """Return a mapping of the description; raises TypeError for anything else."""
    if not isinstance(value, dict):
        msg = f"the description holds {type(value).__name__} where an object belongs"
        raise TypeError(msg)
    return value


if __name__ == "__main__":
    main()
