"""Issues about gates are opened at the first failure, closed after two passes, and never by what was not measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.act.plan import MOST_NEW, gate_fingerprint, newest_first, plan
from ratchetry.domain.action import Action, CloseIssue, UpsertIssue
from ratchetry.domain.record import Gate, RunRecord, StageResult, Verdict
from tests.pipeline.ci.envelopes import record_of
from tests.unit.report import rendered
from tests.unit.report.hostile import few, hostile

SERVER = "https://github.com"
COVERAGE = gate_fingerprint("coverage.line")
P: Verdict = "pass"
F: Verdict = "fail"
N: Verdict = "not_measured"
W: Verdict = "warn"


def gate(verdict: Verdict, metric: str = "coverage.line") -> Gate:
    """Return a bound on a metric that did or did not hold."""
    if verdict in {N, W}:
        return Gate(metric=metric, kind="minimum", bound=80.0, verdict=verdict, reason="it was not measured")
    value = 81.0 if verdict == P else 79.0
    return Gate(metric=metric, kind="minimum", bound=80.0, value=value, margin=value - 80, verdict=verdict)


def runs(*verdicts: Verdict, **changes: object) -> list[RunRecord]:
    """Return runs, oldest first, in which the gate said this."""
    return [
        record_of(verdict, (gate(verdict),), run_id=str(100 + day), started=f"2026-01-{day:02}T00:00:00Z", **changes)
        for day, verdict in enumerate(verdicts, start=1)
    ]


def planned(records: list[RunRecord], *opened: str) -> tuple[Action, ...]:
    """Return what to do about main, with issues open."""
    return plan(records, opened, branch="main", server=SERVER)


@pytest.mark.parametrize(
    ("verdicts", "opened", "kind"),
    [
        ((F,), False, UpsertIssue),
        ((P, F), False, UpsertIssue),
        ((P, F), True, UpsertIssue),
        ((F, P), False, None),
        ((F, P), True, None),
        ((F, P, P), True, CloseIssue),
        ((P, P), False, None),
        ((F, N), False, UpsertIssue),
        ((F, N, N), True, UpsertIssue),
        ((F, P, N), True, None),
        ((F, P, N, P), True, CloseIssue),
        ((F, P, W, P), True, CloseIssue),
        ((N,), True, None),
        ((W,), True, None),
        ((P,), True, None),
        ((), True, None),
    ],
)
def test_the_table(verdicts: tuple[Verdict, ...], opened: bool, kind: type[Action] | None) -> None:  # noqa: FBT001  # a case of the table
    """What the newest runs say, and whether an issue is open, decides."""
    actions = planned(runs(*verdicts), *([COVERAGE] if opened else []))
    assert [type(action) for action in actions] == ([kind] if kind else [])


def test_what_an_issue_says() -> None:
    """It names the gate, since when it fails, the runs that show it, and what to do."""
    (action,) = planned(runs(P, F, F))
    assert isinstance(action, UpsertIssue)
    assert action.title == "coverage.line misses its bound on main"
    assert action.fingerprint == COVERAGE
    for part in (
        "It is 79.0% and has to be ≥ 80%.",
        "fails since [102-1](https://github.com/octocat/hello/actions/runs/102)",
        "last passed in [101-1]",
        "| [103-1](https://github.com/octocat/hello/actions/runs/103) | `111111111111` | 79.0% | ≥ 80% | -1.0 pp |",
        "`ratchetry run --stage test`",
        "`ratchetry explain coverage.line`",
    ):
        assert part in action.body, part


def test_the_last_comment_shows_why() -> None:
    """An issue is closed with the runs in which its gate passed."""
    (action,) = planned(runs(F, P, P), COVERAGE)
    assert isinstance(action, CloseIssue)
    assert action.comment.startswith("This gate passes again:")
    assert "[103-1]" in action.comment
    assert "[102-1]" in action.comment
    assert "[101-1]" not in action.comment


def test_values_change_the_text_and_not_the_title() -> None:
    """An issue is edited when there is something new, and keeps its name."""
    (first,), (second,) = planned(runs(F)), planned(runs(F, F), COVERAGE)
    assert isinstance(first, UpsertIssue)
    assert isinstance(second, UpsertIssue)
    assert (first.title, first.fingerprint) == (second.title, second.fingerprint)
    assert first.body != second.body
    assert planned(runs(F, F), COVERAGE) == (second,)


@pytest.mark.parametrize(
    "changes",
    [
        {"branch": "feature"},
        {"event": "pull_request"},
        {"event": "local"},
        {"pull_request": 3},
    ],
)
def test_other_runs_change_nothing(changes: dict[str, object]) -> None:
    """Runs of other branches, of pull requests and of laptops are no evidence about the default branch."""
    assert planned(runs(F, **changes)) == ()
    assert planned([*runs(F, P, P), *runs(F, F, F, F, **changes)], COVERAGE)[0] == planned(runs(F, P, P), COVERAGE)[0]


def test_the_highest_attempt_of_a_run_counts() -> None:
    """A failure that a rerun has mended opens nothing."""
    failed = record_of(F, (gate(F),), attempt=1)
    mended = record_of(P, (gate(P),), attempt=2)
    for records in ([failed, mended], [mended, failed]):
        assert newest_first(records, "main") == (mended,)
        assert planned(records) == ()


def test_a_stage_that_passes_with_a_warning_passes() -> None:
    """A stage's gate may warn because it was not measured, or although it passed: only the second is a pass."""
    warned = Gate(metric="stage.score", kind="measured", verdict="warn", reason="low")
    failed = replace(warned, verdict="fail")
    for status, kinds in (("passed", [CloseIssue]), ("not_measured", [UpsertIssue])):
        stages = {"score": StageResult(status=status, reason="low")}  # type: ignore[arg-type]  # one of the two
        first = record_of(F, (failed,), run_id="1", started="2026-01-01T00:00:00Z")
        later = [
            replace(record_of(W, (warned,), run_id=str(day), started=f"2026-01-0{day}T00:00:00Z"), stages=stages)
            for day in (2, 3)
        ]
        actions = planned([first, *later], gate_fingerprint("stage.score"))
        assert [type(action) for action in actions] == kinds


def test_many_issues_are_not_opened_at_once() -> None:
    """Open ones are still brought up to date; the next learning run opens more."""
    gates = tuple(gate(F, f"benchmark.b{number:02}") for number in range(MOST_NEW + 5))
    last = gate_fingerprint("benchmark.b14")
    actions = planned([record_of(F, gates)], last)
    assert len(actions) == MOST_NEW + 1
    assert last in {action.fingerprint for action in actions if isinstance(action, UpsertIssue)}


@few
@given(hostile, st.sampled_from([("main", "push"), ("main", "schedule")]))
def test_nothing_hostile_becomes_markup(record: RunRecord, where: tuple[str, str]) -> None:
    """Whatever a record says, an issue about it has no foreign tag, link or mention."""
    run = replace(record.run, branch=where[0], event=where[1], pull_request=None)
    for action in planned([replace(record, run=run)]):
        assert isinstance(action, UpsertIssue)
        assert action.title.isprintable()
        page = rendered.markdown(action.body)
        assert page.unbalanced == []
        assert not {tag for tag, _ in page.tags} & {"script", "img", "a"}
        assert all(len(set(row)) == 1 for row in page.rows)
