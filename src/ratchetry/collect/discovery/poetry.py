"""Poetry's dependency tables as PEP 508 requirements (https://python-poetry.org/docs/dependency-specification/).

The conversion is rough where the two differ: alternatives (||) become no bound at all, which is looser, never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.collect.discovery.values import table_at, text_at, texts_at

_RELEASE: Final = re.compile(r"v?(?P<release>\d{1,9}(?:\.\d{1,9}){0,5})(?P<rest>.*)")
_OPERATORS: Final = ("==", "!=", "<=", ">=", "<", ">")


def poetry_requirements(table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the requirements of one dependency table, without Python itself and without optional ones."""
    return tuple(
        requirement
        for name, value in table.items()
        if name.lower() != "python"
        for entry in (value if isinstance(value, list) else [value])
        for requirement in _requirement(name, entry)
    )


def poetry_groups(poetry: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return the requirements of each dependency group, the older dev-dependencies as "dev"."""
    groups = {
        name: poetry_requirements(table_at(group, "dependencies")) for name, group in table_at(poetry, "group").items()
    }
    old = poetry_requirements(table_at(poetry, "dev-dependencies"))
    return {**groups, "dev": (*groups.get("dev", ()), *old)} if old else groups


def _requirement(name: str, entry: object) -> Iterator[str]:
    """Yield the requirement that one entry stands for, if it stands for one."""
    if isinstance(entry, str):
        yield f"{name}{specifier(entry)}"
        return
    table = table_at(entry)
    if not table or table.get("optional") is True or "path" in table:
        return
    extras = ",".join(texts_at(table, "extras"))
    named = f"{name}[{extras}]" if extras else name
    markers = text_at(table, "markers")
    suffix = f" ; {markers}" if markers else ""
    if git := text_at(table, "git"):
        reference = next((text_at(table, key) for key in ("rev", "tag", "branch") if text_at(table, key)), "")
        yield f"{named} @ git+{git}{'@' + reference if reference else ''}{suffix}"
    elif url := text_at(table, "url"):
        yield f"{named} @ {url}{suffix}"
    else:
        yield f"{named}{specifier(text_at(table, 'version'))}{suffix}"


def specifier(constraint: str) -> str:
    """Return the PEP 440 specifier of a constraint of poetry's; empty when anything will do."""
    if "|" in constraint:
        return ""
    parts = [part for part in re.split(r"\s*,\s*|(?<=[\w*])\s+(?=[<>=!~^])", constraint.strip()) if part]
    return ",".join(filter(None, (_part(part.replace(" ", "")) for part in parts)))


def _part(part: str) -> str:
    """Return one comparison as PEP 440 writes it."""
    if part == "*":
        return ""
    if part.startswith(("~=", *_OPERATORS)):
        return part
    if part.startswith("="):
        return f"={part}"
    if part.startswith(("^", "~")) and (match := _RELEASE.fullmatch(part[1:])):
        numbers = [int(number) for number in match["release"].split(".")]
        top = _caret(numbers) if part.startswith("^") else _tilde(numbers)
        return f">={part[1:].removeprefix('v')},<{'.'.join(map(str, top))}"
    return f"=={part}" if _RELEASE.fullmatch(part) else ""


def _caret(numbers: list[int]) -> list[int]:
    """Return the first version that changes the leftmost number that is not zero."""
    place = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    return [*numbers[:place], numbers[place] + 1]


def _tilde(numbers: list[int]) -> list[int]:
    """Return the first version that changes the minor number, or the major one if only that is given."""
    return [numbers[0] + 1] if len(numbers) == 1 else [numbers[0], numbers[1] + 1]
