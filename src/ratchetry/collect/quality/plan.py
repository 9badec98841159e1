"""The plan of the quality stage."""

from __future__ import annotations

from ratchetry.collect.quality.mypy_command import mypy_command
from ratchetry.collect.quality.ruff_command import ruff_commands
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command, Plan, Skip


def plan(context: Context) -> Plan:
    """Return the commands of ruff and mypy, or why there is nothing to measure."""
    if not context.project.python_files():
        return Skip(reason="the repository has no Python file")
    types = mypy_command(context)
    return (*ruff_commands(context), *((types,) if isinstance(types, Command) else ()))
