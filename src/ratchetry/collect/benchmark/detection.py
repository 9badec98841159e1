"""Whether a repository has benchmarks, told from its source without running any of it."""

from __future__ import annotations

import ast
import posixpath
from typing import Final

from ratchetry.domain.project import Project
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree

_SIZE_LIMIT: Final = 1_000_000
_FIXTURES: Final = frozenset({"benchmark", "benchmark_weave"})
"""The fixtures of pytest-benchmark: https://pytest-benchmark.readthedocs.io/en/stable/usage.html"""
_FOLDERS: Final = frozenset({"test", "tests", "testing", "bench", "benchmark", "benchmarks"})

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def benchmark_targets(project: Project, tree: SourceTree) -> tuple[str, ...]:
    """Return the files that hold benchmarks, as arguments for pytest.

    A fixture in a conftest.py that takes the benchmark fixture may serve any test below it: then the directory of
    that conftest.py stands for its files.  A file that cannot be read or parsed holds none: the test and quality
    stages report it.
    """
    found = {_target(path) for path in project.python_files() if _may_hold_tests(path, project) and _takes(path, tree)}
    covered = {path for path in found if any(_is_below(path, other) for other in found)}
    return tuple(sorted(found - covered))


def _may_hold_tests(path: str, project: Project) -> bool:
    """Tell whether pytest, or a person running pytest on it, may find tests in a file."""
    *folders, name = path.split("/")
    if not name.endswith(".py"):
        return False
    by_name = name.startswith(("test", "bench")) or name.endswith("_test.py") or name == "conftest.py"
    return by_name or not _FOLDERS.isdisjoint(folders) or any(_is_below(path, root) for root in project.test_paths)


def _takes(path: str, tree: SourceTree) -> bool:
    """Tell whether a file has a test or fixture that takes the benchmark fixture, or a test marked as a benchmark."""
    try:
        data = tree.read(path, limit=_SIZE_LIMIT)
        if b"benchmark" not in data:
            return False
        nodes = ast.walk(ast.parse(data))
        return any(_is_benchmark(node) for node in nodes)
    except (ReportError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_benchmark(node: ast.AST) -> bool:
    """Tell whether a node is such a test or fixture, or the mark."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _may_be_requested(node) and not _FIXTURES.isdisjoint(_parameters(node))
        case ast.Attribute(value=ast.Attribute(attr="mark"), attr="benchmark"):
            return True
        case ast.Call(func=ast.Attribute(attr="usefixtures"), args=names):
            return any(isinstance(name, ast.Constant) and name.value in _FIXTURES for name in names)
    return False


def _may_be_requested(function: _Function) -> bool:
    """Tell whether pytest would call a function: a test by its name, or a fixture by its decorator."""
    if function.name.startswith(("test", "bench")):
        return True
    return any(ast.unparse(decorator).split("(")[0].endswith("fixture") for decorator in function.decorator_list)


def _parameters(function: _Function) -> frozenset[str]:
    """Return the names of a function's parameters."""
    arguments = function.args
    return frozenset(argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def _target(path: str) -> str:
    """Return what pytest is given for a file: for a conftest.py its directory, "." at the root."""
    folder, name = posixpath.split(path)
    return (folder or ".") if name == "conftest.py" else path


def _is_below(path: str, folder: str) -> bool:
    """Tell whether a path lies inside a directory and is not that directory itself."""
    return path != folder and (folder == "." or path.startswith(f"{folder.rstrip('/')}/"))
