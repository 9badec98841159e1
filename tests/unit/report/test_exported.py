"""Tests of ratchetry.report.exported."""

from __future__ import annotations

from dataclasses import replace

from ratchetry.collect.stage import measured
from ratchetry.domain.record import Metric
from ratchetry.report.exported import FAMILIES, OTHER, RENAMED, catalog_names, exported
from tests.docs.pages import table
from tests.unit.report import records


def test_names_are_unique_and_end_like_no_counter() -> None:
    """No two metrics share a name, and none ends in what OpenMetrics keeps for other types."""
    names = [f"{name}_{unit}" for _, name, unit, _ in catalog_names()]
    assert len(set(names)) == len(names)
    assert OTHER not in {name for _, name, _, _ in catalog_names()}
    endings = ("total", "created", "count", "sum", "bucket", "info")
    assert not [name for _, name, _, _ in catalog_names() if name.rpartition(".")[2] in endings]
    known = {name for name, _, _, _ in catalog_names()}
    assert {*RENAMED, *FAMILIES} <= known


def test_percentages_become_ratios() -> None:
    """Both formats ask for base units."""
    record = replace(records.empty(), metrics=dict([measured("coverage.line", 63.16, "test")]))
    (row,) = exported(record)
    assert (row.name, row.unit, row.value, row.attributes) == ("coverage.line", "ratio", 0.6316, {})


def test_families_have_an_attribute() -> None:
    """Benchmarks share a name, and each has its own as an attribute."""
    record = replace(records.empty(), metrics=dict([measured("benchmark.a.b", 0.5, "benchmark")]))
    (row,) = exported(record)
    assert (row.name, row.unit, row.value, row.attributes) == (
        "benchmark.median",
        "seconds",
        0.5,
        {"benchmark": "a.b"},
    )


def test_what_is_unknown_stays_as_it_is() -> None:
    """A metric of no catalog, or in another unit than the catalog's, is not converted."""
    other = Metric(value=5, unit="furlongs", better="lower", stage="x")
    record = replace(records.empty(), metrics={"a.b": other, "coverage.line": other})
    assert [(row.name, row.value, dict(row.attributes)) for row in exported(record)] == [
        (OTHER, 5, {"name": "a.b", "unit": "furlongs"}),
        (OTHER, 5, {"name": "coverage.line", "unit": "furlongs"}),
    ]


def test_the_page_has_every_name() -> None:
    """The table of the page is that of the code."""
    rows = table("docs/exports.md", "metric", "OpenMetrics", "OTLP")
    told = [tuple(cell.strip("`") for cell in row) for row in rows]
    assert told == [
        (name, f"ratchetry_{outside.replace('.', '_')}{f'_{unit}' if unit else ''}", f"ratchetry.{outside}", attribute)
        for name, outside, unit, attribute in catalog_names()
    ]
