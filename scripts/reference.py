"""Write the reference pages of docs/reference from the code, or check that they are current.

usage: reference.py --write | --check
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Final

import click

from ratchetry import errors, settings
from ratchetry.cli.app import COMMANDS, cli
from ratchetry.domain.catalog import CATALOG
from ratchetry.state.schema import DOCUMENTS, json_schema

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "reference"
NOTE: Final = "<!-- written by `make docs` from the code; do not edit -->\n"
WIDTH: Final = 96


def pages() -> dict[str, str]:
    """Return every reference page by its path below docs/reference."""
    schemas = {f"schemas/{name}.json": json.dumps(json_schema(name), indent=2) + "\n" for name in DOCUMENTS}
    return {"cli.md": cli_page(), "metrics.md": metrics_page(), "settings.md": settings_page(), **schemas}


def cli_page() -> str:
    """Return the page with the help of every command."""
    parts = [NOTE, "# Commands\n", _help_of(cli, "ratchetry")]
    context = click.Context(cli, info_name="ratchetry")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None, name  # noqa: S101  # the table names modules that exist
        parts.append(f"## {name}\n\n{_help_of(command, f'ratchetry {name}')}")
    return "\n".join([*parts, _exit_codes()])


def metrics_page() -> str:
    """Return the page with every metric."""
    rows = [
        f"| `{entry.name}` | {entry.unit} | {entry.better} | {entry.stage} | {entry.what} | {entry.how} |"
        for entry in CATALOG
    ]
    head = "| metric | unit | better | stage | what it is | how it is measured |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([NOTE, "# Metrics\n", "A name is never changed once it is published.\n", head, *rows, ""])


def settings_page() -> str:
    """Return the page with every setting: its three names, default and meaning."""
    texts = _texts_under_fields(inspect.getsource(settings.Settings))
    rows = []
    for field in fields(settings.Settings):
        name = field.name.replace("_", "-")
        default = "" if field.default is MISSING else json.dumps(field.default)
        rows.append(f"| `{name}` | `RATCHETRY_{field.name.upper()}` | `{default}` | {texts[field.name]} |")
    intro = (
        "Settings stand in `[tool.ratchetry]` of `pyproject.toml`, or in `ratchetry.toml`. Environment variables win\n"
        "over them (lists are separated by commas), flags of the same name win over both. An unknown setting is an\n"
        "error that suggests the nearest known one.\n"
    )
    head = "| setting | variable | default | meaning |\n| --- | --- | --- | --- |"
    return "\n".join([NOTE, "# Settings\n", intro, head, *rows, ""])


def _help_of(command: click.Command, name: str) -> str:
    """Return the help of a command as a code block."""
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    return f"```text\n{command.get_help(context)}\n```\n"


def _exit_codes() -> str:
    """Return the section about exit codes, in the words of the module that defines them."""
    text = (errors.__doc__ or "").partition("Exit codes: ")[2].strip().rstrip(".")
    rows = [f"| {code} | {meaning} |" for code, _, meaning in (part.strip().partition(" ") for part in _parts(text))]
    return "\n".join(["## Exit codes\n", "| code | meaning |", "| --- | --- |", *rows, ""])


def _parts(text: str) -> list[str]:
    """Return the phrases that open with a number, from text that separates them by commas."""
    parts: list[str] = []
    for piece in text.replace("\n", " ").split(", "):
        if piece.lstrip()[:1].isdigit():
            parts.append(piece)
        else:
            parts[-1] += f", {piece}"
    return parts


def _texts_under_fields(source: str) -> Mapping[str, str]:
    """Return the string that stands under each field of a class."""
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  # it is the source of a class
    texts = {}
    for statement, below in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.literal_eval(below.value) if isinstance(below, ast.Expr) else ""
            texts[statement.target.id] = str(text)
    return texts


def main() -> int:
    """Write or check the pages and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the pages")
    mode.add_argument("--check", action="store_true", help="fail if a page is not current")
    writes = parser.parse_args().write
    stale = []
    for name, text in pages().items():
        path = REFERENCE / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(REFERENCE.parent.parent)))
        if writes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print("written:" if writes else "not current (run `make docs`):", *stale)
    return 1 if stale and not writes else 0


if __name__ == "__main__":
    sys.exit(main())
