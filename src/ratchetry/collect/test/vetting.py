"""How tests are run in a shuffled order: as the project configures pytest, in one process, without second tries."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.collect.test.configuration import pytest_configuration
from ratchetry.collect.test.launch import environment, module_argv, observer_directory, observer_files
from ratchetry.collect.test.pytest_command import pytest_arguments
from ratchetry.domain.command import Command

SHUFFLER: Final = "ratchetry_shuffler"
"""The name of the plugin for pytest that shuffles."""
_SEED: Final = "RATCHETRY_SHUFFLE_SEED"
_LARGEST: Final = 2**32 - 1
_SOURCE: Final = f'''\
"""Runs tests in an order that follows from a seed and from the names of the tests alone."""

import os
import random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Shuffle the tests."""
    items.sort(key=lambda item: item.nodeid)
    random.Random(int(os.environ["{_SEED}"])).shuffle(items)
'''


def shuffled(context: Context, tests: Sequence[str], *, seed: int, hash_seed: int) -> Command:
    """Return the command that runs tests in the order of a seed; `hash_seed` decides on the order of sets."""
    settings = replace(context.settings, tests=tuple(tests))
    pytest = pytest_configuration(context.tree, settings.pytest_args)
    arguments = pytest_arguments(replace(context, settings=settings), pytest, in_one_process=True)
    more = ("-p", SHUFFLER, *_plugins(context, seed))
    return Command(
        name="pytest",
        argv=module_argv(context, "pytest", *arguments, *more),
        cwd="scratch",
        environment={**environment(context), _SEED: str(seed), "PYTHONHASHSEED": str(hash_seed % _LARGEST)},
        report=f"{context.reports}/junit.xml",
        files={**observer_files(context), f"{observer_directory(context)}/{SHUFFLER}.py": _SOURCE},
    )


def _plugins(context: Context, seed: int) -> Iterator[str]:
    """Yield what keeps other plugins from shuffling, and from trying again what failed."""
    pytest = pytest_configuration(context.tree, context.settings.pytest_args)
    if context.interpreter.has("pytest-randomly") and pytest.loads("randomly"):
        yield "--randomly-dont-reorganize"
        yield f"--randomly-seed={seed}"
    if context.interpreter.has("pytest-rerunfailures") and pytest.loads("rerunfailures"):
        yield "--reruns=0"


def defined_tests(source: bytes) -> frozenset[str]:
    """Return the test functions that a file defines, with their classes, as pytest names them; none if it is broken."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(_tests(tree.body, ""))


def _tests(body: Sequence[ast.stmt], prefix: str) -> Iterator[str]:
    """Yield the test functions of a module or class."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield f"{prefix}{node.name}"
