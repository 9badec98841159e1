"""Reviews of pull requests, whose comparisons are made up."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ratchetry.domain.comparison import Comparison, ComparisonVerdict
from ratchetry.domain.record import ChangedFile, Finding, RunRecord
from ratchetry.domain.regression import BaseFound, NewFailure, RegressionReport
from ratchetry.domain.review import Against, NotCompared, Review
from ratchetry.domain.series import Point, Series
from tests.unit.report import hostile, records

LINK = "https://github.com/acme/parcel/actions/runs/7"
BLOBS = "https://github.com/acme/parcel/blob/" + "a" * 40
ALONE = NotCompared(reason="there is no shared history yet, so only the gates are judged")
UNCOVERED = (
    Finding(
        tool="coverage", rule="changed-line-not-covered", severity="info", path="src/parcel/route.py", line=140,
        message="lines 140-148 are not covered by a test", fingerprint="u1",
    ),
    Finding(
        tool="coverage", rule="changed-line-not-covered", severity="info", path="src/parcel/tariff.py", line=52,
        message="line 52 is not covered by a test", fingerprint="u2",
    ),
)  # fmt: skip


def review(record: RunRecord, **changes: object) -> Review:
    """Return the review of a record that was compared with nothing."""
    alone = Review(record=record, comparison=ALONE, link=LINK, blobs=BLOBS)
    return replace(alone, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def comparison(name: str, verdict: ComparisonVerdict, base: float, head: float, **changes: object) -> Comparison:
    """Return a comparison."""
    unit = "percent" if name.startswith("coverage") else "seconds" if name.startswith("benchmark") else "count"
    relative = unit == "seconds"
    difference = (head - base) / base if relative else head - base
    spread = 0.2 * abs(difference)
    made = Comparison(
        name=name, unit=unit, verdict=verdict, base=base, head=head, difference=difference,
        interval=(difference - spread, difference + spread), relative=relative, margin=0.03, p_value=0.0004,
        q_value=0.002, n_base=34,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def against(record: RunRecord) -> Against:
    """Return what a run differs in from its base: two metrics are worse, one is better, one is not known."""
    return Against(
        report=RegressionReport(
            run="7-1",
            commit="a" * 40,
            branch="main",
            base=BaseFound(commit="9c27e41d" * 5, measured="9c27e41d" * 5),
            rate=0.05,
            comparisons=(
                comparison("coverage.line", "regressed", 91.42, 87.9993, reason=""),
                comparison("benchmark.speed.test_parse", "regressed", 4.1e-5, 5.3e-5, reason="rounds +29.1%"),
                comparison("lint.findings", "improved", 21.0, 14.0, interval=(-7.0, -7.0), q_value=None),
                comparison("benchmark.speed.test_import", "inconclusive", 0.31, 0.33, reason="one run cannot tell"),
                comparison("types.errors", "unchanged", 3.0, 3.0),
            ),
            failures=(
                *(
                    NewFailure(test=f"tests/unit/test_tariff.py::test_total[{code}]", passed="6-1", signature="a1b2")
                    for code in ("CH", "DE-BY", "FR", "日本")
                ),
                NewFailure(test="tests/integration/test_store.py::TestStore::test_reopens", flaky=True),
            ),
            series=(
                Series(
                    name="coverage.line",
                    unit="percent",
                    points=tuple(Point(value=value) for value in (91.0, 91.2, 91.1, 91.4, 91.5, 91.42, 87.9993)),
                ),
            ),
            unmeasured=(("security.vulnerabilities.high", "no service"),),
        ),
        findings=(*record.findings[:2], *UNCOVERED),
    )


def compared() -> Review:
    """Return a realistic review with something of everything."""
    record = records.realistic()
    changed = replace(record.change, files=(ChangedFile(path="src/parcel/route.py", added=20, deleted=3),))
    full = replace(record, findings=(*record.findings, *UNCOVERED), change=changed)
    return review(full, comparison=against(full))


comparisons = st.builds(
    Comparison,
    name=hostile.texts,
    unit=hostile.texts,
    verdict=st.sampled_from(("regressed", "improved", "unchanged", "inconclusive")),
    base=hostile.numbers,
    head=hostile.numbers,
    difference=hostile.numbers,
    interval=st.tuples(hostile.numbers, hostile.numbers),
    relative=st.booleans(),
    margin=hostile.numbers,
    q_value=st.none() | st.floats(0, 1),
    reason=hostile.texts,
)
failures = st.builds(NewFailure, test=hostile.texts, passed=hostile.texts, flaky=st.booleans(), signature=hostile.texts)
reports = st.builds(
    RegressionReport,
    branch=hostile.texts,
    base=st.builds(BaseFound, commit=hostile.texts, measured=st.just("b" * 40)),
    rate=st.just(0.05),
    comparisons=st.lists(comparisons, max_size=4).map(tuple),
    failures=st.lists(failures, max_size=3).map(tuple),
    unmeasured=st.lists(st.tuples(hostile.texts, hostile.texts), max_size=2).map(tuple),
    notes=st.lists(hostile.texts, max_size=2).map(tuple),
)


@st.composite
def hostile_reviews(draw: st.DrawFn) -> Review:
    """Return a review in which every text was chosen by somebody who means harm."""
    record = draw(hostile.hostile)
    stretch = replace(draw(st.sampled_from(UNCOVERED)), path=draw(hostile.texts), message=draw(hostile.texts))
    record = replace(record, findings=(*record.findings, stretch))
    made = draw(st.one_of(reports.map(lambda report: Against(report=report, findings=record.findings)), st.just(ALONE)))
    return review(record, comparison=made, directory=draw(hostile.texts), base=draw(hostile.texts))
