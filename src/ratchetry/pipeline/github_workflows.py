"""The workflows of a checkout that call ours: what each is called, follows and permits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal

from ratchetry.errors import StateError
from ratchetry.pipeline.stubs import HOME, STUBS, Pin, stub

Role = Literal["measuring", "comment", "learning"]

CALLED: Final[Mapping[str, Role]] = {
    "ci-main.yml": "measuring",
    "pr-feedback-main.yml": "comment",
    "learning-main.yml": "learning",
}
_USES: Final = re.compile(r"(?:\$/|\./|[\w.-]+/[\w.-]+/)\.github/workflows/(?P<name>[a-z-]+\.yml)(?:@\S+)?", re.ASCII)
_LEVELS: Final = ("none", "read", "write")
_LIMIT: Final = 500_000
_MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A workflow of the checkout that calls one of ours."""

    role: Role
    path: str
    name: str
    follows: tuple[str, ...] = ()
    """Names of the workflows whose end starts it."""
    permissions: Mapping[str, str] | None = field(default_factory=dict)
    """What the calling job grants, None when the repository's default applies."""


def callers(root: Path) -> tuple[Caller, ...]:
    """Return the workflows of a checkout that call ours; a file that cannot be read calls nothing."""
    places = sorted((root / ".github" / "workflows").glob("*.y*ml"))[:_MOST]
    found = ((path.relative_to(root).as_posix(), _text(path)) for path in places)
    return tuple(caller for path, text in found for caller in callers_in(path, text))


def callers_in(path: str, text: str) -> Iterator[Caller]:
    """Yield what a workflow's text calls of ours; nothing for a text that is no workflow."""
    document = _document(text)
    # YAML 1.1 reads the key `on` as true
    triggers = document.get(True, document.get("on"))
    run = _mapping(_mapping(triggers).get("workflow_run"))
    name = document.get("name")
    for job in _mapping(document.get("jobs")).values():
        uses = _mapping(job).get("uses")
        match = _USES.fullmatch(uses) if isinstance(uses, str) else None
        role = CALLED.get(match["name"]) if match else None
        if role is not None:
            yield Caller(
                role=role,
                path=path,
                name=name if isinstance(name, str) else path,
                follows=_words(run.get("workflows")),
                permissions=_permissions(_mapping(job).get("permissions", document.get("permissions"))),
            )


@cache
def needed(role: Role) -> Mapping[str, str]:
    """Return the permissions that a caller must grant: those of the workflow that init writes."""
    pin = Pin(repository=HOME, commit="0" * 40, label="any")
    rows = (caller for path in STUBS for caller in callers_in(path, stub(path, pin, "main")))
    return next(caller.permissions or {} for caller in rows if caller.role == role)


def lacking(caller: Caller, default: str) -> tuple[str, ...]:
    """Return the permissions that a caller must grant and does not, as they are to be written.

    `default` is what the repository grants a job that states nothing: read, write, or empty when it is not known.
    """
    granted = caller.permissions
    if granted is None:
        granted = {"contents": "read"} if default == "read" else needed(caller.role)
    return tuple(
        f"{scope}: {level}"
        for scope, level in needed(caller.role).items()
        if _LEVELS.index(granted.get(scope, "none")) < _LEVELS.index(level)
    )


def _permissions(value: object) -> Mapping[str, str] | None:
    """Return what a `permissions` grants by scope, None when there is none."""
    if value is None:
        return None
    if isinstance(value, str) and value in {"read-all", "write-all"}:
        return {scope: value.removesuffix("-all") for role in CALLED.values() for scope in needed(role)}
    return {str(scope): str(level) for scope, level in _mapping(value).items() if level in _LEVELS}


def _document(text: str) -> Mapping[object, object]:
    """Return a YAML document that is a mapping, an empty one for all else."""
    import yaml

    try:
        return _mapping(yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}


def _text(path: Path) -> str:
    """Return the text of a file, empty when it cannot be read or is too large."""
    from ratchetry.adapters.files import read_bounded

    try:
        data = read_bounded(path, path.name)
    except StateError:
        return ""
    return data.decode("utf-8", "replace") if len(data) <= _LIMIT else ""


def _mapping(value: object) -> Mapping[object, object]:
    """Return a value that is a mapping, an empty one for all else."""
    return value if isinstance(value, Mapping) else {}


def _words(value: object) -> tuple[str, ...]:
    """Return one text or the texts of a list."""
    rows = value if isinstance(value, list) else [value]
    return tuple(row for row in rows if isinstance(row, str))
