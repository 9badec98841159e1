"""The plan of the quality stage."""

from __future__ import annotations

from ratchetry.collect.quality import STAGE
from ratchetry.domain.command import Skip
from tests.unit.collect.quality.reports import quality_context


def test_all_tools_run_independently() -> None:
    """Four runs of ruff and one of mypy, the heaviest of them, wait for nothing."""
    planned = STAGE.plan(quality_context())
    assert isinstance(planned, tuple)
    assert [command.name for command in planned] == [
        "ruff-files",
        "ruff-check",
        "ruff-format",
        "ruff-complexity",
        "mypy",
    ]
    assert max(planned, key=lambda command: command.weight).name == "mypy"
    assert all(command.after is None for command in planned)


def test_mypy_is_left_out_where_it_has_nothing_to_check() -> None:
    """Scripts alone are linted only."""
    planned = STAGE.plan(quality_context({"run.py": "x = 1\n"}))
    assert isinstance(planned, tuple)
    assert "mypy" not in {command.name for command in planned}


def test_a_repository_without_python_is_skipped() -> None:
    """There is a reason for doing nothing."""
    assert STAGE.plan(quality_context({"README.md": "# Hello\n"})) == Skip(reason="the repository has no Python file")
