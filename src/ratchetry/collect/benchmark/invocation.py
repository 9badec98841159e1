"""How pytest-benchmark is started: alone, in the scratch copy, with every trace it leaves inside the reports."""

from __future__ import annotations

import posixpath
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command

NAME: Final = "pytest-benchmark"

_WEIGHT: Final = 10
_COLUMNS: Final = "400"
"""The width that pytest cuts the reason of a failure to."""
_BOOTSTRAP: Final = """\
import runpy, sys
end = sys.argv.index("--")
sys.path.extend(sys.argv[1:end])
sys.argv[1:end + 1] = []
runpy.run_module("pytest", run_name="__main__", alter_sys=True)
"""
"""`python -m pytest` with directories, given before "--", that are searched after all others."""


def command(context: Context, targets: tuple[str, ...]) -> Command:
    """Return the command that runs the benchmarks in some files and leaves their raw rounds in a report."""
    report = posixpath.join(context.reports, "benchmark.json")
    return Command(
        name=NAME,
        argv=(*_python(context), *_options(context, report), *map(_as_path, targets)),
        cwd="scratch",
        environment=_environment(context),
        report=report,
        exclusive=True,
        weight=_WEIGHT,
    )


def _python(context: Context) -> tuple[str, ...]:
    """Return the start of the command line, up to pytest's own options."""
    interpreter = context.interpreter
    if interpreter.appended_path:
        return (interpreter.executable, "-B", "-c", _BOOTSTRAP, *interpreter.appended_path, "--")
    return (interpreter.executable, "-B", "-m", "pytest")


def _options(context: Context, report: str) -> tuple[str, ...]:
    """Return pytest's options; ours come last, because the last one wins over the project's own `addopts`."""
    interpreter = context.interpreter
    return (
        *context.settings.pytest_args,
        "--benchmark-only",
        "--benchmark-enable",
        f"--benchmark-json={report}",
        f"--benchmark-storage=file://{posixpath.join(context.reports, 'storage')}",
        *(("-n0",) if interpreter.has("pytest-xdist") else ()),  # workers disturb each other, and the plugin refuses
        *(("--no-cov",) if interpreter.has("pytest-cov") else ()),  # tracing would be measured along with the code
        f"--rootdir={context.scratch}",  # names stay relative to the repository, whatever lies above the copy
        "-o",
        f"cache_dir={posixpath.join(context.reports, 'pytest-cache')}",
        "--color=no",
        "-rfEs",
    )


def _as_path(target: str) -> str:
    """Return a file as an argument that cannot be taken for an option."""
    return f"./{target}" if target.startswith("-") else target


def _environment(context: Context) -> dict[str, str]:
    """Return the variables that make the measured sources the imported ones and leave no bytecode behind."""
    paths = [posixpath.join(context.scratch, path) for path in context.interpreter.import_path]
    fixed = {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": _COLUMNS}
    return {**fixed, **({"PYTHONPATH": ":".join(paths)} if paths else {})}
