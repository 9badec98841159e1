"""The commands that the documentation shows are commands of ratchetry."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ratchetry.cli.app import COMMANDS, cli
from ratchetry.cli.lazy import commands_below
from tests.docs.pages import ROOT, command_lines, fences, spans, table

SHOWN = tuple(command_lines())
SAFE = frozenset({"explain", "schema", "completion"})


ALL = dict(commands_below(cli))


def name_in(words: list[str]) -> str:
    """Return the name of the command that words after `ratchetry` call: of a group, with its subcommands."""
    names = (" ".join(words[:length]) for length in range(3, 1, -1))
    return next((name for name in names if name in ALL), words[0])


def command_called(words: list[str]) -> click.Command:
    """Return the command of ratchetry that words call."""
    command = ALL.get(name_in(words))
    assert command is not None, f"there is no command {words[0]!r}"
    return command


def options_of(*commands: click.Command) -> frozenset[str]:
    """Return the options that commands take."""
    options = (option for command in commands for option in command.get_params(click.Context(command)))
    return frozenset(flag for option in options for flag in (*option.opts, *option.secondary_opts))


def all_options() -> frozenset[str]:
    """Return the options of all commands."""
    return options_of(cli, *ALL.values())


def test_there_are_commands_to_check() -> None:
    """The pages show every command at least once, in code blocks or in the text."""
    named = {name_in(words) for _, words in SHOWN if words}
    named |= {name_in(text.split()[1:]) for _, text in spans() if text.startswith("ratchetry ")}
    assert SHOWN
    assert {name for name, command in ALL.items() if not isinstance(command, click.Group)} <= named


@pytest.mark.parametrize(("place", "words"), [pytest.param(*shown, id=shown[0]) for shown in SHOWN])
def test_a_shown_command_line_is_understood(place: str, words: list[str]) -> None:
    """A command line in a code block is one that the parser takes."""
    if words == ["--version"]:
        return
    name = name_in(words)
    context = click.Context(cli, info_name="ratchetry")
    parsed = command_called(words).make_context(name, words[len(name.split()) :], parent=context)
    assert parsed.command.name == name.rpartition(" ")[2], place


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, id=place)
        for place, words in SHOWN
        if words and (words[0] in SAFE or words[-1] in {"--help", "--version"})
    ],
)
def test_a_shown_command_that_only_tells_something_runs(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shown command line that measures and writes nothing ends with 0, also where nothing was measured yet."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert result.output.strip()


@pytest.mark.parametrize("name", ALL)
def test_help_and_its_examples_name_what_exists(name: str) -> None:
    """Each command has help, and its examples use its own options only."""
    command, words = ALL[name], name.split()
    assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0
    examples = [line.split() for line in (command.epilog or "").splitlines() if line.startswith("  ratchetry ")]
    assert examples
    for example in examples:
        assert example[1 : len(words) + 1] == words
        called = command_called(example[1:])
        assert {word for word in example[2:] if re.match(r"--?[a-z]", word)} <= options_of(command, called, cli)


def test_commands_in_the_text_exist() -> None:
    """A piece of inline code that begins with ratchetry names a command, and options of that command."""
    for path, text in spans():
        words = text.split()
        if words[:1] != ["ratchetry"] or len(words) == 1:
            continue
        commands = [command_called(words[1:])] if not words[1].startswith("-") else []
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert options <= options_of(cli, *commands), f"{path}: {text}"


def test_options_in_the_text_exist() -> None:
    """An option alone in inline code is one of ratchetry, except on the page about the tools it runs."""
    known = all_options()
    for path, text in spans():
        if re.fullmatch(r"--?[a-z][a-z-]*", text) and path != "docs/measuring.md":
            assert text in known, f"{path}: {text}"


def test_the_readme_lists_the_commands_in_their_order() -> None:
    """The table of commands in the README is that of the command line."""
    named = [row[0].strip("`").split()[1] for row in table("README.md", "command")]
    assert named == list(COMMANDS)


def test_make_targets_exist() -> None:
    """What the pages tell to make can be made."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = [*(fence.content for _, fence in fences()), *(text for _, text in spans())]
    named = {target for text in code for target in re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)}
    assert {"run", "test", "setup"} <= named <= targets
