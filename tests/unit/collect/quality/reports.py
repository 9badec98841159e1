"""Real reports of ruff and mypy over one small package, and the outcomes they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ratchetry.collect.stage import Context
from ratchetry.domain.command import ToolOutcome
from tests.unit.collect.contexts import context_of

DATA = Path(__file__).parents[3] / "data"
RUFFS = ("ruff-0.12.12", "ruff-0.17.5")
MYPYS = {"mypy-1.10.1": "txt", "mypy-1.14.1": "json", "mypy-2.4.0": "json"}
SHOP: Mapping[str, str | bytes] = {
    "pyproject.toml": "[tool.ruff]\nfix = true\n",
    "src/shop/__init__.py": '"""A small shop."""\n',
    "src/shop/cart.py": "x = 1\n# a comment\n\ny = 2\n",
    "src/shop/prices.py": "z = 3\n",
    "tests/test_cart.py": "def test_cart():\n    assert True\n",
}


def report(tool: str, name: str) -> bytes:
    """Return a report of a version of a tool."""
    return (DATA / tool / name).read_bytes()


def mypy_report(tool: str, name: str) -> bytes:
    """Return a report of a version of mypy, in the format that version writes."""
    return report(tool, f"{name}.{MYPYS[tool]}")


def quality_context(texts: Mapping[str, str | bytes] = SHOP) -> Context:
    """Return the context of the stage over a repository in memory."""
    return replace(context_of(texts), own_distributions={"ruff": "0.17.5", "mypy": "2.4.0"})


def outcome(name: str, data: bytes, exit_code: int = 1, stderr: str = "") -> ToolOutcome:
    """Return the outcome of a command that wrote its report to standard output."""
    return ToolOutcome(name=name, exit_code=exit_code, stdout=data, stderr=stderr)


def outcomes(ruff: str = RUFFS[1], mypy: str = "mypy-2.4.0") -> dict[str, ToolOutcome]:
    """Return the outcomes of all commands over the small shop."""
    rows = (
        outcome("ruff-files", report(ruff, "files.txt"), 0),
        outcome("ruff-check", report(ruff, "check.json")),
        outcome("ruff-format", report(ruff, "format.out")),
        outcome("ruff-complexity", report(ruff, "complexity.json")),
        outcome("mypy", mypy_report(mypy, "errors")),
    )
    return {row.name: row for row in rows}
