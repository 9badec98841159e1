"""How coverage.py is started: with the project's own configuration, and only where it would see everything."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.collect.test.configuration import (
    CoverageConfiguration,
    PytestConfiguration,
    coverage_configuration,
)
from ratchetry.collect.test.launch import environment, module_argv, observer_directory
from ratchetry.domain.command import Command

COMBINE: Final = "coverage-combine"
COVERAGE: Final = "coverage-json"


def coverage_settings(context: Context, pytest: PytestConfiguration) -> CoverageConfiguration:
    """Return the project's configuration of coverage.py, from the file that its options name if they do."""
    return coverage_configuration(context.tree, _rcfile(pytest))


def why_unmeasurable(context: Context, pytest: PytestConfiguration) -> str:
    """Return why coverage.py cannot see all that the tests execute, or nothing if it can.

    `pytest` is the project's configuration with the options that the user has added.
    """
    interpreter = context.interpreter
    if not interpreter.has("coverage"):
        return f"coverage.py is not installed for {interpreter.executable}; add it to the project's test dependencies"
    configuration = coverage_settings(context, pytest)
    if interpreter.appended_path and (configuration.follows_children or configuration.follows_workers):
        return (
            "the configuration of coverage.py asks for child processes to be measured, which needs coverage.py in the "
            "project's own environment; add it to the project's test dependencies"
        )
    given = PytestConfiguration(addopts=context.settings.pytest_args)
    if interpreter.has("pytest-xdist") and _spreads(given) and not configuration.follows_children:
        return (
            "pytest-args spread the suite over worker processes, which are not measured; leave out -n, or set "
            'patch = ["subprocess"] in the configuration of coverage.py (7.10 or newer)'
        )
    return ""


def run_argv(context: Context, pytest: PytestConfiguration, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs pytest with these arguments under coverage.py."""
    configuration = coverage_settings(context, pytest)
    # options given here do not reach multiprocessing's children, whose data could then not be combined
    branch = () if configuration.follows_workers and not configuration.branch else ("--branch",)
    scope = _scope(context, pytest, configuration)
    return module_argv(
        context, "coverage", "run", *_shared(context, pytest), *branch, *scope, "-m", "pytest", *arguments
    )


def run_environment(context: Context, configuration: CoverageConfiguration) -> dict[str, str]:
    """Return where child processes leave their data.

    Set without need, the variable would redirect the coverage runs of suites that test such things themselves.
    """
    return {"COVERAGE_FILE": _data_file(context)} if configuration.parallel else {}


def report_commands(context: Context, pytest: PytestConfiguration, *, after: str) -> tuple[Command, ...]:
    """Return the commands that combine the data of several processes, where there are, and that report it."""
    if not coverage_settings(context, pytest).parallel:
        return (_report(context, pytest, after=after),)
    combine = Command(
        name=COMBINE,
        argv=module_argv(context, "coverage", "combine", *_shared(context, pytest)),
        cwd="scratch",
        environment=environment(context),
        after=after,
    )
    return (combine, _report(context, pytest, after=COMBINE))


def _report(context: Context, pytest: PytestConfiguration, *, after: str) -> Command:
    """Return the command that writes the JSON report; a bound that the project sets does not fail it."""
    output = f"{context.reports}/coverage.json"
    options = (*_shared(context, pytest), "--fail-under=0", "-q", "-o", output)
    return Command(
        name=COVERAGE,
        argv=module_argv(context, "coverage", "json", *options, *_included(context, pytest)),
        cwd="scratch",
        environment=environment(context),
        report=output,
        after=after,
    )


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
    return (f"--omit={','.join([*tests, f'{observer_directory(context)}/*'])}",)


def _included(context: Context, pytest: PytestConfiguration) -> tuple[str, ...]:
    """Return the option that keeps out what multiprocessing's children measured beyond the project's packages."""
    coverage = coverage_settings(context, pytest)
    paths = [package.path for package in context.project.packages]
    if not coverage.follows_workers or coverage.chooses_sources or pytest.values("--cov") or not paths:
        return ()
    return (f"--include={','.join(path if path.endswith('.py') else f'{path}/*' for path in paths)}",)


def _shared(context: Context, pytest: PytestConfiguration) -> tuple[str, ...]:
    """Return the options that all commands of coverage.py are given."""
    rcfile = _rcfile(pytest)
    return (f"--data-file={_data_file(context)}", *((f"--rcfile={rcfile}",) if rcfile else ()))


def _rcfile(pytest: PytestConfiguration) -> str:
    """Return the configuration file that the project's options name for pytest-cov, or nothing."""
    return next(iter(pytest.values("--cov-config")), "")


def _data_file(context: Context) -> str:
    """Return where coverage.py keeps what it measured."""
    return f"{context.reports}/coverage.data"


def _spreads(pytest: PytestConfiguration) -> bool:
    """Tell whether options start worker processes."""
    workers = [*pytest.values("-n"), *pytest.values("--numprocesses"), *pytest.values("--tx")]
    workers += [word[2:] for word in pytest.addopts if re.match(r"-n\w", word)]
    return any(count != "0" for count in workers)
