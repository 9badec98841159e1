"""How the tools of this stage are started: under the project's interpreter, the same on a laptop and in CI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.collect.test.junit_report import RERUNS

OBSERVER: Final = "ratchetry_observer"
"""The name of ratchetry's plugin for pytest."""

_SOURCE: Final = f'''\
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


def module_argv(context: Context, name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command line of a module under the project's interpreter; borrowed directories are searched last."""
    python, borrowed = context.interpreter.executable, context.interpreter.appended_path
    if borrowed:
        return (python, "-c", _BOOTSTRAP, str(len(borrowed)), *borrowed, name, *arguments)
    return (python, "-m", name, *arguments)


def environment(context: Context) -> dict[str, str]:
    """Return the variables that every tool is given."""
    return {
        **_NEUTRAL,
        "PYTHONPATH": ":".join((*context.interpreter.import_path, observer_directory(context))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": f"{context.reports}/hypothesis",
    }


def observer_files(context: Context) -> dict[str, str]:
    """Return the file of ratchetry's plugin for pytest, to be written before pytest starts."""
    return {f"{observer_directory(context)}/{OBSERVER}.py": _SOURCE}


def observer_directory(context: Context) -> str:
    """Return the directory that ratchetry's plugin for pytest is imported from."""
    return f"{context.reports}/observer"
