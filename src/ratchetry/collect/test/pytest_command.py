"""How pytest is started: every test of the project runs, as the project configures it, and JUnit tells the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.collect.test.configuration import PytestConfiguration, pytest_configuration
from ratchetry.collect.test.coverage_command import (
    coverage_settings,
    report_commands,
    run_argv,
    run_environment,
    why_unmeasurable,
)
from ratchetry.collect.test.launch import OBSERVER, environment, module_argv, observer_files
from ratchetry.domain.command import Command
from ratchetry.errors import ReportError

PYTEST: Final = "pytest"


def commands(context: Context) -> tuple[Command, ...]:
    """Return the run of the suite and, where coverage.py can be used, the commands that report what it measured."""
    pytest = pytest_configuration(context.tree, context.settings.pytest_args)
    if why_unmeasurable(context, pytest):
        arguments = pytest_arguments(context, pytest, in_one_process=False)
        return (_suite(context, module_argv(context, "pytest", *arguments)),)
    configuration = coverage_settings(context, pytest)
    arguments = pytest_arguments(context, pytest, in_one_process=not configuration.follows_children)
    suite = _suite(context, run_argv(context, pytest, *arguments), run_environment(context, configuration))
    return (suite, *report_commands(context, pytest, after=PYTEST))


def _suite(context: Context, argv: tuple[str, ...], variables: Mapping[str, str] | None = None) -> Command:
    """Return the command that runs the suite."""
    return Command(
        name=PYTEST,
        argv=argv,
        cwd="scratch",
        environment={**environment(context), **(variables or {})},
        report=f"{context.reports}/junit.xml",
        files=observer_files(context),
        weight=10,
    )


def pytest_arguments(context: Context, pytest: PytestConfiguration, *, in_one_process: bool) -> tuple[str, ...]:
    """Return pytest's arguments; the user's own stand last and win."""
    return (
        *("-p", OBSERVER),
        f"--rootdir={context.scratch}",
        f"--junitxml={context.reports}/junit.xml",
        *("-o", "junit_family=xunit1", "-o", "junit_logging=no", "-o", "junit_duration_report=total"),
        *(() if pytest.blocks("cacheprovider") else ("-o", f"cache_dir={context.reports}/pytest-cache")),
        *("--continue-on-collection-errors", "--maxfail=0"),
        # each test is named before it runs, so that a crash can be pinned to one
        *("--verbosity=1", "--color=no", "--tb=short"),
        *_plugin_arguments(context, pytest, in_one_process=in_one_process),
        *_file_patterns(context, pytest),
        *context.settings.tests,
        *context.settings.pytest_args,
    )


def _plugin_arguments(context: Context, pytest: PytestConfiguration, *, in_one_process: bool) -> Iterator[str]:
    """Yield what keeps other plugins from measuring coverage, from spreading the suite and from benchmarking."""
    has = context.interpreter.has
    if has("pytest-cov") and pytest.loads("pytest_cov"):
        yield "--no-cov"
    if has("pytest-xdist") and pytest.loads("xdist") and in_one_process:
        yield "-n0"
    if _knows_benchmark_disable(context) and pytest.loads("benchmark") and "--benchmark-only" not in pytest.addopts:
        yield "--benchmark-disable"


def _knows_benchmark_disable(context: Context) -> bool:
    """Tell whether the installed pytest-benchmark has the option, which came with 3.0."""
    major = context.interpreter.distributions.get("pytest-benchmark", "").partition(".")[0]
    return major.isdigit() and int(major) >= 3


def _file_patterns(context: Context, pytest: PytestConfiguration) -> tuple[str, ...]:
    """Return the option that adds test files which unittest would find and pytest's own patterns miss.

    Only where pytest is not configured: there the project has not decided what pytest finds.
    """
    if pytest.configured:
        return ()
    names = sorted({PurePosixPath(path).name for path in context.project.files if _is_missed_unittest(context, path)})
    if not names:
        return ()
    patterns = names if len(names) <= 50 else ["test*.py"]
    return ("-o", f"python_files=test_*.py *_test.py {' '.join(patterns)}")


def _is_missed_unittest(context: Context, path: str) -> bool:
    """Tell whether a file holds unittest's test cases under a name that unittest finds and pytest does not."""
    name = PurePosixPath(path).name
    if not re.fullmatch(r"test\w*\.py", name) or fnmatchcase(name, "test_*.py") or fnmatchcase(name, "*_test.py"):
        return False
    try:
        return b"TestCase" in context.tree.read(path, limit=1_000_000)
    except ReportError:
        return False
