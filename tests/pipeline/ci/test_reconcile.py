"""Reconciling decides about every run once, keeps what may teach, and loses nothing whatever fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.provenance import Expected
from ratchetry.domain.learning import Cursor, DecidedRun, Decision, Fate
from ratchetry.domain.record import RunRecord
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import GitHubError, ReportError, StateError
from ratchetry.pipeline.ci.reconcile import (
    OVERLAP,
    Batch,
    ExpiredError,
    MissingError,
    advanced,
    earlier,
    reconcile,
)
from tests.pipeline.ci.envelopes import REPOSITORY, WORKFLOW, ended, record_of

EXPECTED = Expected(repository=REPOSITORY, branch="main", workflow=WORKFLOW)


def day(number: int) -> str:
    """Return a moment of a day in January."""
    return f"2026-01-{number:02}T00:00:00Z"


def run_of(number: int, **changes: object) -> EndedRun:
    """Return a run that was created on a day."""
    return ended(**{"id": str(number), "created": day(number), **changes})


@dataclass
class Source:
    """Runs in memory (`RunSource`); `problems` says what fetching a run's summary raises."""

    listed: list[EndedRun]
    problems: Mapping[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def runs(self, since: str) -> Iterator[EndedRun]:
        """Yield the runs that were created since, newest first."""
        self.asked.append(since)
        yield from (run for run in reversed(self.listed) if run.created >= since)

    def record(self, run: EndedRun) -> RunRecord:
        """Return a record, or raise what was said."""
        self.fetched.append(run.name)
        if run.name in self.problems:
            raise self.problems[run.name]
        return record_of(run_id=run.id, attempt=run.attempt)


def fates(batch: Batch) -> dict[str, Fate]:
    """Return the fate of each run attempt."""
    return {row.name: row.fate for row in batch.manifest.decisions}


def test_everything_since_the_beginning() -> None:
    """Without a cursor all runs are decided about, oldest first, and the cursor is at the newest."""
    source = Source([run_of(1), run_of(2), run_of(3, event="pull_request")])
    batch = reconcile(source, Cursor(), EXPECTED, most=10)
    assert fates(batch) == {"1-1": "accepted", "2-1": "accepted", "3-1": "rejected"}
    assert [record.run.run_id for record in batch.records] == ["1", "2"]
    assert (batch.manifest.cursor.time, source.asked) == (day(3), [""])
    assert source.fetched == ["1-1", "2-1"]


def test_nothing_is_decided_twice() -> None:
    """The next time nothing is fetched again, though the last days are looked at again."""
    source = Source([run_of(1), run_of(2)])
    first = reconcile(source, Cursor(), EXPECTED, most=10)
    source.fetched.clear()
    second = reconcile(source, first.manifest.cursor, EXPECTED, most=10)
    assert (second.records, second.manifest.decisions, source.fetched) == ((), (), [])
    assert second.manifest.cursor == first.manifest.cursor
    assert source.asked[-1] == earlier(day(2), OVERLAP)


def test_a_rerun_is_decided_about_again() -> None:
    """A new attempt of a run that was decided about is another one."""
    cursor = reconcile(Source([run_of(1)]), Cursor(), EXPECTED, most=10).manifest.cursor
    batch = reconcile(Source([run_of(1, attempt=2)]), cursor, EXPECTED, most=10)
    assert fates(batch) == {"1-2": "accepted"}
    assert [row.name for row in batch.manifest.cursor.decided] == ["1-1", "1-2"]


def test_a_run_that_is_not_over_holds_the_cursor() -> None:
    """Runs may end in another order than they began: the cursor waits for the older one, nothing else does."""
    source = Source([run_of(1), run_of(2, attempt=0), run_of(3)])
    batch = reconcile(source, Cursor(), EXPECTED, most=10)
    assert fates(batch) == {"1-1": "accepted", "2-0": "undecided", "3-1": "accepted"}
    assert batch.manifest.cursor.time == day(1)
    source.listed[1] = run_of(2)
    source.fetched.clear()
    later = reconcile(source, batch.manifest.cursor, EXPECTED, most=10)
    assert (fates(later), source.fetched) == ({"2-1": "accepted"}, ["2-1"])
    assert later.manifest.cursor.time == day(2)


@pytest.mark.parametrize(
    ("problem", "fate"),
    [
        (ExpiredError("expired"), "lost"),
        (MissingError("no summary"), "rejected"),
        (ReportError("a bomb"), "rejected"),
        (StateError("malformed"), "rejected"),
        (GitHubError("502"), "undecided"),
    ],
)
def test_what_goes_wrong_with_a_summary(problem: Exception, fate: Fate) -> None:
    """What will never be had is decided about; what may be had another time is left for it."""
    batch = reconcile(Source([run_of(1), run_of(2)], {"1-1": problem}), Cursor(), EXPECTED, most=10)
    assert fates(batch)["1-1"] == fate
    assert batch.manifest.decisions[0].reason == str(problem)
    assert batch.manifest.cursor.time == ("" if fate == "undecided" else day(2))


def test_an_unreachable_service_is_asked_once() -> None:
    """After GitHub has failed to answer, nothing more is asked of it, and the rest is left for the next time."""
    source = Source([run_of(1), run_of(2), run_of(3)], {"2-1": GitHubError("rate limit")})
    batch = reconcile(source, Cursor(), EXPECTED, most=10)
    assert fates(batch) == {"1-1": "accepted", "2-1": "undecided", "3-1": "undecided"}
    assert source.fetched == ["1-1", "2-1"]
    assert batch.manifest.cursor.time == day(1)


def test_no_more_is_fetched_than_allowed() -> None:
    """A backlog is worked off in several learning runs; what is refused by its facts costs nothing."""
    source = Source([run_of(1, event="pull_request"), run_of(2), run_of(3), run_of(4)])
    cursor = Cursor()
    found: list[str] = []
    for _ in range(3):
        batch = reconcile(source, cursor, EXPECTED, most=1)
        found += [record.run.run_id for record in batch.records]
        cursor = batch.manifest.cursor
    assert found == ["2", "3", "4"]
    assert cursor.time == day(4)


def test_the_cursor_forgets_what_it_needs_no_more() -> None:
    """Only the attempts of the days that are looked at again are named."""
    cursor = advanced(
        Cursor(), [Decision(name=f"{number}-1", created=day(number), fate="accepted") for number in range(1, 29)]
    )
    assert cursor.time == day(28)
    assert [row.created for row in cursor.decided] == [day(number) for number in range(21, 29)]


def test_moments() -> None:
    """A moment before another is one; before what is none there is the beginning of all."""
    assert earlier(day(8), timedelta(days=7)) == day(1)
    assert [earlier(text, timedelta(days=7)) for text in ("", "yesterday", "0001-01-01T00:00:00Z")] == ["", "", ""]


_RUNS = st.lists(st.integers(1, 25), unique=True, max_size=8).map(sorted)


@given(_RUNS, st.data())
def test_every_run_is_accepted_exactly_once(numbers: list[int], data: st.DataObject) -> None:
    """However runs end, and whenever GitHub fails, each is in exactly one batch, and the cursor never goes back."""
    over: set[int] = set()
    cursor, found = Cursor(), list[str]()
    draw: Callable[[st.SearchStrategy[list[int]]], list[int]] = data.draw
    for last in (False, False, True):
        over |= set(numbers if last else draw(st.lists(st.sampled_from(numbers or [0]))))
        failing = () if last else draw(st.lists(st.sampled_from(numbers or [0])))
        listed = [run_of(number, attempt=1 if number in over else 0) for number in numbers]
        problems = {f"{number}-1": GitHubError("no answer") for number in failing}
        batch = reconcile(
            Source(listed, problems), cursor, EXPECTED, most=100 if last else data.draw(st.integers(1, 4))
        )
        found += [record.run.run_id for record in batch.records]
        assert batch.manifest.cursor.time >= cursor.time
        cursor = batch.manifest.cursor
    overlooked = [number for number in numbers if str(number) not in found]
    assert sorted(found, key=int) == [str(number) for number in numbers if number not in overlooked]
    assert overlooked == []


def test_a_decided_run_is_a_value() -> None:
    """Decided runs sort by when they were created."""
    assert DecidedRun(created=day(1), name="9-1") < DecidedRun(created=day(2), name="1-1")
