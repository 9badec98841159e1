"""The commands of ruff."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.collect.quality.ruff_command import listable, ruff_commands, target_version
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command
from ratchetry.domain.project import Interpreter
from ratchetry.settings import Settings
from tests.unit.collect.quality.reports import SHOP, quality_context


def commands(context: Context) -> dict[str, Command]:
    """Return the commands by name."""
    return {command.name: command for command in ruff_commands(context)}


def configured(context: Context) -> Context:
    """Return the context of a project that configures ruff."""
    return replace(context, project=replace(context.project, configured=frozenset({"ruff"})))


def excludes(context: Context) -> str:
    """Return what ruff is told to leave out."""
    return next(word for word in commands(context)["ruff-check"].argv if word.startswith("--config=extend-exclude"))


def test_nothing_is_fixed_or_written() -> None:
    """A project with fix = true is only read."""
    planned = commands(configured(quality_context()))
    assert {"--no-fix", "--no-fix-only", "--no-show-fixes", "--no-cache"} < set(planned["ruff-check"].argv)
    assert {"--check", "--no-cache"} < set(planned["ruff-format"].argv)
    assert all(command.cwd == "repository" for command in planned.values())


def test_a_module_of_the_repository_never_runs_in_the_place_of_ruff() -> None:
    """A ruff.py at the root is not what `-m ruff` finds."""
    assert all(command.environment["PYTHONSAFEPATH"] == "1" for command in ruff_commands(quality_context()))


def test_complexity_asks_for_each_source_file_without_the_projects_configuration() -> None:
    """The paths stand in a file, tests are not among them, and no ignore of the project hides a function."""
    command = commands(configured(quality_context()))["ruff-complexity"]
    ((listing, text),) = command.files.items()
    assert command.argv[-2:] == ("--", f"@{listing}")
    assert listing.startswith(quality_context().reports)
    assert text == "./src/shop/__init__.py\n./src/shop/cart.py\n./src/shop/prices.py\n"
    assert {"--isolated", "--ignore-noqa"} < set(command.argv)


def test_a_path_cannot_smuggle_in_another_one() -> None:
    """A path with a line break is left out of the list of files."""
    texts = {**SHOP, "src/shop/a\n/etc/passwd.py": ""}
    (text,) = commands(quality_context(texts))["ruff-complexity"].files.values()
    assert "passwd" not in text
    assert not listable("a\r.py")
    assert not listable("a\udcff.py")
    assert listable("Größe und 中.py")


def test_without_packages_there_is_no_complexity_to_ask_for() -> None:
    """A repository of scripts is linted, but has no functions of packages."""
    assert set(commands(quality_context({"run.py": "x = 1\n"}))) == {"ruff-files", "ruff-check", "ruff-format"}


def test_an_unconfigured_project_is_measured_with_defaults() -> None:
    """Without a configuration here, that of a parent directory or of the user must not count."""
    assert "--isolated" in commands(quality_context())["ruff-check"].argv
    assert "--isolated" not in commands(configured(quality_context()))["ruff-check"].argv


@pytest.mark.parametrize("path", ["ruff.toml", ".ruff.toml", "libs/a/ruff.toml", "libs/a/pyproject.toml"])
def test_a_nested_configuration_counts(path: str) -> None:
    """Ruff reads the configuration nearest to each file, so one anywhere below the root is the project's."""
    assert "--isolated" not in commands(quality_context({**SHOP, path: ""}))["ruff-check"].argv


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (">=3.9", "py39"),
        (">=3.8.1", "py38"),
        (">3.9", "py39"),
        ("~=3.11", "py311"),
        (">=2.7,!=3.7.*", "py38"),
        (">=4", ""),
        ("nonsense", ""),
        (3, ""),
        (None, ""),
    ],
)
def test_the_oldest_python_admitted_is_the_target(required: object, expected: str) -> None:
    """Without a configuration, requires-python says which syntax is meant, as ruff itself would take it."""
    context = quality_context()
    tables = {"project": {"requires-python": required}}
    measured = replace(context, project=replace(context.project, tables=tables))
    assert target_version(measured) == expected
    flag = [word for word in commands(measured)["ruff-format"].argv if word.startswith("--target-version")]
    assert flag == ([f"--target-version={expected}"] if expected else [])


@pytest.mark.parametrize("project", [{}, {"project": 3}, {"project": []}])
def test_without_metadata_ruff_has_its_own_target(project: dict[str, object]) -> None:
    """A pyproject.toml of any shape is no error here."""
    context = quality_context()
    assert target_version(replace(context, project=replace(context.project, tables=project))) == ""


def test_environments_and_the_output_directory_are_left_out() -> None:
    """What is not the project's code is never linted, and a package named env is."""
    texts = {**SHOP, ".venv/pyvenv.cfg": "", "env/__init__.py": ""}
    context = replace(
        quality_context(texts),
        settings=Settings(output_dir="out, of [x]/"),
        interpreter=Interpreter(executable='/repo/my "env"/bin/python'),
    )
    assert excludes(context) == (
        '--config=extend-exclude=["site-packages", "./out, of [[]x]", "./.venv", "./my \\"env\\""]'
    )


def test_the_repository_itself_is_never_left_out() -> None:
    """An output directory that is the root, or an interpreter elsewhere, excludes nothing."""
    context = replace(quality_context(), settings=Settings(output_dir="."))
    assert excludes(context) == '--config=extend-exclude=["site-packages"]'
