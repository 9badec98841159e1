"""Tests of ratchetry.report.comment and its sections."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ratchetry.domain.record import Failure, Finding, Gate, RunRecord, TestResult
from ratchetry.domain.regression import BaseFound
from ratchetry.domain.review import Against, NotCompared, Review
from ratchetry.report.comment import LIMIT, render
from ratchetry.report.comment_view import address, says_something, uncovered
from tests.unit.report import records, rendered, reviews, snapshots
from tests.unit.report.hostile import few, texts
from tests.unit.report.reviews import BLOBS, LINK

OURS = {
    "h2", "h3", "h4", "p", "em", "strong", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre",
    "details", "summary", "a", "br", "hr",
}  # fmt: skip
LINKED = re.compile(r"@\w|#\d|://|www\.|gh-\d", re.IGNORECASE)


def alone(record: RunRecord) -> str:
    """Return the comment of a run that was compared with nothing."""
    return render((reviews.review(record),))


@pytest.mark.parametrize("name", ["realistic", "passing", "warning", "empty"])
def test_the_comment_reads_like_the_kept_one(name: str) -> None:
    """The comment on a pull request is what was kept as test data, and the same each time."""
    text = alone(getattr(records, name)())
    snapshots.check(f"{name}.comment.md", text)
    assert alone(getattr(records, name)()) == text


def test_a_comparison_reads_like_the_kept_one() -> None:
    """Beside a base the comment says what is worse, new, not covered and better, and what to do, in this order."""
    text = render((reviews.compared(),), dashboard="https://acme.example/d/", suggestions=("Cover `route.py`.",))
    snapshots.check("compared.comment.md", text)
    order = (
        "## ❌ Should not be merged yet",
        "### Worse than the base",
        "### 4 newly failing tests",
        "### 2 new findings",
        "### Changed lines that no test executes",
        "### Better than the base",
        "### What to do",
        "### What would help the default branch most",
        "[dashboard](https://acme.example/d/)",
    )
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_packages_share_one_comment() -> None:
    """Several packages make one comment: the worst verdict, a table of them, the worst package first."""
    good = reviews.review(records.passing(), directory="packages/tools", link=f"{LINK}8")
    bad = replace(reviews.compared(), directory="packages/core")
    text = render((good, bad))
    snapshots.check("packages.comment.md", text)
    assert text == render((bad, good))
    assert text.startswith("## ❌ Should not be merged yet\n\n1 of 2 packages is not in order.")
    assert text.index("### ❌ `packages/core`") < text.index("### ✅ `packages/tools`")
    assert f"({BLOBS}/packages/core/src/parcel/route.py#L140-L148)" in text


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
    assert alone(replace(records.empty(), verdict=verdict)).splitlines()[0] == f"## {answer}"  # type: ignore[arg-type]  # drawn from the four


def test_noise_is_no_benchmark_change() -> None:
    """What moved within its noise stands in no table of what got worse or better."""
    seen = render((reviews.compared(),)).split("<details>")[0]
    shown = rendered.markdown(render((reviews.compared(),)))
    assert "test_parse" in render((reviews.compared(),)).split("### Better")[0]
    assert "test_import" not in seen
    assert "benchmark.speed.test_import" in shown.code


def test_flaky_failures_stand_apart() -> None:
    """A test that is known to be flaky is no newly failing one."""
    text = render((reviews.compared(),))
    before, _, after = text.partition("1 failing test known to be flaky")
    assert "test_reopens" not in before
    assert "test_reopens" in after


@few
@given(reviews.hostile_reviews(), st.lists(texts, max_size=4))
def test_nothing_hostile_becomes_markup(review: Review, suggestions: list[str]) -> None:
    """Whatever names a review holds, none becomes a tag, a link, a mention or another cell."""
    text = render((review,), suggestions=suggestions)
    page = rendered.markdown(text)
    assert page.unbalanced == []
    assert {tag for tag, _ in page.tags} <= OURS
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert all(link == LINK or link.startswith(f"{BLOBS}/") for link in links)
    assert links.count(LINK) == 1
    assert all(len(set(row)) == 1 for row in page.rows)
    assert not LINKED.search(page.prose)
    assert len(text.encode()) <= LIMIT


@few
@given(st.lists(reviews.hostile_reviews(), min_size=2, max_size=3))
def test_nothing_hostile_in_packages_becomes_markup(several: list[Review]) -> None:
    """Names of packages are only text as well, and their order does not depend on that of their runs."""
    page = rendered.markdown(render(several))
    assert page.unbalanced == []
    assert {tag for tag, _ in page.tags} <= OURS
    assert all(len(set(row)) == 1 for row in page.rows)
    assert not LINKED.search(page.prose)


@given(texts)
def test_an_address_leads_to_the_file_alone(path: str) -> None:
    """Whatever a path holds, the link stays below the commit's files and ends where Markdown ends it."""
    link = address(BLOBS, path, 3, 9)
    if path:
        assert re.fullmatch(r"[A-Za-z0-9:/._~%#-]+", link)
        assert link.endswith("#L3-L9")
        quoted = link.removeprefix(f"{BLOBS}/").removesuffix("#L3-L9")
        assert unquote(quoted) == path.encode("utf-8", "replace").decode()


def test_uncovered_lines_come_from_numbers_alone() -> None:
    """The last line of a stretch is believed only when the message is as ours are."""
    lie = replace(reviews.UNCOVERED[0], message="lines 1-9999999 are not covered by a test")
    mad = replace(reviews.UNCOVERED[0], message="lines 140-3 are not covered by a test")
    record = replace(records.empty(), findings=(lie, mad, *reviews.UNCOVERED))
    assert [(row.first, row.last) for row in uncovered(record)] == [(140, 140), (140, 140), (140, 148), (52, 52)]


def test_tables_are_narrow_enough_for_a_phone() -> None:
    """No table of one package has more than three columns."""
    page = rendered.markdown(render((reviews.compared(),)))
    assert page.rows
    assert max(cells for table in page.rows for cells in table) <= 3


def test_a_gfm_renderer_sees_the_same_tables() -> None:
    """GitHub's flavor of Markdown shows as many tables and links as we wrote."""
    text = render((reviews.compared(),))
    made = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    assert made.count("<table>") == len(re.findall(r"^\| -", text, re.MULTILINE))
    assert made.count("<a ") == text.count("](https://")


def test_a_flood_fits() -> None:
    """Thousands of ways of failing make a comment that GitHub takes, and it says how many it left out."""
    failures = tuple(Failure(signature=f"s{row}", category="c", evidence="e" * 4000) for row in range(3000))
    tests = tuple(TestResult(id=f"t{'x' * 300}{row}", outcome="failed", signature=f"s{row}") for row in range(3000))
    findings = tuple(
        Finding(tool="coverage", rule="r", severity="info", path=f"{'p' * 900}{row}", line=row + 1)
        for row in range(3000)
    )
    text = alone(replace(records.realistic(), tests=tests, failures=failures, findings=findings))
    assert len(text.encode()) <= LIMIT < 65_536
    assert "3,000 failing tests, failing in 3,000 ways" in text
    assert "more ways" in text
    assert LINK in text


def test_tests_that_fail_alike_are_one_entry() -> None:
    """A signature shared by many tests is shown once, with their number."""
    failures = (Failure(signature="s", category="assertion", evidence="assert 1 == 2"),)
    tests = tuple(TestResult(id=f"t{row}", outcome="failed", signature="s") for row in range(40))
    text = alone(replace(records.empty(), tests=tests, failures=failures))
    assert text.count("<details>") == 1
    assert "(40 tests)" in text
    assert "and 20 more tests" in text


def test_there_is_something_to_say_unless_all_is_as_before() -> None:
    """Only a run that passes and differs in nothing from its base leaves nothing to say."""
    report = replace(reviews.against(records.passing()).report, comparisons=(), failures=())
    quiet = reviews.review(replace(records.passing(), findings=()), comparison=Against(report=report, findings=()))
    assert not says_something(quiet)
    assert says_something(replace(quiet, comparison=NotCompared(reason="no history")))
    assert says_something(replace(quiet, record=replace(quiet.record, verdict="warn")))
    worse = replace(report, comparisons=(reviews.comparison("types.errors", "regressed", 1.0, 2.0),))
    assert says_something(replace(quiet, comparison=Against(report=worse, findings=())))
    unsure = replace(report, comparisons=(reviews.comparison("types.errors", "inconclusive", 1.0, 2.0),))
    assert not says_something(replace(quiet, comparison=Against(report=unsure, findings=())))


def test_a_stacked_pull_request_is_told_its_base() -> None:
    """What the base is, where that is not the default branch, is told beside the notes of the comparison."""
    report = replace(
        reviews.against(records.passing()).report, base=BaseFound(commit="", measured=""), notes=("by their time",)
    )
    made = reviews.review(records.passing(), comparison=Against(report=report), base="to be merged into feature-a")
    text = render((made,))
    assert "- to be merged into feature-a\n- by their time\n" in text
    assert "against the runs of `main` before" in text


def test_a_gate_that_fails_at_the_base_as_well_is_not_held_against_the_change() -> None:
    """What was beyond its bound before is told to be so, and is nothing for the author to do; what got worse is."""
    old = reviews.comparison("security.vulnerabilities.high", "unchanged", 1.0, 1.0)
    new = reviews.comparison("lint.findings", "regressed", 3.0, 5.0)
    gates = tuple(
        Gate(metric=each.name, kind="maximum", bound=0.0, value=each.head, margin=-each.head, verdict="fail")
        for each in (old, new)
    )
    record = replace(records.passing(), gates=gates, verdict="fail")
    report = replace(reviews.against(record).report, comparisons=(old, new), failures=())
    text = render((reviews.review(record, comparison=Against(report=report, findings=())),))
    assert "- `security.vulnerabilities.high`: **not of this change**, it fails at the base as well\n" in text
    assert "Bring `lint.findings`" in text
    assert "Bring `security" not in text
    assert "`lint.findings`: **not of this change**" not in text
