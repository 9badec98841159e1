"""The four commands of ruff: what it looks at, what it finds, what it would format, how complex functions are."""

from __future__ import annotations

import json
from typing import Final

from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context
from ratchetry.domain.command import Command

FILES: Final = "ruff-files"
CHECK: Final = "ruff-check"
FORMAT: Final = "ruff-format"
COMPLEXITY: Final = "ruff-complexity"

_CONFIG_FILES: Final = frozenset({"ruff.toml", ".ruff.toml"})
_ENVIRONMENTS: Final = (".venv", "venv", "env", ".env", "virtualenv")
_READ_ONLY: Final = ("--no-fix", "--no-fix-only", "--no-unsafe-fixes", "--no-show-fixes")
"""A project may set fix = true: here it is only read."""
_MINOR_VERSIONS: Final = range(7, 15)
"""What every ruff that ratchetry runs with knows as target version (0.12 on)."""


def ruff_commands(context: Context) -> tuple[Command, ...]:
    """Return the commands of ruff; complexity only when there is source to measure."""
    scope = _scope(context)
    check = (*_ruff(context, "check", "--no-cache"), *_READ_ONLY)
    commands = (
        Command(name=FILES, argv=(*check, "--show-files", *scope, "."), environment=OWN_TOOL_ENVIRONMENT),
        Command(
            name=CHECK,
            # A file that cannot be read is a finding, whatever the project selects.
            argv=(*check, "--extend-select=E902", "--output-format=json", *scope, "."),
            environment=OWN_TOOL_ENVIRONMENT,
        ),
        Command(
            name=FORMAT,
            argv=(*_ruff(context, "format", "--no-cache"), "--check", *scope, "."),
            environment={**OWN_TOOL_ENVIRONMENT, "RUFF_OUTPUT_FORMAT": "json"},
        ),
    )
    return (*commands, _complexity(context)) if context.project.source_files() else commands


def _ruff(context: Context, *words: str) -> tuple[str, ...]:
    """Return the start of a command line of ratchetry's own ruff."""
    return (context.own_python, "-m", "ruff", *words)


def _complexity(context: Context) -> Command:
    """Return the command that reports every function of the packages.

    Configuration is left out because nothing can undo a project's `extend-per-file-ignores`; its excludes are
    respected by comparing with the files of `--show-files`.  The paths stand in a file because there may be many.
    """
    listing = f"{context.reports}/ruff-complexity-files.txt"
    argv = _ruff(context, "check", "--no-cache", "--isolated", "--ignore-noqa", "--select=C901,E902")
    return Command(
        name=COMPLEXITY,
        argv=(*argv, "--config=lint.mccabe.max-complexity=0", "--output-format=json", "--", f"@{listing}"),
        environment=OWN_TOOL_ENVIRONMENT,
        files={listing: "".join(f"./{path}\n" for path in context.project.source_files() if listable(path))},
    )


def listable(path: str) -> bool:
    """Tell whether a path can stand on a line of a UTF-8 file."""
    return not any(letter in "\r\n" or "\ud800" <= letter <= "\udfff" for letter in path)


def _scope(context: Context) -> tuple[str, ...]:
    """Return the flags that say which configuration counts and what is never looked at."""
    patterns = ("site-packages", *map(_pattern, _never(context)))
    # As configuration, because the formatter had no --extend-exclude before 0.16; it adds to the project's own.
    exclude = f"--config=extend-exclude={json.dumps(patterns, ensure_ascii=False)}"
    if _configured(context):
        return (exclude,)
    # Without a configuration of its own, ruff would take that of a parent directory or of the user.
    target = target_version(context)
    return ("--isolated", exclude, *((f"--target-version={target}",) if target else ()))


def _configured(context: Context) -> bool:
    """Tell whether the repository configures ruff, at its root or anywhere below."""
    names = (path.rpartition("/") for path in context.project.files)
    nested = any(name in _CONFIG_FILES or (name == "pyproject.toml" and folder) for folder, _, name in names)
    return nested or "ruff" in context.project.configured


def target_version(context: Context) -> str:
    """Return the oldest Python that pyproject.toml's requires-python admits, as ruff writes it, or nothing."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    table = context.project.tables.get("project")
    required = table.get("requires-python") if isinstance(table, dict) else None
    if not isinstance(required, str):
        return ""
    try:
        admitted = SpecifierSet(required)
    except InvalidSpecifier:
        return ""
    # 3.8 is admitted by ">=3.8.1" as well: the newest patch release counts.
    fits = (minor for minor in _MINOR_VERSIONS if admitted.contains(f"3.{minor}.99"))
    return next((f"py3{minor}" for minor in fits), "")


def _never(context: Context) -> tuple[str, ...]:
    """Return the directories of the repository that hold no code of the project."""
    found = tuple(name for name in _ENVIRONMENTS if context.tree.exists(f"{name}/pyvenv.cfg"))
    root = f"{context.project.root.rstrip('/')}/"
    executable = context.interpreter.executable
    inside = executable.removeprefix(root).rsplit("/", 2)[:-2] if executable.startswith(root) else []
    output = context.settings.output_dir.strip("/").removeprefix("./")
    return tuple(dict.fromkeys(name for name in (output, *found, *inside) if name not in {"", "."}))


def _pattern(path: str) -> str:
    """Return a glob, anchored at the root, that matches a path."""
    return "./" + "".join(f"[{letter}]" if letter in "*?[{}" else letter for letter in path)
