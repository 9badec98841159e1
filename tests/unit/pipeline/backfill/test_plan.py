"""The commits that are measured, under which moment, and in which order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.commit import Commit
from ratchetry.domain.record import RunRecord, StageResult
from ratchetry.pipeline.backfill.plan import (
    Evenly,
    Every,
    Plan,
    Task,
    moment_of,
    moments,
    next_task,
    ordered,
    planned,
    run_id_of,
    since,
    spread,
    thinned,
)
from tests.builders import metric
from tests.unit.pipeline.backfill.commits import HOUR, START, backfilled, declaring, line, sha

PASSED = StageResult(status="passed")
UNMEASURED = StageResult(status="not_measured", reason="no disk")


def plan_of(commits: tuple[Commit, ...], *records: RunRecord, retry_failed: bool = False) -> Plan:
    """Return the plan for all commits of a branch and the stage of the tests."""
    return planned(commits, commits, "main", stages=("test",), records=records, retry_failed=retry_failed)


@given(st.integers(min_value=0, max_value=400))
def test_spread_is_an_order_of_all(count: int) -> None:
    """Every number comes once, the ends first."""
    order = spread(count)
    assert sorted(order) == list(range(count))
    assert order[:2] == ((0, count - 1) if count > 1 else tuple(range(count)))


@given(st.integers(min_value=3, max_value=8))
def test_spread_gets_finer(power: int) -> None:
    """After 2^k + 1 numbers they are 2^-k of all apart."""
    count = 2**power + 1
    for level in range(1, power):
        seen = sorted(spread(count)[: 2**level + 1])
        assert {after - before for before, after in itertools.pairwise(seen)} == {2 ** (power - level)}


def test_spread_of_nine() -> None:
    """The ends, the middle, the quarters, the rest."""
    assert spread(9) == (0, 8, 4, 2, 6, 1, 3, 5, 7)


def test_every_counts_from_the_newest() -> None:
    """Each third commit, two at most."""
    commits = line(*range(START, START + 10))
    assert [commit.sha for commit in thinned(commits, Every(step=3, limit=2))] == [sha(10), sha(7)]
    assert thinned(commits, Every()) == commits


@given(st.integers(min_value=0, max_value=300), st.integers(min_value=2, max_value=50))
def test_a_sample_has_its_size_and_both_ends(size: int, count: int) -> None:
    """As many as asked for, or all there are; the newest and the oldest among them, none twice."""
    commits = line(*range(START, START + size))
    found = thinned(commits, Evenly(count=count))
    assert len(found) == len(set(found)) == min(size, count)
    if commits:
        assert (found[0], found[-1]) == (commits[0], commits[-1])


def test_since_looks_at_every_commit() -> None:
    """A commit with a wrong clock hides none behind it."""
    commits = line(START, START + 5, START - 9 * HOUR, START + 20)
    moment = datetime.fromtimestamp(START + 5, UTC)
    assert [commit.sha for commit in since(commits, moment)] == [sha(4), sha(2)]


@given(st.lists(st.integers(min_value=0, max_value=253_402_300_799), max_size=30))
def test_moments_are_dates_and_near_those_of_the_commits(committed: list[int]) -> None:
    """Each commit has a moment in ISO 8601, an hour after its own at most, whatever clocks were wrong."""
    commits = line(*committed)
    found = moments(commits)
    assert set(found) == {commit.sha for commit in commits}
    for commit in commits:
        if commit.committed < 253_402_200_000:
            shown = datetime.fromisoformat(found[commit.sha])
            assert 0 <= shown.timestamp() - commit.committed <= HOUR


@given(st.lists(st.integers(min_value=0, max_value=2), min_size=1, max_size=200))
def test_commits_of_one_second_keep_their_order(steps: list[int]) -> None:
    """Rebased commits share a second: their moments still rise from each to the next."""
    committed = [START + sum(steps[: index + 1]) for index in range(len(steps))]
    found = moments(line(*committed))
    order = [found[sha(number)] for number in range(1, len(steps) + 1)]
    assert order == sorted(set(order))


def test_moments_do_not_depend_on_later_commits() -> None:
    """A commit keeps its moment when the branch goes on."""
    committed = [START, START, START - 40, START + 1, START - 9 * HOUR, START + 2]
    longer = moments(line(*committed))
    for count in range(1, len(committed)):
        assert moments(line(*committed[:count])).items() <= longer.items()


def test_a_clock_that_was_years_ahead_moves_no_other_commit() -> None:
    """One wrong date stays alone."""
    assert moments(line(START, START + 10**9, START + 60))[sha(3)] == moment_of(START + 60)


def test_commits_that_declare_the_same_follow_each_other() -> None:
    """Groups come in the order of their spread, and within each group so do its commits."""
    commits = declaring("c", "c", "c", "b", "b", "a", "b")
    found = ordered(commits)
    assert [commit.declared for commit in found] == ["c", "c", "c", "a", "b", "b", "b"]
    assert found[:3] == (commits[0], commits[2], commits[1])
    assert sorted(found, key=lambda commit: -commit.committed) == list(commits)


def test_unknown_declarations_are_not_the_same() -> None:
    """Commits of which it is not known what they declare stand alone."""
    commits = declaring("", "", "", "", "")
    assert ordered(commits) == tuple(commits[place] for place in spread(5))


def test_a_worker_stays_with_its_environment_and_away_from_others() -> None:
    """A worker goes on with its group, then takes one that nobody is at, and helps only when there is no other."""
    tasks = plan_of(declaring("a", "a", "b")).tasks
    groups = [task.group for task in tasks]
    assert groups == ["a", "a", "b"]
    assert next_task(tasks, "b", {"a"}) == 2
    assert next_task(tasks, "", {"a"}) == 2
    assert next_task(tasks, "", {"b"}) == 0
    assert next_task(tasks, "x", {"a", "b"}) == 0


def test_what_the_history_holds_is_not_measured_again() -> None:
    """A commit with a run of all stages is known; one without, or of another event, is a task."""
    commits = line(START, START + 1, START + 2)
    known = backfilled(commits[0], test=PASSED, quality=PASSED)
    partial = backfilled(commits[1], quality=PASSED)
    plan = plan_of(commits, known, partial)
    assert plan.known == (known,)
    by_commit = {task.commit: task for task in plan.tasks}
    assert set(by_commit) == set(commits[1:])
    assert (by_commit[commits[1]].attempt, by_commit[commits[1]].stages) == (2, ("quality", "test"))
    assert (by_commit[commits[2]].attempt, by_commit[commits[2]].stages) == (1, ("test",))
    assert by_commit[commits[2]].run_id == run_id_of(commits[2].sha) == f"backfill-{commits[2].sha[:12]}"


@pytest.mark.parametrize("attempts", [[], [3]])
def test_what_could_not_be_measured_is_tried_again_when_asked(attempts: list[int]) -> None:
    """The highest attempt counts, whatever the order; what was measured in part is never tried again."""
    blank, measured, part = line(START, START + 1, START + 2)
    partly = replace(backfilled(part, test=UNMEASURED), metrics={"tests.total": metric(stage="test")})
    records = (
        backfilled(blank, attempt=2, test=UNMEASURED),
        backfilled(blank, attempt=1, test=PASSED),
        backfilled(measured, attempt=1, test=UNMEASURED),
        backfilled(measured, attempt=2, test=PASSED),
        partly,
    )
    plan = plan_of((blank, measured, part), *records, retry_failed=bool(attempts))
    assert [task.attempt for task in plan.tasks] == attempts
    assert len(plan.known) == 3 - len(attempts)


def test_a_commit_beside_the_branch_has_its_own_moment_and_no_branch() -> None:
    """The commit of a tag that the branch does not hold is no commit of the branch."""
    (beside,) = line(START)
    plan = planned((beside,), (), "main", stages=("test",), records=(), retry_failed=False)
    assert plan.tasks == (Task(commit=beside, started=moment_of(START), branch="", stages=("test",)),)
