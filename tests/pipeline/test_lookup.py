"""Finding a run by what a person calls it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_retention import prune
from ratchetry.errors import UsageError
from ratchetry.pipeline.lookup import find_run
from tests.adapters.history_runs import run


@pytest.fixture(params=["files", "parts"])
def history(tmp_path: Path, request: pytest.FixtureRequest) -> HistoryDirectory:
    """Return a history, once in files of its own and once compacted."""
    kept = HistoryDirectory(tmp_path)
    same = replace(run(900), run=replace(run(900).run, commit="abcdef" + "0" * 34))
    for record in (run(123), run(124), run(123, attempt=2), run(123, attempt=10), same, run(77)):
        kept.add(record)
    if request.param == "parts":
        compact(kept, "2026-10")
    return kept


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("123", ("123", 10)),
        ("123-2", ("123", 2)),
        ("124", ("124", 1)),
        ("9", ("900", 1)),
        ("900-1", ("900", 1)),
        ("abcd", ("900", 1)),
        ("ABCDEF", ("900", 1)),
        ("latest", ("77", 1)),
    ],
)
def test_a_run_is_found_by_its_id_attempt_beginning_or_commit(
    history: HistoryDirectory, wanted: str, found: tuple[str, int]
) -> None:
    """Without an attempt the last counts, and of a commit the last run."""
    record = find_run(history, wanted).record
    assert (record.run.run_id, record.run.attempt) == found


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("12", "'12': could be any of 2 runs: 123, 124; name a run by"),
        ("nothing", "there is no such run"),
        ("", "there is no such run"),
        ("abc", "there is no such run"),
        ("../../etc", "there is no such run"),
    ],
)
def test_what_is_not_found_or_could_be_several_is_told(history: HistoryDirectory, wanted: str, message: str) -> None:
    """The message says how runs are named."""
    with pytest.raises(UsageError, match=message):
        find_run(history, wanted)


def test_an_empty_history_is_told(tmp_path: Path) -> None:
    """There is no latest run before the first."""
    with pytest.raises(UsageError, match="the history is empty"):
        find_run(HistoryDirectory(tmp_path), "latest")


def test_a_pruned_run_says_so(history: HistoryDirectory) -> None:
    """Its missing tests are told from none."""
    assert not find_run(history, "123").pruned
    prune(history, "2026-10", "2026-11-20T00:00:00Z")
    assert find_run(history, "123").pruned
