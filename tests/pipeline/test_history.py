"""What the commands of `ratchetry history` do."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.errors import StateError, UsageError
from ratchetry.pipeline.history import (
    add_records,
    compact_months,
    existing_history,
    history_at,
    log_event,
    open_history,
    prune_tests,
)
from ratchetry.settings import Settings
from ratchetry.state.record import dumps
from tests.adapters.history_runs import files, run

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_records_come_from_files_directories_and_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of a command line are kept, and what is there already is counted."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "one.json").write_bytes(dumps(run(1)))
    (tmp_path / "in" / "2.json").write_bytes(dumps(run(2)))
    (tmp_path / "in" / "deep" / "1.json").write_bytes(dumps(run(1)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(dumps(run(3)))))
    history = open_history(str(tmp_path), Settings(), None)
    kept = add_records(history, [str(tmp_path / "one.json"), str(tmp_path / "in"), "-"])
    assert (kept.added, kept.known, kept.place) == (3, 1, tmp_path / ".ratchetry")
    assert [each.run.run_id for each in history.records()] == ["1", "2", "3"]


def test_what_is_no_record_is_named_and_those_before_it_are_kept(tmp_path: Path) -> None:
    """The first file that cannot be read ends the command with its name."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(dumps(run(1)))
    for content in (b"{}", b"[" * 100_000, b"\xff", b'{"schema_version": 99}', b'{"checksum":"0"}'):
        bad.write_bytes(content)
        with pytest.raises(StateError, match=r"bad\.json: "):
            add_records(HistoryDirectory(tmp_path / "h"), [str(good), str(bad)])
    assert len(list(HistoryDirectory(tmp_path / "h").records())) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="there is no record"):
        add_records(HistoryDirectory(tmp_path / "h"), [str(tmp_path / "empty")])
    with pytest.raises(StateError, match="none: cannot be read: No such file"):
        add_records(HistoryDirectory(tmp_path / "h"), ["none"])


def test_a_file_of_a_history_is_told_from_a_record(tmp_path: Path) -> None:
    """Who adds the files of another history learns what to add instead."""
    HistoryDirectory(tmp_path / "a").add(run(1))
    with pytest.raises(StateError, match="this is a file of a history, not a run record"):
        add_records(HistoryDirectory(tmp_path / "b"), [str(tmp_path / "a" / "runs")])


def test_settings_decide_what_is_kept(tmp_path: Path) -> None:
    """Rounds and privacy follow the settings."""
    history = history_at(tmp_path, Settings(privacy_messages="omit"))
    history.add(run(1))
    (record,) = history.records()
    assert record.failures[0].evidence == ""


def test_a_named_history_must_be_there_to_be_read(tmp_path: Path) -> None:
    """A slip in a path is told, the default may be empty."""
    with pytest.raises(UsageError, match="there is no such directory"):
        existing_history(str(tmp_path), Settings(), str(tmp_path / "none"))
    assert list(existing_history(str(tmp_path), Settings(), None).records()) == []


def test_only_months_that_are_over_are_compacted(tmp_path: Path) -> None:
    """The current month and the future stay; a month that is asked for must be over and there."""
    history = HistoryDirectory(tmp_path)
    for number, started in enumerate(("2026-09-01", "2026-10-31", "2026-11-01", "2027-01-01", "")):
        history.add(run(number, started=started or "soon"))
    done = compact_months(history, NOW)
    assert [result.month for result in done] == ["0000-00", "2026-09", "2026-10"]
    assert compact_months(history, NOW) == ()
    assert len(list(history.records())) == 5
    for month, message in (("2026-11", "is not over"), ("2026-01", "there is nothing of 2026-01; there is 0000-00")):
        with pytest.raises(UsageError, match=message):
            compact_months(history, NOW, month)


def test_rows_of_months_that_ended_too_long_ago_are_dropped_with_a_note(tmp_path: Path) -> None:
    """A month goes as a whole, when its last day is old enough; an event says what was dropped, once."""
    history = HistoryDirectory(tmp_path)
    for number, started in enumerate(("2026-08-31", "2026-09-30", "2026-10-01", "soon")):
        history.add(run(number, started=started))
    assert prune_tests(history, NOW, 10**9).months == ()
    before = files(tmp_path)
    assert [result.month for result in prune_tests(history, NOW, 50, write=False).months] == ["2026-08", "2026-09"]
    assert files(tmp_path) == before
    done = prune_tests(history, NOW, 50)
    assert [(result.month, result.runs, result.tests) for result in done.months] == [
        ("2026-08", 1, 2),
        ("2026-09", 1, 2),
    ]
    assert [columns.pruned for columns in history.columns()] == [False, True, True, False]
    noted = {each.subject: each for each in history.events()}
    assert set(noted) == {"2026-08", "2026-09"}
    assert noted["2026-09"].data == {"month": "2026-09", "runs": 1, "tests": 2, "days": 50}
    assert prune_tests(history, NOW, 50).months == ()
    assert len(list(history.events())) == 2


def test_a_note_is_an_event(tmp_path: Path) -> None:
    """What is noted stands in the history once, without who said it."""
    history = HistoryDirectory(tmp_path)
    for added in (True, False):
        noted = log_event(
            history, NOW, " live ", kind="deployment", subject="production", actor="jo", repository="owner/name"
        )
        assert noted.added == added
    (kept,) = history.events()
    assert (kept, kept.time, kept.repository) == (noted.event, "2026-11-20T12:00:00Z", "owner/name")
    assert kept.data == {"kind": "deployment", "message": "live"}
    for message in (" ", "x" * 4097):
        with pytest.raises(UsageError, match="a message must have 1 to 4096 characters"):
            log_event(history, NOW, message, kind="note", subject="", actor="", repository="")
