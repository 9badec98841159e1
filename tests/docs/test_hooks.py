"""The hook for pre-commit: its manifest, and what the page says of it."""

from __future__ import annotations

import shlex
from typing import Final

import click
import yaml

from ratchetry import __version__
from ratchetry.cli.app import cli
from tests.docs.pages import ROOT, fences

HOOKS: Final = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
KEYS: Final = {
    *("id", "name", "description", "entry", "language", "pass_filenames", "always_run"),
    *("require_serial", "minimum_pre_commit_version", "stages"),
}
"""Of the keys that pre-commit knows (https://pre-commit.com/#creating-new-hooks), those that are used."""


def test_the_manifest_is_one() -> None:
    """Every hook has what pre-commit asks for, and nothing that it does not know."""
    (hook,) = HOOKS
    assert set(hook) == KEYS
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert {*hook["stages"]} <= {"pre-commit", "pre-merge-commit", "pre-push", "manual"}


def test_the_entry_is_a_command_line_of_ours() -> None:
    """What the hook calls is understood; it names no path, which pre-commit's working directory is."""
    program, name, *words = shlex.split(HOOKS[0]["entry"])
    command = cli.get_command(click.Context(cli), name)
    assert program == "ratchetry"
    assert command is not None
    context = command.make_context(name, words)
    assert context.params["stages"] == ("validate", "quality")
    assert context.params["path"] == "."


def test_the_page_shows_this_hook() -> None:
    """What the page tells to copy names the hook and the version."""
    shown = [
        yaml.safe_load(fence.content)
        for path, fence in fences()
        if path == "docs/exports.md" and fence.language == "yaml"
    ]
    (told,) = (repo for config in shown for repo in config.get("repos", []))
    assert told["rev"] == f"v{__version__}"
    assert [hook["id"] for hook in told["hooks"]] == [hook["id"] for hook in HOOKS]
