"""Project metadata of pyproject.toml, through validate-pyproject."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ratchetry.collect.validate.findings import error, warning
from ratchetry.domain.record import Finding

TOOL: Final = "validate-pyproject"

Check = Callable[[str, Mapping[str, object]], tuple[Finding, ...]]

_CLASSIFIER: Final = "trove-classifier"


def metadata_check() -> Check:
    """Return a function from the path and the tables of a pyproject.toml to what is wrong with its metadata.

    Schemas: the specification of pyproject.toml (https://packaging.python.org/en/latest/specifications/pyproject-toml/)
    and setuptools' own table.  Other tools' tables are their tools' business: a schema older than the tool would
    refuse settings that work.  Nothing is fetched.
    """
    from validate_pyproject.api import FORMAT_FUNCTIONS, Validator
    from validate_pyproject.plugins import list_from_entry_points

    # its remarks about style would otherwise be printed when nobody has set up logging
    logging.getLogger("validate_pyproject").addHandler(logging.NullHandler())
    formats = {**FORMAT_FUNCTIONS, _CLASSIFIER: _any_text}
    plugins = [plugin for plugin in list_from_entry_points() if plugin.tool == "setuptools"]
    validator = Validator(plugins=plugins, format_validators=formats)

    def check(path: str, tables: Mapping[str, object]) -> tuple[Finding, ...]:
        """Return one error for each table that breaks its schema, and a warning for each unknown classifier."""
        errors = [
            error("invalid-metadata", path, message, tool=TOOL)
            for name, part in _parts(tables)
            if (message := _refusal(validator, name, part)) is not None
        ]
        return (*errors, *_unknown_classifiers(path, tables))

    return check


def _any_text(_value: str) -> bool:
    """Tell that any text will do: classifiers are checked one by one afterwards."""
    return True


def _parts(tables: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Return the document in parts that are checked on their own: validators stop at the first error."""
    for name, table in tables.items():
        if name != "tool" or not isinstance(table, Mapping):
            yield name, {name: table}
        elif "setuptools" in table:
            yield "tool.setuptools", {"tool": {"setuptools": table["setuptools"]}}


def _refusal(validator: Callable[[dict[str, object]], object], name: str, part: dict[str, object]) -> str | None:
    """Return why a part is refused, beginning with the key at fault; None when it is not."""
    from validate_pyproject.errors import ValidationError

    try:
        validator(part)
    except ValidationError as problem:
        key = re.sub(r"^data\.|`", "", str(problem.name or name)).replace("dependency_groups", "dependency-groups")
        message = str(problem.message).split("\n\n", 1)[0]
        return message if message.startswith(f"`{key}`") else f"`{key}`: {message}"
    return None


def _unknown_classifiers(path: str, tables: Mapping[str, object]) -> list[Finding]:
    """Return a warning for each classifier the index would refuse; the list on this machine may be older."""
    from trove_classifiers import classifiers

    project = tables.get("project")
    given = project.get("classifiers") if isinstance(project, Mapping) else None
    return [
        warning("unknown-classifier", path, f"`project.classifiers`: {text!r} is not a trove classifier", tool=TOOL)
        for text in (given if isinstance(given, list) else ())
        if isinstance(text, str) and text not in classifiers and not text.lower().startswith("private ::")
    ]
