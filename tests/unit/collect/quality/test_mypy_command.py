"""The command of mypy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.collect.quality.mypy_command import mypy_command, mypy_version
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command, Unable
from ratchetry.domain.project import Interpreter
from tests.unit.collect.quality.reports import SHOP, quality_context

CONFIGURED = "[mypy]\nfiles = src, tests\n"


def command(context: Context) -> Command:
    """Return the command, which there must be."""
    planned = mypy_command(context)
    assert isinstance(planned, Command)
    return planned


def with_src(context: Context, **interpreter: object) -> Context:
    """Return the context of a src layout, with changes of the interpreter."""
    return replace(
        context,
        project=replace(context.project, source_roots=("src",)),
        interpreter=replace(context.interpreter, **interpreter),  # type: ignore[arg-type]  # a wrong field fails
    )


def test_ratchetrys_mypy_asks_the_projects_interpreter() -> None:
    """Without mypy in the project's environment, ratchetry's own resolves imports there."""
    assert command(quality_context()).argv[:5] == (
        "/own/bin/python",
        "-m",
        "mypy",
        "--python-executable",
        "/env/bin/python",
    )
    assert mypy_version(quality_context()) == "2.4.0"


@pytest.mark.parametrize(("version", "flag"), [("1.10.1", "--show-error-codes"), ("1.14.1", "--output=json")])
def test_the_projects_own_mypy_is_preferred(version: str, flag: str) -> None:
    """The project's mypy finds the project's plugins; what it writes depends on its version."""
    interpreter = Interpreter(executable="/env/bin/python", distributions={"mypy": version})
    context = replace(quality_context(), interpreter=interpreter)
    assert command(context).argv[:4] == ("/env/bin/python", "-m", "mypy", flag)
    assert mypy_version(context) == version


def test_nothing_is_written_into_the_repository_or_installed() -> None:
    """Cache and reports are redirected, stubs are not installed, and nothing waits for an answer."""
    texts = {**SHOP, "mypy.ini": f"{CONFIGURED}html_report = html\njunit_xml = junit.xml\ninstall_types = true\n"}
    words = command(quality_context(texts)).argv
    reports = quality_context().reports
    assert {
        f"--cache-dir={reports}/mypy-cache",
        f"--html-report={reports}/mypy-html",
        f"--junit-xml={reports}/mypy-junit.xml",
        "--no-install-types",
        "--interactive",
    } < set(words)
    assert not any(word.startswith("--xml-report") for word in words)


def test_without_configuration_the_packages_are_checked_with_defaults() -> None:
    """A configuration of a parent directory or of the user does not count; untyped libraries are no errors."""
    planned = command(with_src(quality_context()))
    assert {"--config-file=", "--ignore-missing-imports", "--explicit-package-bases"} < set(planned.argv)
    assert planned.argv[-2:] == ("--", "src/shop")
    assert planned.environment["MYPYPATH"] == "/repo/src"


def test_a_flat_layout_needs_no_path() -> None:
    """Packages at the root are found from there."""
    context = quality_context()
    flat = replace(context, project=replace(context.project, source_roots=(".",)))
    assert "MYPYPATH" not in command(flat).environment


def test_the_configuration_decides_what_is_checked() -> None:
    """Where the configuration names files, none are given, and nothing else is added."""
    planned = command(with_src(quality_context({**SHOP, "mypy.ini": CONFIGURED})))
    assert planned.argv[-1] == "--config-file=mypy.ini"
    assert "--ignore-missing-imports" not in planned.argv
    assert "MYPYPATH" not in planned.environment


def test_sources_that_are_not_installed_are_found_all_the_same() -> None:
    """An import path means that the environment lacks the project: mypy gets its roots, and its plugins too."""
    texts = {**SHOP, "mypy.ini": f"{CONFIGURED}plugins = shop.plugin\n"}
    planned = command(with_src(quality_context(texts), import_path=("/repo/src",)))
    assert planned.environment["MYPYPATH"] == "/repo/src"
    assert planned.environment["PYTHONPATH"] == "/repo/src"


def test_a_configuration_without_targets_keeps_its_own_bases() -> None:
    """The packages are given; how modules are named stays as configured."""
    texts = {**SHOP, "mypy.ini": "[mypy]\nexplicit_package_bases = false\n"}
    planned = command(quality_context(texts))
    assert planned.argv[-2:] == ("--", "src/shop")
    assert "--explicit-package-bases" not in planned.argv


def test_the_output_directory_is_no_source() -> None:
    """Copies of the repository below the output directory are left out, whatever its name."""
    assert "--exclude=^\\.ratchetry/" in command(quality_context()).argv


def test_a_module_of_the_repository_never_runs_in_the_place_of_mypy() -> None:
    """A mypy.py at the root is not what `-m mypy` finds."""
    assert command(quality_context()).environment["PYTHONSAFEPATH"] == "1"


def test_without_packages_and_configuration_there_is_nothing_to_check() -> None:
    """A repository of scripts has no types that were asked for."""
    planned = mypy_command(quality_context({"run.py": "x = 1\n"}))
    assert isinstance(planned, Unable)
    assert "no package was found" in planned.reason


def test_without_an_interpreter_types_cannot_be_checked() -> None:
    """The reason is that of the interpreter."""
    context = replace(quality_context(), interpreter=Interpreter(executable="", problem="no Python 3.9 here"))
    planned = mypy_command(context)
    assert isinstance(planned, Unable)
    assert "no Python 3.9 here" in planned.reason


def test_a_broken_configuration_is_not_passed_over() -> None:
    """The reason names the file."""
    planned = mypy_command(quality_context({**SHOP, "mypy.ini": "broken"}))
    assert isinstance(planned, Unable)
    assert "mypy.ini" in planned.reason
