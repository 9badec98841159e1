"""Tests of ratchetry.report.comment."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from ratchetry.domain.record import Failure, RunRecord, TestResult
from ratchetry.report.comment import LIMIT, render
from tests.unit.report import records, rendered, snapshots
from tests.unit.report.hostile import few, hostile

LINK = "https://github.com/acme/parcel/actions/runs/7"
OURS = {
    "h2", "h3", "p", "em", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary",
    "a",
}  # fmt: skip
LINKED = re.compile(r"@\w|#\d|://|www\.|gh-\d", re.IGNORECASE)


@pytest.mark.parametrize("name", ["realistic", "passing", "warning", "empty"])
def test_the_comment_reads_like_the_kept_one(name: str) -> None:
    """The comment on a pull request is what was kept as test data, and the same each time."""
    text = render(getattr(records, name)(), link=LINK)
    snapshots.check(f"{name}.comment.md", text)
    assert render(getattr(records, name)(), link=LINK) == text


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [
        ("pass", "✅ May be merged"),
        ("warn", "⚠️ May be merged, with a warning"),
        ("fail", "❌ Should not be merged yet"),
        ("not_measured", "❔ Cannot tell whether to merge"),
    ],
)
def test_the_first_line_says_whether_to_merge(verdict: str, answer: str) -> None:
    """The question that the comment answers comes first."""
    assert render(replace(records.empty(), verdict=verdict), link=LINK).splitlines()[0] == f"## {answer}"  # type: ignore[arg-type]  # drawn from the four


@few
@given(hostile)
def test_nothing_hostile_becomes_markup(record: RunRecord) -> None:
    """Whatever names a record holds, none becomes a tag, a link, a mention or another cell; only the run is linked."""
    page = rendered.markdown(render(record, link=LINK))
    assert page.unbalanced == []
    assert {tag for tag, _ in page.tags} <= OURS
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == [LINK]
    assert all(len(set(row)) == 1 for row in page.rows)
    assert not LINKED.search(page.prose)


def test_a_flood_fits() -> None:
    """Thousands of ways of failing make a comment that GitHub takes, and it says how many it left out."""
    failures = tuple(Failure(signature=f"s{row}", category="c", evidence="e" * 4000) for row in range(3000))
    tests = tuple(TestResult(id=f"t{'x' * 300}{row}", outcome="failed", signature=f"s{row}") for row in range(3000))
    text = render(replace(records.realistic(), tests=tests, failures=failures), link=LINK)
    assert len(text.encode()) <= LIMIT < 65_536
    assert "3,000 failing tests, failing in 3,000 ways" in text
    assert "more ways" in text
    assert LINK in text


def test_tests_that_fail_alike_are_one_entry() -> None:
    """A signature shared by many tests is shown once, with their number."""
    failures = (Failure(signature="s", category="assertion", evidence="assert 1 == 2"),)
    tests = tuple(TestResult(id=f"t{row}", outcome="failed", signature="s") for row in range(40))
    text = render(replace(records.empty(), tests=tests, failures=failures), link="")
    assert text.count("<details>") == 1
    assert "(40 tests)" in text
    assert "and 20 more tests" in text
