"""Real reports of pytest and coverage.py over one small suite, and contexts and outcomes to interpret them with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ratchetry.collect.stage import Context
from ratchetry.domain.command import ToolOutcome
from ratchetry.domain.project import Base, Interpreter
from ratchetry.settings import Settings
from tests.unit.collect.contexts import context_of

DATA: Final = Path(__file__).parents[3] / "data"
JUNIT: Final = (
    "pytest-7.4.4/outcomes.xml",
    "pytest-8.3.5/outcomes.xml",
    "pytest-9.2.0/outcomes.xml",
    "pytest-9.2.0/outcomes-xunit2.xml",
)
COVERAGE: Final = ("coverage-7.4.4/report.json", "coverage-7.6.10/report.json", "coverage-7.17.3/report.json")
SUITE: Final[Mapping[str, str | bytes]] = {
    "pyproject.toml": "",
    "src/pkg/__init__.py": "",
    "tests/__init__.py": "",
    "tests/shared.py": "",
    "tests/test_import.py": "",
    "tests/test_outcomes.py": "",
    "tests/test_syntax.py": "",
}
TOOLS: Final = {"pytest": "9.2.0", "coverage": "7.17.3"}


def data(name: str) -> bytes:
    """Return a report kept as test data."""
    return (DATA / name).read_bytes()


def context(
    texts: Mapping[str, str | bytes] = SUITE,
    *,
    tools: Mapping[str, str] = TOOLS,
    settings: Settings | None = None,
    base: Base | None = None,
    interpreter: Interpreter | None = None,
) -> Context:
    """Return the stage's context over a repository in memory, with these distributions installed."""
    python = interpreter or Interpreter(
        executable="/env/bin/python", distributions=tools, import_path=("/repo/.ratchetry/inside/scratch/src",)
    )
    return replace(context_of(texts, interpreter=python, settings=settings), base=base)


def ended(
    exit_code: int | None,
    report: bytes | None = None,
    *,
    stdout: str = "",
    stderr: str = "",
    problem: str = "",
    timed_out: bool = False,
    name: str = "pytest",
) -> ToolOutcome:
    """Return how a run of a tool with a report file ended."""
    return ToolOutcome(
        name=name,
        exit_code=exit_code,
        stdout=stdout.encode(),
        stderr=stderr,
        report=report,
        missing_report="" if report is not None else "/reports/report",
        problem=problem,
        timed_out=timed_out,
    )


def junit(*cases: str) -> bytes:
    """Return a JUnit report with these testcase elements."""
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>".encode()


def case(name: str, content: str = "", *, classname: str = "tests.test_a", time: str = "0.5") -> str:
    """Return a testcase element of tests/test_a.py."""
    place = 'file="tests/test_a.py" line="3"'
    return f'<testcase classname="{classname}" name="{name}" {place} time="{time}">{content}</testcase>'
