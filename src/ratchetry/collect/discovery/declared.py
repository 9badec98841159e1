"""The files in which a project says what it is, parsed; a malformed one says nothing (validate reports it)."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.collect.discovery.setup_py import SetupCall, read_setup_py
from ratchetry.collect.discovery.values import joined
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

_LIMIT: Final = 1_000_000

Ini = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the declaring files of one directory say."""

    directory: str = "."
    pyproject: Mapping[str, object] = field(default_factory=dict)
    setup_cfg: Ini = field(default_factory=dict)
    setup_py: SetupCall = field(default_factory=SetupCall)


def read_declared(tree: SourceTree, directory: str = ".") -> Declared:
    """Return what pyproject.toml, setup.cfg and setup.py of a directory say."""
    return Declared(
        directory=directory,
        pyproject=parse_toml(read(tree, joined(directory, "pyproject.toml"))),
        setup_cfg=parse_ini(read(tree, joined(directory, "setup.cfg"))),
        setup_py=read_setup_py(read(tree, joined(directory, "setup.py"))),
    )


def read(tree: SourceTree, path: str) -> bytes:
    """Return the content of a file, empty when there is none that can be read."""
    try:
        return tree.read(path, _LIMIT) if tree.exists(path) else b""
    except ReportError:
        return b""


def parse_toml(data: bytes) -> Mapping[str, object]:
    """Return a TOML document, empty when it is malformed."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):
        return {}


def parse_ini(data: bytes) -> Ini:
    """Return the sections of an INI file, empty when it is malformed."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(data.decode("utf-8-sig"))
        return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
    # RawConfigParser fails with AttributeError on some continuation lines after keys without a value
    except (configparser.Error, ValueError, AttributeError, TypeError):
        return {}


def ini_list(text: str) -> tuple[str, ...]:
    """Return the items of a multi-line or comma-separated INI value, comments left out."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    if len(kept) == 1 and "\n" not in text.strip():
        return tuple(part.strip() for part in kept[0].split(",") if part.strip())
    return tuple(kept)
