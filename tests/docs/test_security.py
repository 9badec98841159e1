"""The security page names for each boundary a test that exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Final

import pytest

from tests.docs.pages import ROOT, table

PAGE: Final = "docs/security.md"
ROWS: Final = table(PAGE, "boundary", "what holds it", "test")


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests of a file, none when it is not there."""
    if not (ROOT / path).is_file():
        return frozenset()
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("named", [row[2].strip("`") for row in ROWS])
def test_a_named_test_exists(named: str) -> None:
    """The test that is to hold a boundary is one that is run."""
    path, _, name = named.partition("::")
    assert path.startswith("tests/")
    assert name.startswith("test_")
    assert name in names_in(path), named


def test_every_boundary_is_held() -> None:
    """Each boundary that the page counts has a test, and no test is named twice."""
    counted = re.findall(r"^(\d)\. \*\*", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE)
    assert counted == [str(number) for number in range(1, len(counted) + 1)]
    assert {row[0] for row in ROWS} == set(counted)
    assert len({row[2] for row in ROWS}) == len(ROWS)
