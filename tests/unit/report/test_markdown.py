"""Tests of ratchetry.report.markdown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import Finding, Metric, RunRecord
from ratchetry.report.blocks import MOST_ROWS, Block, fitted
from ratchetry.report.markdown import render
from tests.unit.report import records, rendered, snapshots
from tests.unit.report.hostile import few, hostile, steady

OURS = {
    "h2", "h3", "p", "em", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary",
}  # fmt: skip
LINKED = re.compile(r"@\w|#\d|://|www\.|gh-\d", re.IGNORECASE)


def flooded() -> RunRecord:
    """Return a record with more findings and metrics than a summary can hold."""
    findings = tuple(
        Finding(tool="ruff", rule="X1", severity="low", path=f"src/{'x' * 150}/{row}.py", line=row, message="m" * 400)
        for row in range(3000)
    )
    metric = Metric(value=1.0, unit="seconds", better="lower", stage="benchmark")
    metrics = {f"benchmark.{'y' * 150}.{row}": metric for row in range(3000)}
    return replace(records.realistic(), findings=findings, metrics=metrics)


@pytest.mark.parametrize("name", ["realistic", "passing", "warning", "empty"])
def test_the_summary_reads_like_the_kept_one(name: str) -> None:
    """The job summary of a run is what was kept as test data."""
    places = {"record": ".ratchetry/record.json"}
    snapshots.check(f"{name}.md", render(getattr(records, name)(), places=places))


@pytest.mark.parametrize("name", ["realistic", "passing", "warning", "empty"])
def test_the_summary_is_well_formed(name: str) -> None:
    """Rendered, every details element closes and every table's rows are as wide as its head."""
    page = rendered.markdown(render(getattr(records, name)()))
    assert page.unbalanced == []
    assert {tag for tag, _ in page.tags} <= OURS
    assert all(len(set(row)) == 1 for row in page.rows)


@few
@given(hostile)
def test_nothing_hostile_becomes_markup(record: RunRecord) -> None:
    """Whatever names a record holds, none becomes a tag, a link, a mention, a reference or another cell."""
    page = rendered.markdown(render(record))
    assert page.unbalanced == []
    assert {tag for tag, _ in page.tags} <= OURS
    assert all(set(attributes) <= {"class", "style"} for _, attributes in page.tags)
    assert all(len(set(row)) == 1 for row in page.rows)
    assert not LINKED.search(page.prose)


@few
@given(hostile, st.integers(0, 20_000))
def test_the_limit_is_kept(record: RunRecord, limit: int) -> None:
    """The summary never takes more bytes than it may, and what is left of it is well formed."""
    text = render(record, limit=limit)
    page = rendered.markdown(text)
    assert len(text.encode()) <= limit
    assert page.unbalanced == []
    assert all(len(set(row)) == 1 for row in page.rows)


def test_what_is_cut_is_counted() -> None:
    """A summary that cannot hold everything says how many rows of which kind it left out."""
    text = render(flooded())
    assert len(text.encode()) < 1_000_000
    assert f"… and {3000 - MOST_ROWS:,} more findings, which the run record has." in text
    assert f"… and {3000 - MOST_ROWS:,} more metrics, which the run record has." in text


@pytest.mark.parametrize("limit", [2_000, 5_000, 20_000, 60_000])
def test_rows_shown_and_cut_add_up(limit: int) -> None:
    """Under any limit, the findings shown and those said to be cut are all findings."""
    text = render(flooded(), limit=limit)
    shown = text.count("| low |")
    cut = re.search(r"… and ([\d,]+) more findings?", text)
    assert len(text.encode()) <= limit
    assert cut is None or shown + int(cut[1].replace(",", "")) == 3000
    assert cut is not None or "Further sections did not fit" in text


def test_sections_are_cut_from_the_end() -> None:
    """The verdict and the first sections stay when there is little room."""
    text = render(records.realistic(), limit=700)
    assert text.startswith("## ❌ FAIL")
    assert "### Stages" in text
    assert "Further sections did not fit" in text


@steady
@given(st.lists(st.lists(st.text(max_size=30), max_size=5), max_size=5), st.integers(0, 400))
def test_fitting_never_exceeds_the_limit(sections: list[list[str]], limit: int) -> None:
    """Sections of any rows fit into any limit, with everything shown if there is room for it."""
    blocks = tuple(Block(head="h\n", rows=tuple(rows)) for rows in sections)
    text = fitted(blocks, limit)
    everything = "".join(block.text(len(block.rows)) for block in blocks)
    assert len(text.encode()) <= limit
    if len(everything.encode()) + 200 * len(blocks) <= limit:
        assert text == everything
