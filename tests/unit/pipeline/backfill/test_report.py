"""What a backfill tells of the commits it measured."""

from __future__ import annotations

import json
from dataclasses import replace

from ratchetry.domain.record import StageResult
from ratchetry.pipeline.backfill.plan import Plan
from ratchetry.pipeline.backfill.report import document, estimated, outcome, row_of, seconds_left, summary
from tests.builders import metric
from tests.unit.pipeline.backfill.commits import START, backfilled, line

PASSED = StageResult(status="passed")
BLANK = StageResult(status="not_measured", reason="the package index could not be reached")
COMMIT, OTHER = line(START, START + 1)


def test_a_row_tells_what_measured_nothing_and_why() -> None:
    """A stage without any metric is blank, and its reason is told; one with some is partly measured."""
    record = backfilled(COMMIT, quality=StageResult(status="not_measured", reason="types: no mypy"), test=BLANK)
    row = row_of(replace(record, metrics={"lint.findings": metric(stage="quality")}))
    assert (row.blank, row.reason, row.measured) == (("test",), BLANK.reason, True)
    assert [outcome(row, name) for name in row.stages] == ["partly measured", "not measured"]
    assert not row_of(backfilled(COMMIT, test=BLANK)).measured
    assert row.run == f"backfill-{COMMIT.sha[:12]}-1"


def test_the_summary_counts_and_names_the_reasons() -> None:
    """What was measured, what was known, why something was not measured, and what to do."""
    rows = [row_of(backfilled(COMMIT, test=BLANK)), row_of(backfilled(OTHER, test=PASSED))]
    lines = summary(rows, Plan(tasks=(), known=(backfilled(OTHER, test=PASSED),)), ("v0",))
    assert lines == [
        "2 commits measured, 1 were in the history already",
        "  test: 1 not measured, 1 passed",
        "  1 not measured: the package index could not be reached",
        "  --retry-failed measures them again",
        "  tags that lead to no commit: v0",
    ]


def test_the_document_is_json_in_the_order_of_the_commits() -> None:
    """As data, rows stand in the order of their commits, whatever the order they were measured in."""
    later = backfilled(OTHER, test=PASSED)
    rows = [row_of(replace(later, run=replace(later.run, started="2027"))), row_of(backfilled(COMMIT, test=PASSED))]
    told = json.loads(json.dumps(document(rows, Plan(tasks=()), ())))
    assert [row["commit"] for row in told["measured"]] == [COMMIT.sha, OTHER.sha]


def test_the_time_left_is_that_of_the_commits_before() -> None:
    """Half of the commits took a minute: so will the other half; before the first, nothing is known."""
    assert seconds_left(5, 10, 60.0) == 60.0
    assert seconds_left(0, 10, 60.0) == 0.0
    assert estimated(Plan(tasks=()), (), 2) is None
    timed = backfilled(COMMIT, test=PASSED)
    timed = replace(timed, run=replace(timed.run, duration=8.0))
    assert estimated(Plan(tasks=(), known=(timed,)), (), 2) == 0.0
