"""The command of mypy: whose mypy, which configuration, and what to check."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from ratchetry.collect.quality.mypy_config import MypyConfig, find_config
from ratchetry.collect.quality.mypy_report import writes_json
from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context
from ratchetry.domain.command import Command, Unable
from ratchetry.errors import ReportError

MYPY: Final = "mypy"
_TEXT: Final = ("--show-error-codes", "--show-column-numbers")
_PLAIN: Final = ("--no-pretty", "--no-color-output", "--no-error-summary", "--hide-error-context")
# Installing stubs would change the project's environment, and wait for an answer.
_QUIET: Final = ("--no-install-types", "--interactive")
_UNCONFIGURED: Final = ("--config-file=", "--ignore-missing-imports")
_BY_ROOT: Final = ("--namespace-packages", "--explicit-package-bases")
_REPORTS: Final = ("any_exprs", "cobertura_xml", "html", "linecount", "linecoverage", "lineprecision", "txt", "xml")


def mypy_command(context: Context) -> Command | Unable:
    """Return the command, or why types cannot be checked here."""
    if context.interpreter.problem:
        return Unable(reason=f"there is no interpreter for the project: {context.interpreter.problem}")
    try:
        config = find_config(context.tree, context.project.tables)
    except ReportError as error:
        return Unable(reason=str(error))
    if not config.names_targets() and not context.project.packages:
        return Unable(reason="no package was found, and mypy's configuration names no files: set sources")
    return Command(
        name=MYPY,
        argv=(*_mypy(context), *_flags(context, config), *_targets(context, config)),
        environment={**OWN_TOOL_ENVIRONMENT, **_paths(context, config)},
        weight=8,
    )


def mypy_version(context: Context) -> str:
    """Return the version of the mypy that runs: the project's, if it has one, else ratchetry's."""
    theirs = context.interpreter.distributions.get(MYPY, "")
    return theirs or context.own_distributions.get(MYPY, "")


def _mypy(context: Context) -> tuple[str, ...]:
    """Return the start of the command line; the project's own mypy finds the project's plugins."""
    if context.interpreter.has(MYPY):
        return (context.interpreter.executable, "-m", "mypy")
    return (context.own_python, "-m", "mypy", "--python-executable", context.interpreter.executable)


def _flags(context: Context, config: MypyConfig) -> tuple[str, ...]:
    """Return the flags: a report that can be parsed, nothing written into the repository, the right configuration."""
    output = ("--output=json",) if writes_json(mypy_version(context)) else _TEXT
    configuration = (f"--config-file={config.path}",) if config.path else _UNCONFIGURED
    return (
        *output,
        *_PLAIN,
        *_QUIET,
        f"--cache-dir={context.reports}/mypy-cache",
        # Adds to the configured patterns: the scratch copy below the output directory is no second project.
        f"--exclude=^{re.escape(context.settings.output_dir.strip('/'))}/",
        *configuration,
        *_redirected(context, config),
    )


def _redirected(context: Context, config: MypyConfig) -> tuple[str, ...]:
    """Return flags that keep reports which the configuration asks for out of the repository."""
    reports = tuple(
        f"--{name.replace('_', '-')}-report={context.reports}/mypy-{name}"
        for name in _REPORTS
        if config.says(f"{name}_report")
    )
    return (*reports, f"--junit-xml={context.reports}/mypy-junit.xml") if config.says("junit_xml") else reports


def _targets(context: Context, config: MypyConfig) -> tuple[str, ...]:
    """Return what to check: nothing when the configuration says it, otherwise the packages."""
    if config.names_targets():
        return ()
    # Bases make src/name the module "name" only, though it can be imported in other ways as well.
    bases = () if "explicit_package_bases" in config.options else _BY_ROOT
    return (*bases, "--", *(package.path for package in context.project.packages))


def _paths(context: Context, config: MypyConfig) -> dict[str, str]:
    """Return the variables that say where modules are found."""
    variables: dict[str, str] = {}
    roots = tuple(root for root in context.project.source_roots if root not in {".", ""})
    if roots and (context.interpreter.import_path or not config.names_targets()):
        variables["MYPYPATH"] = ":".join(posixpath.join(context.project.root, root) for root in roots)
    if context.interpreter.import_path and config.says("plugins"):
        variables["PYTHONPATH"] = ":".join(context.interpreter.import_path)
    return variables
