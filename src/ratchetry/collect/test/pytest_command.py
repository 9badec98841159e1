"""How pytest and coverage.py are started: under the project's interpreter, with its own configuration respected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.collect.test.configuration import (
    CoverageConfiguration,
    PytestConfiguration,
    coverage_configuration,
    pytest_configuration,
)
from ratchetry.collect.test.junit_report import RERUNS
from ratchetry.domain.command import Command
from ratchetry.errors import ReportError

PYTEST: Final = "pytest"
COMBINE: Final = "coverage-combine"
COVERAGE: Final = "coverage-json"


_OBSERVER: Final = "ratchetry_observer"
_OBSERVER_SOURCE: Final = f'''\
"""Tells the JUnit report how often each test was tried again: most plugins that try again keep it to themselves."""

import pytest

_reruns = {{}}
_given_up = set()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    """Count the attempts that were given up, and leave the number where the JUnit report picks it up."""
    name = report.nodeid
    if report.when == "setup":
        _given_up.discard(name)
    if report.outcome in ("rerun", "retried"):
        if name not in _given_up:
            _reruns[name] = _reruns.get(name, 0) + 1
        _given_up.add(name)
    elif report.when == "teardown" and name in _reruns:
        report.user_properties = [*report.user_properties, ("{RERUNS}", _reruns[name])]
'''

_BOOTSTRAP: Final = """\
import runpy, sys
first = 2 + int(sys.argv[1])
sys.path.extend(sys.argv[2:first])
sys.argv[:] = sys.argv[first:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

_NEUTRAL: Final[Mapping[str, str]] = {
    # what a shell or an outer test run may have set, and what would change how these tools run
    "PYTEST_ADDOPTS": "",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    "COVERAGE_RCFILE": "",
    "COVERAGE_PROCESS_START": "",
    "COVERAGE_PROCESS_CONFIG": "",
}


def commands(context: Context) -> tuple[Command, ...]:
    """Return the run of the suite and, where coverage.py can be used, the commands that read what it measured."""
    pytest = pytest_configuration(context.tree, context.settings.pytest_args)
    if not context.interpreter.has("coverage"):
        return (_suite(context, _module(context, "pytest", *_pytest_arguments(context, pytest)), {}),)
    rcfile = next(iter(pytest.values("--cov-config")), "")
    configuration = coverage_configuration(context.tree, rcfile)
    shared = (f"--data-file={_data_file(context)}", *((f"--rcfile={rcfile}",) if rcfile else ()))
    run = ("run", *shared, "--branch", *_scope(context, pytest, configuration), "-m", "pytest")
    # children write their data where this variable says; set without need, it would redirect the coverage runs
    # of suites that test such things themselves
    children = {"COVERAGE_FILE": _data_file(context)} if configuration.parallel else {}
    suite = _suite(context, _module(context, "coverage", *run, *_pytest_arguments(context, pytest)), children)
    if not configuration.parallel:
        return (suite, _report(context, shared, after=PYTEST))
    combine = Command(
        name=COMBINE,
        argv=_module(context, "coverage", "combine", *shared),
        cwd="scratch",
        environment=_environment(context),
        after=PYTEST,
    )
    return (suite, combine, _report(context, shared, after=COMBINE))


def escapes_coverage(context: Context) -> str:
    """Return why coverage.py would not see what the tests execute, or nothing if it does."""
    settings = PytestConfiguration(addopts=context.settings.pytest_args)
    if not context.interpreter.has("pytest-xdist") or not _spreads(settings):
        return ""
    rcfile = next(iter(pytest_configuration(context.tree, settings.addopts).values("--cov-config")), "")
    if coverage_configuration(context.tree, rcfile).follows_children:
        return ""
    return (
        "pytest-args spread the suite over worker processes, which are not measured; leave out -n, or set "
        'patch = ["subprocess"] in the configuration of coverage.py (7.10 or newer)'
    )


def _suite(context: Context, argv: tuple[str, ...], environment: Mapping[str, str]) -> Command:
    """Return the command that runs the suite."""
    return Command(
        name=PYTEST,
        argv=argv,
        cwd="scratch",
        environment={**_environment(context), **environment},
        report=f"{context.reports}/junit.xml",
        files={f"{_observer_directory(context)}/{_OBSERVER}.py": _OBSERVER_SOURCE},
        weight=10,
    )


def _report(context: Context, shared: tuple[str, ...], *, after: str) -> Command:
    """Return the command that writes coverage.py's JSON report; a bound of the project's own does not fail it."""
    output = f"{context.reports}/coverage.json"
    return Command(
        name=COVERAGE,
        argv=_module(context, "coverage", "json", *shared, "--fail-under=0", "-q", "-o", output),
        cwd="scratch",
        environment=_environment(context),
        report=output,
        after=after,
    )


def _module(context: Context, name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a module under the project's interpreter, borrowed directories searched last."""
    python, borrowed = context.interpreter.executable, context.interpreter.appended_path
    if borrowed:
        return (python, "-c", _BOOTSTRAP, str(len(borrowed)), *borrowed, name, *arguments)
    return (python, "-m", name, *arguments)


def _environment(context: Context) -> dict[str, str]:
    """Return the variables that all commands are given."""
    return {
        **_NEUTRAL,
        "PYTHONPATH": ":".join((*context.interpreter.import_path, _observer_directory(context))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": f"{context.reports}/hypothesis",
    }


def _pytest_arguments(context: Context, pytest: PytestConfiguration) -> tuple[str, ...]:
    """Return pytest's arguments: every test runs, and JUnit says what became of it."""
    return (
        *("-p", _OBSERVER),
        f"--rootdir={context.scratch}",
        f"--junitxml={context.reports}/junit.xml",
        *("-o", "junit_family=xunit1", "-o", "junit_logging=no", "-o", "junit_duration_report=total"),
        *(() if pytest.blocks("cacheprovider") else ("-o", f"cache_dir={context.reports}/pytest-cache")),
        *("--continue-on-collection-errors", "--maxfail=0"),
        # each test is named before it runs, so that a crash can be pinned to one
        *("--verbosity=1", "--color=no", "--tb=short"),
        *_plugin_arguments(context, pytest),
        *_file_patterns(context, pytest),
        *context.settings.tests,
        *context.settings.pytest_args,
    )


def _plugin_arguments(context: Context, pytest: PytestConfiguration) -> Iterator[str]:
    """Yield what keeps other plugins from measuring coverage, from leaving this process and from benchmarking."""
    has = context.interpreter.has
    if has("pytest-cov") and pytest.loads("cov") and not pytest.blocks("pytest_cov"):
        yield "--no-cov"
    rcfile = next(iter(pytest.values("--cov-config")), "")
    measured = has("coverage") and not coverage_configuration(context.tree, rcfile).follows_children
    if has("pytest-xdist") and pytest.loads("xdist") and measured:
        yield "-n0"
    if _knows_benchmark_disable(context) and pytest.loads("benchmark") and not _insists_on_benchmarks(pytest):
        yield "--benchmark-disable"


def _knows_benchmark_disable(context: Context) -> bool:
    """Tell whether the installed pytest-benchmark has the option, which came with 3.0."""
    major = context.interpreter.distributions.get("pytest-benchmark", "").partition(".")[0]
    return major.isdigit() and int(major) >= 3


def _insists_on_benchmarks(pytest: PytestConfiguration) -> bool:
    """Tell whether an option is given that pytest-benchmark refuses to combine with --benchmark-disable."""
    return "--benchmark-only" in pytest.addopts


def _spreads(pytest: PytestConfiguration) -> bool:
    """Tell whether options start worker processes."""
    workers = [*pytest.values("-n"), *pytest.values("--numprocesses"), *pytest.values("--tx")]
    workers += [word[2:] for word in pytest.addopts if re.match(r"-n\w", word)]
    return any(count != "0" for count in workers)


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


def _scope(context: Context, pytest: PytestConfiguration, coverage: CoverageConfiguration) -> tuple[str, ...]:
    """Return what is to be measured where the project's configuration does not say it.

    That is what its options tell pytest-cov, otherwise its packages; without any, everything but the tests.
    """
    if coverage.chooses_sources:
        return ()
    named = pytest.values("--cov") or tuple(
        package.name if package.path.endswith(".py") else package.path for package in context.project.packages
    )
    if named:
        return (f"--source={','.join(named)}",)
    if coverage.chooses_omissions:
        return ()
    tests = [part for path in context.project.test_paths for part in (path, f"{path}/*")]
    return (f"--omit={','.join([*tests, f'{_observer_directory(context)}/*'])}",)


def _data_file(context: Context) -> str:
    """Return where coverage.py keeps what it measured."""
    return f"{context.reports}/coverage.data"


def _observer_directory(context: Context) -> str:
    """Return the directory that the observing plugin is imported from."""
    return f"{context.reports}/observer"
