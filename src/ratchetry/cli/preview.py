"""`ratchetry run --dry-run`: what a run would do."""

from __future__ import annotations

import json
import os
import shlex
from typing import TYPE_CHECKING

import click

from ratchetry.collect.security.severities import without_credentials
from ratchetry.errors import EXIT_PASS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ratchetry.domain.command import Command
    from ratchetry.domain.project import Interpreter
    from ratchetry.pipeline.measure import StagePlan
    from ratchetry.pipeline.survey import Places, Survey
    from ratchetry.settings import Settings


def show(places: Places, settings: Settings, output_format: str) -> int:
    """Write what a run would do to standard output, and do nothing else."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import SilentProgress
    from ratchetry.pipeline.run import preview

    known, plans = preview(places, settings, environ=os.environ, clock=SystemClock(), progress=SilentProgress())
    document = _document(known, plans)
    click.echo(json.dumps(document, indent=2) if output_format == "json" else "\n".join(_lines(document)))
    return EXIT_PASS


def _document(known: Survey, plans: Mapping[str, StagePlan]) -> dict[str, object]:
    """Return what a run would do, as data."""
    return {
        "repository": str(known.places.root),
        "interpreter": _interpreter(known.interpreter),
        "packages": [package.path for package in known.project.packages],
        "tests": list(known.project.test_paths),
        "base": known.base.commit if known.base else None,
        "stages": {name: _stage(plan, name) for name, plan in plans.items()},
        "writes": str(known.places.output),
    }


def _interpreter(interpreter: Interpreter) -> str:
    """Return which Python the tests would run with, or why there is none yet."""
    if interpreter.problem:
        return interpreter.problem
    return f"{interpreter.executable} ({interpreter.version}, {interpreter.origin})"


def _stage(plan: StagePlan, name: str) -> dict[str, object]:
    """Return what one stage would do: reuse a result, nothing (because …), or run commands."""
    if plan.settled is None:
        return {"commands": [_shell_line(command) for command in plan.commands]}
    result = plan.settled.stages[name]
    return {"reused": True} if result.cached else {result.status: result.reason}


def _shell_line(command: Command) -> str:
    """Return a command the way it can be pasted into a shell."""
    variables = [f"{name}={value}" for name, value in sorted(command.environment.items())]
    words = map(without_credentials, command.argv)
    return shlex.join(["env", *variables, *words] if variables else words)


def _lines(document: Mapping[str, object]) -> list[str]:
    """Return what a run would do, for people."""
    lines = []
    for key, value in document.items():
        match value:
            case dict():
                lines.append(f"{key}:")
                for name, stage in value.items():
                    lines.extend(_stage_lines(name, stage))
            case list():
                lines.append(f"{key}: {', '.join(map(str, value)) or 'none found'}")
            case _:
                lines.append(f"{key}: {value or 'unknown'}")
    return lines


def _stage_lines(name: str, stage: Mapping[str, object]) -> list[str]:
    """Return what one stage would do, for people."""
    commands = stage.get("commands")
    if isinstance(commands, list):
        shown = commands or ["reads files only"]
        return [f"  {name}", *(f"    {command}" for command in shown)]
    ((status, reason),) = stage.items()
    return [f"  {name}: {'reused, nothing has changed' if status == 'reused' else f'{status}: {reason}'}"]
