"""TOML, YAML and JSON files that their parsers refuse, and keys they would silently overwrite."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from ratchetry.collect.validate.findings import error, not_checked, warning
from ratchetry.collect.validate.scope import has_template_text, is_large_file_pointer, may_have_comments, suffix
from ratchetry.collect.validate.yaml_scan import YamlError, scan_yaml
from ratchetry.domain.record import Finding

# tomllib's time grows with the square of the parts of a key
_MOST_DOTS: Final = 500
_LINE: Final = re.compile(r"at line (\d+)")


def check_parsable(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return what a parser has to say against a file: nothing, for suffixes other than .toml, .yaml, .yml and .json.

    A file that fails but holds template expressions, or that allows comments in its JSON, is left alone.
    """
    check = _CHECKS.get(suffix(path))
    if check is None or is_large_file_pointer(data) or (suffix(path) == ".json" and may_have_comments(path)):
        return ()
    try:
        found = check(path, data)
    except RecursionError:
        return (not_checked(path, "it is nested too deeply to be parsed"),)
    broken = any(finding.severity == "high" for finding in found)
    return () if broken and has_template_text(data) else found


def toml_tables(data: bytes) -> Mapping[str, object]:
    """Return the tables of a TOML document.

    Raises ValueError when it is none, RecursionError when it is nested too deeply.
    """
    return tomllib.loads(data.decode("utf-8"))


def _check_toml(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with a TOML file (https://toml.io/en/v1.0.0)."""
    if any(line.count(b".") > _MOST_DOTS for line in data.split(b"\n") if len(line) > _MOST_DOTS):
        return (not_checked(path, f"a line has more than {_MOST_DOTS} dots: keys of so many parts take too long"),)
    try:
        toml_tables(data)
    except ValueError as problem:
        line = _LINE.search(str(problem))
        message = f"not TOML: {problem}"
        return (error("unparsable-toml", path, message, line=int(line.group(1)) if line else 0),)
    return ()


def _check_yaml(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with a YAML file: of one document or many, with any tags."""
    try:
        duplicates = scan_yaml(data)
    except YamlError as problem:
        return (error("unparsable-yaml", path, f"not YAML: {problem}", line=problem.line),)
    return tuple(
        warning("duplicate-key", path, f"the key {key[:80]!r} is set again: the first value is lost", line=line)
        for key, line in duplicates
    )


class _NotANumberError(ValueError):
    """NaN or an infinity, which JSON does not have."""


def _check_json(path: str, data: bytes) -> tuple[Finding, ...]:
    """Return what is wrong with a JSON file (RFC 8259)."""
    duplicates: dict[str, None] = {}

    def pairs(items: list[tuple[str, object]]) -> None:
        """Note the keys of one object that come twice."""
        if len({key for key, _ in items}) < len(items):
            counts = Counter(key for key, _ in items)
            duplicates.update((key, None) for key, count in counts.items() if count > 1)

    try:
        text = data.decode(json.detect_encoding(data))
        json.loads(text, object_pairs_hook=pairs, parse_int=len, parse_float=len, parse_constant=_refuse)
    except _NotANumberError as problem:
        return (warning("nonstandard-json", path, f"{problem} is no JSON number: only some parsers accept it"),)
    except json.JSONDecodeError as problem:
        return (error("unparsable-json", path, f"not JSON: {problem}", line=problem.lineno),)
    except UnicodeDecodeError as problem:
        return (error("unparsable-json", path, f"not JSON: {problem}"),)
    return tuple(
        warning("duplicate-key", path, f"the key {key[:80]!r} is set twice in one object: the first value is lost")
        for key in sorted(duplicates)
    )


def _refuse(constant: str) -> NoReturn:
    """Raise _NotANumberError naming the constant."""
    raise _NotANumberError(constant)


_CHECKS: Final[Mapping[str, Callable[[str, bytes], tuple[Finding, ...]]]] = {
    ".toml": _check_toml,
    ".yaml": _check_yaml,
    ".yml": _check_yaml,
    ".json": _check_json,
}
