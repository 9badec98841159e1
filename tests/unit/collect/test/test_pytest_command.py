"""How pytest is started in projects of all kinds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ratchetry.collect.test.pytest_command import PYTEST, commands
from ratchetry.domain.command import Command
from ratchetry.settings import Settings
from tests.unit.collect.test.suites import SUITE, TOOLS, context

REPORTS = "/repo/.ratchetry/inside/reports/stage"
PLUGINS = {"pytest-cov": "7.1.0", "pytest-xdist": "3.8.0", "pytest-benchmark": "5.3.1"}


def suite(
    texts: Mapping[str, str | bytes] | None = None,
    tools: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> Command:
    """Return the command that runs the suite."""
    return commands(context({**SUITE, **(texts or {})}, tools=tools or TOOLS, settings=settings))[0]


def test_the_suite_runs_whole_in_the_scratch_copy() -> None:
    """Nothing stops the run early, and JUnit and the cache go to the reports."""
    command = suite()
    assert (command.name, command.cwd, command.report) == (PYTEST, "scratch", f"{REPORTS}/junit.xml")
    for option in (
        "--rootdir=/repo/.ratchetry/inside/scratch",
        f"--junitxml={REPORTS}/junit.xml",
        "junit_family=xunit1",
        f"cache_dir={REPORTS}/pytest-cache",
        "--continue-on-collection-errors",
        "--maxfail=0",
        "--color=no",
    ):
        assert option in command.argv


def test_the_users_arguments_come_last() -> None:
    """Paths first, then pytest-args: what the user says wins."""
    command = suite(settings=Settings(tests=("tests/unit",), pytest_args=("-k", "fast")))
    assert command.argv[-3:] == ("tests/unit", "-k", "fast")


def test_plugins_are_kept_from_interfering() -> None:
    """Coverage is not measured twice, the suite stays in one process, benchmarks run elsewhere."""
    argv = suite(tools={**TOOLS, **PLUGINS}).argv
    assert {"--no-cov", "-n0", "--benchmark-disable"} <= set(argv)


@pytest.mark.parametrize(
    ("addopts", "absent"),
    [
        ("-p no:xdist", "-n0"),
        ("-p no:pytest_cov", "--no-cov"),
        ("-p no:benchmark", "--benchmark-disable"),
        ("--benchmark-only", "--benchmark-disable"),
        ("--disable-plugin-autoload", "-n0"),
        ("--disable-plugin-autoload", "--no-cov"),
        ("-p no:cacheprovider", f"cache_dir={REPORTS}/pytest-cache"),
    ],
)
def test_options_of_plugins_that_are_off_are_left_out(addopts: str, absent: str) -> None:
    """Options that pytest does not know, or that exclude each other, are errors."""
    argv = suite({"tox.ini": f"[pytest]\naddopts = {addopts}\n"}, {**TOOLS, **PLUGINS}).argv
    assert absent not in argv


def test_plugins_that_are_not_installed_get_no_options() -> None:
    """Without the plugins their options are unknown; an old pytest-benchmark does not know its own."""
    assert not {"--no-cov", "-n0", "--benchmark-disable"} & set(suite().argv)
    assert "--benchmark-disable" not in suite(tools={**TOOLS, "pytest-benchmark": "2.5.0"}).argv


def test_without_coverage_the_suite_may_spread() -> None:
    """The project's own -n is left alone where nothing is measured, or where all processes are."""
    assert "-n0" not in suite(tools={"pytest": "9.2.0", **PLUGINS}).argv
    follows = {".coveragerc": "[run]\npatch = subprocess\n"}
    assert "-n0" not in suite(follows, {**TOOLS, **PLUGINS}).argv


def test_unittest_files_are_found_where_pytest_is_not_configured() -> None:
    """Files that unittest finds and pytest misses are added by name; helpers without test cases are not."""
    texts: dict[str, str | bytes] = {
        "tests/tests.py": "class T(unittest.TestCase): ...",
        "tests/testmore.py": "class T(TestCase): ...",
        "tests/testutils.py": "def help(): ...",
        "tests/test_usual.py": "class T(TestCase): ...",
        "tests/usual_test.py": "class T(TestCase): ...",
        "tests/base.py": "class T(TestCase): ...",
    }
    assert "python_files=test_*.py *_test.py testmore.py tests.py" in suite(texts).argv
    configured = {**texts, "pytest.ini": "[pytest]\n"}
    assert not [word for word in suite(configured).argv if word.startswith("python_files")]


def test_many_unittest_files_become_one_pattern() -> None:
    """A command line is no place for hundreds of names."""
    texts: dict[str, str | bytes] = {f"tests/test{number}.py": "class T(TestCase): ..." for number in range(60)}
    assert "python_files=test_*.py *_test.py test*.py" in suite(texts).argv


def test_without_coverage_pytest_runs_alone() -> None:
    """No coverage.py, no coverage: one command, started as pytest itself."""
    (command,) = commands(context(tools={"pytest": "9.2.0"}))
    assert command.argv[:3] == ("/env/bin/python", "-m", "pytest")
