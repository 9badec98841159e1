"""Which directories of the scratch copy go on the path, so that the checkout is what gets imported and measured.

For every package of the project:

- it cannot be imported: its source root goes on the path;
- it is imported from the repository itself (an editable installation): likewise, so that the copy is measured and
  not the original, unless compiled modules live outside of the sources (meson-python, scikit-build-core);
- it is installed as a copy: likewise, if the checkout holds every compiled module and every generated file of the
  installed copy; otherwise the installed copy stays in use, as for numpy, whose sources alone cannot be imported.

Installed files that are missing from the checkout count as generated when they say so in their first lines or hold
the version; all of them do in an environment that was just built from this checkout.  Others were deleted since.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ratchetry.collect.discovery.packages import source_roots
from ratchetry.domain.project import Package, Project

_COMPILED: Final = (".so", ".pyd", ".dylib", ".dll")
_GENERATED: Final = re.compile(rb"generated|do(?:n't| not) (?:edit|change|modify)", re.IGNORECASE)
_HEAD: Final = 1_000
_MANY: Final = 50_000
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})
_HOOKED: Final = ("mesonpy", "scikit_build_core")


def import_path(
    project: Project, locations: Mapping[str, tuple[str, ...]], scratch: str, *, just_built: bool
) -> tuple[str, ...]:
    """Return the source roots, absolute in the scratch copy, that belong on the path."""
    wanted: dict[str, None] = {}
    refused: set[str] = set()
    for package in project.packages:
        found = tuple(place for place in locations.get(package.name, ()) if place and Path(place).exists())
        for root in source_roots((package,)):
            if _prefers_checkout(project, package, found, scratch, just_built=just_built):
                wanted[root] = None
            else:
                refused.add(root)
    return tuple(os.path.normpath(f"{scratch}/{root}") for root in wanted if root not in refused)


def uses_installed_copy(
    project: Project, locations: Mapping[str, tuple[str, ...]], path: tuple[str, ...], scratch: str
) -> bool:
    """Tell whether any package is imported from where it is installed instead of from the scratch copy."""
    return any(
        locations.get(package.name) and os.path.normpath(f"{scratch}/{root}") not in path
        for package in project.packages
        for root in source_roots((package,)) or (None,)
    )


def _prefers_checkout(
    project: Project, package: Package, found: tuple[str, ...], scratch: str, *, just_built: bool
) -> bool:
    """Tell whether a package is to be imported from the checkout, by the rules above."""
    if not found:
        return True
    source = Path(scratch, package.path)
    editable = any(_is_below(place, project.root) and _INSTALLED.isdisjoint(Path(place).parts) for place in found)
    if editable and _is_hooked(project):
        return False
    return not any(_lacks(source, Path(place), everything=just_built and not editable) for place in found)


def _lacks(source: Path, place: Path, *, everything: bool) -> bool:
    """Tell whether a checkout's package lacks a compiled or generated file that the imported one has."""
    for number, file in enumerate(_files(place)):
        if number > _MANY:
            return True
        matters = file.name.endswith((*_COMPILED, ".py"))
        if (
            matters
            and not (source / file.relative_to(place)).exists()
            and (everything or file.name.endswith(_COMPILED) or _is_generated(file))
        ):
            return True
    return False


def _files(place: Path) -> Iterator[Path]:
    """Yield the files of an imported package; a module has none."""
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(folder, name) for name in names)


def _is_generated(file: Path) -> bool:
    """Tell whether a Python file says that it is generated, or is called like the usual file with the version."""
    if "version" in file.name:
        return True
    try:
        with file.open("rb") as content:
            return _GENERATED.search(content.read(_HEAD)) is not None
    except OSError:
        return False


def _is_hooked(project: Project) -> bool:
    """Tell whether editable installations of the project's build backend keep compiled modules elsewhere."""
    system = project.tables.get("build-system")
    backend = system.get("build-backend") if isinstance(system, dict) else None
    return isinstance(backend, str) and backend.startswith(_HOOKED)


def _is_below(place: str, root: str) -> bool:
    """Tell whether a path is inside a directory, links resolved."""
    return Path(place).resolve().is_relative_to(Path(root).resolve())
