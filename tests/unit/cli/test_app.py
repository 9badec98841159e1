"""The command line as a whole."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ratchetry import __version__
from ratchetry.cli.app import cli, run
from ratchetry.cli.lazy import commands_below

ALL = dict(commands_below(cli))

HEAVY = {"numpy", "github", "requests", "rich", "jinja2", "yaml", "markdown_it", "jsonschema", "msgspec", "sqlite3"}


def _modules_after(*arguments: str) -> set[str]:
    """Return the top-level modules that a command line has imported by its end."""
    program = "import sys; from ratchetry.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    process = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in process.stderr.split()}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"], ["explain", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    """No numeric, network, template or parsing library is imported before it is needed."""
    heavy = HEAVY - {"msgspec"} if arguments[0] == "run" else HEAVY  # the names of the stages stand in settings
    assert not _modules_after(*arguments) & heavy


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command says what it does and shows how it is called."""
    assert run([*name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Usage: ratchetry {name}" in shown
    assert f" ratchetry {name}" in shown.partition("Examples:")[2]


def test_the_list_of_commands_is_that_of_the_modules() -> None:
    """The summary in the list opens the help of the command itself."""
    for name, command in ALL.items():
        assert command.name == name.rpartition(" ")[2]


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` names program and version."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"ratchetry, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rum"], "No such command 'rum'"),
        (["run", "--stage", "tests"], "'tests' is not one of"),
        (["run", "/nowhere/at/all"], "/nowhere/at/all: no such directory"),
        (["run", "--timeout", "-1"], "timeout: Expected `float` > 0.0"),
        (["explain", "coverage.lines"], "unknown metric 'coverage.lines'; did you mean 'coverage.line'?"),
        (["schema", "nothing"], "'nothing' is not one of"),
        (["init", "--ref", "v1;x"], "must be the owner/name of a repository and a commit or tag of it"),
        (["init", "--no-workflows", "--record", "/nowhere.json"], "/nowhere.json: cannot be read"),
    ],
)
def test_wrong_usage_ends_with_code_two_and_one_message(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the user must mend is said on standard error, without a traceback."""
    monkeypatch.chdir(str(tmp_path))
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_debug_shows_where_an_error_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--debug` the traceback stands before the message."""
    assert run(["--debug", "explain", "nothing.at.all"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_ask_for_completions(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The script of each shell calls the program back."""
    assert run(["completion", shell]) == 0
    assert "_RATCHETRY_COMPLETE" in capsys.readouterr().out


def test_metrics_are_listed_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """`explain` without a metric lists them all."""
    assert run(["explain"]) == 0
    assert "coverage.line " in capsys.readouterr().out
    assert run(["explain", "--format", "json"]) == 0
    assert "coverage.line" in {entry["name"] for entry in json.loads(capsys.readouterr().out)}


def test_the_module_runs_like_the_program() -> None:
    """`python -m ratchetry` is the same command line."""
    process = subprocess.run(
        [sys.executable, "-m", "ratchetry", "--version"], capture_output=True, text=True, check=True
    )
    assert process.stdout == f"ratchetry, version {__version__}\n"
