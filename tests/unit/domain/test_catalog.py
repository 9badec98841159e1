"""The catalog of metrics."""

from __future__ import annotations

from ratchetry.domain.catalog import CATALOG, definition


def test_names_are_unique() -> None:
    """Every metric stands in the catalog once."""
    names = [entry.name for entry in CATALOG]
    assert len(set(names)) == len(names)


def test_a_member_of_a_family_has_its_definition() -> None:
    """A benchmark or score metric is defined by its family, a metric of its own name by itself."""
    family = definition("benchmark.tests/test_a.py::test_b[1.5]")
    assert family is not None
    assert family.name == "benchmark.*"
    total = definition("score.total")
    assert total is not None
    assert total.name == "score.total"


def test_an_unknown_name_has_no_definition() -> None:
    """Neither a misspelled metric nor a bare family name is defined."""
    assert definition("coverage.lines") is None
    assert definition("benchmark") is None
    assert definition("") is None
