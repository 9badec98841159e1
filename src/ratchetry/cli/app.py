"""The group of all commands, each imported only when it is called, and the one place that handles errors."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Final

import click

from ratchetry import __version__
from ratchetry.cli.lazy import LazyGroup
from ratchetry.errors import EXIT_BROKEN, EXIT_INTERRUPTED, RatchetryError

COMMANDS: Final[Mapping[str, str]] = {
    "run": "Measure a repository in six stages and give a verdict.",
    "init": "Set a repository up: configuration, thresholds, workflow.",
    "doctor": "Tell what is installed, found, configured and missing.",
    "explain": "Tell what a metric is, its value, bound and history.",
    "report": "Show a recorded run, or write it for another program.",
    "dashboard": "Write a page that shows a history, or serve it here.",
    "badge": "Draw a badge on score, coverage, tests, flaky tests or debt.",
    "detect": "Find where the level of a metric or benchmark changed.",
    "trends": "Tell where metrics go, and when a bound is hit.",
    "regressions": "Compare a run with its base: what regressed, what cannot be told.",
    "bench": "Compare two commits by their benchmarks, run in turn here.",
    "attribute": "Tell which changes go with a failure or a step.",
    "suggest": "Tell what would help most, and when it counts as done.",
    "history": "Keep, query and share the runs of a repository.",
    "flaky": "Find flaky tests, vet new ones, keep known ones from blocking.",
    "fleet": "Report on the histories of many repositories.",
    "thresholds": "Show, check, simulate, move and relax the bounds.",
    "bandit": "Choose the arm to try next, by what became of those tried.",
    "experiment": "Compare versions on evidence that may be looked at daily.",
    "versions": "Show, promote and watch the versions in use.",
    "ci": "The steps of the GitHub workflows.",
    "score": "Score prompt and instruction documents.",
    "schema": "Print the JSON Schema of the record or of a state file.",
    "completion": "Print the script that completes commands in a shell.",
}

EPILOG: Final = """\b
Examples:
  ratchetry run                      measure the repository here
  ratchetry run --stage test -j 4    only its tests, four tools at a time
  ratchetry explain coverage.line    what that metric is and where it stands

\b
Exit codes:
  0 pass   1 a gate failed   2 usage, configuration or state error
  3 something required was not measured   4 ratchetry itself broke
  130 interrupted
"""


@click.group(
    name="ratchetry",
    cls=LazyGroup,
    package="ratchetry.cli",
    summaries=COMMANDS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ratchetry")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(*, debug: bool) -> None:
    """Measure every CI run of a Python project, hold it to its bounds, and let nothing unmeasured pass."""
    del debug  # read by `run`, which handles the errors


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of a command line; errors become one message on standard error."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _call(arguments)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: every tool that was running has been ended", err=True)
        return EXIT_INTERRUPTED
    except RatchetryError as error:
        return _report(error, arguments, f"error: {error}", error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN
    except Exception as error:  # noqa: BLE001  # the last resort: no traceback unless it is asked for
        text = f"ratchetry itself broke: {type(error).__name__}: {error}"
        hint = "run again with `ratchetry --debug ...` to see where"
        return _report(error, arguments, f"{text}\n{hint}", EXIT_BROKEN)


def _call(arguments: Sequence[str]) -> int:
    """Return the exit code of a command, or that of what click found wrong with the command line."""
    try:
        code = cli.main(args=list(arguments), prog_name="ratchetry", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else 0


def _report(error: Exception, arguments: Sequence[str], text: str, code: int) -> int:
    """Write an error, with its notes and, when asked for, its traceback; return the exit code."""
    if "--debug" in arguments:
        import traceback

        traceback.print_exception(error)
    click.echo("\n".join([text, *getattr(error, "__notes__", ())]), err=True)
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat a request to end like an interrupt from the keyboard."""
    raise KeyboardInterrupt
