#!/usr/bin/env python3
"""Write one version everywhere it stands, check that it is the same everywhere, or print the notes of a release.

usage: update_config_versions.py VERSION [--date YYYY-MM-DD] | --check | --notes VERSION
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = "src/ratchetry/__init__.py"
CHANGELOG: Final = "CHANGELOG.md"
VERSION: Final = re.compile(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)")
_NUMBER: Final = r"(?P<version>\d+\.\d+\.\d+)"
_RELEASE: Final = re.compile(rf"^## \[{_NUMBER}\]", re.MULTILINE)
_UNRELEASED: Final = "## [Unreleased]\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the version stands: files, and a pattern whose group `version` is it."""

    files: str
    """A glob, relative to the repository."""
    pattern: re.Pattern[str]
    required: bool = False


PLACES: Final = (
    Place(files=SOURCE, pattern=re.compile(rf'^__version__ = "{_NUMBER}"$', re.MULTILINE), required=True),
    *(
        Place(files=files, pattern=pattern)
        for files in ("README.md", "docs/*.md")
        for pattern in (
            re.compile(rf"\bratchetry==(?:v)?{_NUMBER}"),
            re.compile(rf"\bratchetry/ratchetry/[\w./-]+@v{_NUMBER}"),
            re.compile(rf"\bratchetry/ratchetry/[\w./-]+@[0-9a-f]{{40}} # v{_NUMBER}"),
            re.compile(rf"\bratchetry-version: [\"']?{_NUMBER}"),
        )
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One version that stands somewhere."""

    path: str
    line: int
    version: str


def found(root: Path) -> Iterator[Found]:
    """Yield every version that stands in a file of the repository; raises ValueError where one must and does not."""
    for place in PLACES:
        rows = tuple(row for path in sorted(root.glob(place.files)) for row in _found_in(root, path, place.pattern))
        if place.required and len(rows) != 1:
            msg = f"{place.files}: the version must stand there once, and stands there {len(rows)} times"
            raise ValueError(msg)
        yield from rows


def _found_in(root: Path, path: Path, pattern: re.Pattern[str]) -> Iterator[Found]:
    """Yield every version that a pattern finds in a file."""
    text = path.read_text(encoding="utf-8")
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Found(path=path.relative_to(root).as_posix(), line=line, version=match["version"])


def released(changelog: str) -> str:
    """Return the version of the newest release in a changelog, empty when there is none."""
    match = _RELEASE.search(changelog)
    return match["version"] if match else ""


def problems(root: Path) -> tuple[str, ...]:
    """Return what does not agree with the version of the source; raises ValueError when that has none."""
    everything = tuple(found(root))
    (version,) = {row.version for row in everything if row.path == SOURCE}
    wrong = [f"{row.path}:{row.line} says {row.version}" for row in everything if row.version != version]
    newest = released((root / CHANGELOG).read_text(encoding="utf-8"))
    if newest and newest != version:
        wrong.append(f"{CHANGELOG}: the newest release is {newest}")
    return tuple(f"{row}, and {SOURCE} says {version}" for row in wrong)


def write(root: Path, version: str, today: str) -> tuple[str, ...]:
    """Write a version everywhere and head the changelog's news with it; return the paths of what changed.

    Doing it twice changes nothing more.  Raises ValueError when something is no version or stands nowhere.
    """
    if not VERSION.fullmatch(version):
        msg = f"{version!r} is no version of the form 1.2.3"
        raise ValueError(msg)
    paths = sorted({row.path for row in found(root)} | {CHANGELOG})
    changed = []
    for path in paths:
        before = (root / path).read_text(encoding="utf-8")
        after = headed(before, version, today) if path == CHANGELOG else _replaced(before, path, version)
        if after != before:
            (root / path).write_text(after, encoding="utf-8")
            changed.append(path)
    return tuple(changed)


def _replaced(text: str, path: str, version: str) -> str:
    """Return the text of a file with the version in all the places of that file."""
    for place in PLACES:
        if Path(path).match(place.files):
            text = place.pattern.sub(lambda match: match[0].replace(match["version"], version), text)
    return text


def headed(changelog: str, version: str, today: str) -> str:
    """Return a changelog in which what was unreleased stands below a version; raises ValueError without such a part."""
    if released(changelog) == version:
        return changelog
    if changelog.count(_UNRELEASED) != 1:
        msg = f"{CHANGELOG}: must have one heading {_UNRELEASED.strip()!r}"
        raise ValueError(msg)
    return changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n## [{version}] - {today}\n")


def notes(changelog: str, version: str) -> str:
    """Return what a changelog says of a version; raises ValueError when it says nothing."""
    headings = list(re.finditer(r"^## .*$", changelog, re.MULTILINE))
    for index, match in enumerate(headings):
        if match[0].startswith(f"## [{version}]"):
            end = headings[index + 1].start() if index + 1 < len(headings) else len(changelog)
            text = changelog[match.end() : end].strip()
            if text:
                return text
    msg = f"{CHANGELOG}: says nothing of {version}"
    raise ValueError(msg)


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Do what the command line says and return the exit code: 1 when --check finds versions that differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("version", nargs="?", help="version to write, such as 1.2.3")
    mode.add_argument("--check", action="store_true", help="fail if versions differ")
    mode.add_argument("--notes", metavar="VERSION", help="print what the changelog says of a release")
    parser.add_argument("--date", help="day of the release  [default: today]")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            wrong = problems(root)
            print(*wrong, sep="\n", end="\n" if wrong else "")
            return 1 if wrong else 0
        if options.notes:
            print(notes((root / CHANGELOG).read_text(encoding="utf-8"), options.notes))
            return 0
        print(*write(root, options.version, options.date or time.strftime("%Y-%m-%d", time.gmtime())), sep="\n")
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
