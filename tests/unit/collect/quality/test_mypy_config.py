"""Where mypy's configuration is found."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.mypy_config import MypyConfig, find_config
from ratchetry.errors import ReportError
from tests.unit.collect.contexts import MemoryTree

PYPROJECT = {"tool": {"mypy": {"strict": True, "files": ["src"]}}}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, "pyproject.toml"),
        ({"setup.cfg": "[mypy]\n"}, "pyproject.toml"),
        ({".mypy.ini": "[mypy]\n"}, ".mypy.ini"),
        ({".mypy.ini": "[mypy]\n", "mypy.ini": "[mypy]\n"}, "mypy.ini"),
    ],
)
def test_files_are_taken_in_mypys_order(texts: dict[str, str], expected: str) -> None:
    """The files of mypy itself win over pyproject.toml, and that over setup.cfg."""
    assert find_config(MemoryTree(texts), PYPROJECT).path == expected


@pytest.mark.parametrize("tables", [{}, {"tool": None}, {"tool": {"mypy": 3}}, {"tool": {"ruff": {}}}])
def test_setup_cfg_counts_only_with_a_section_for_mypy(tables: dict[str, object]) -> None:
    """A setup.cfg for other tools configures nothing."""
    section = MemoryTree({"setup.cfg": "[metadata]\nname = x\n[mypy]\nfiles = a, b\n"})
    assert find_config(section, tables) == MypyConfig(path="setup.cfg", options={"files": "a, b"})
    assert find_config(MemoryTree({"setup.cfg": "[metadata]\nname = 100%\n"}), tables) == MypyConfig()


@pytest.mark.parametrize("option", ["files", "packages", "modules"])
@pytest.mark.parametrize(("value", "expected"), [("src", True), (["src"], True), ("  ", False), ([], False)])
def test_targets_are_files_packages_or_modules(option: str, value: object, *, expected: bool) -> None:
    """Each of the three says what to check, unless it is empty."""
    assert MypyConfig(path="mypy.ini", options={option: value}).names_targets() is expected


@pytest.mark.parametrize("text", ["no section\n", "[mypy]\nfiles\n", "[mypy]\n[mypy]\n", b"[mypy]\nx = \xff\n"])
def test_a_file_that_cannot_be_read_is_named(text: str | bytes) -> None:
    """Mypy would go on without its configuration: that is not what the project asks for."""
    with pytest.raises(ReportError, match=r"mypy\.ini cannot be read"):
        find_config(MemoryTree({"mypy.ini": text}), {})


@given(st.binary(max_size=200), st.dictionaries(st.text(max_size=4), st.integers() | st.text(), max_size=3))
def test_any_file_gives_a_configuration_or_a_report_error(data: bytes, tool: dict[str, object]) -> None:
    """Nothing in a file or a table raises anything else."""
    for path in ("mypy.ini", "setup.cfg"):
        with suppress(ReportError):
            find_config(MemoryTree({path: data}), {"tool": tool})
