"""A batch reaches the shared history once, with the cursor, whatever happened before."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.learning import Cursor, DecidedRun, Manifest
from ratchetry.domain.record import Benchmark, Change
from ratchetry.errors import StateError, UnreachableError, UsageError
from ratchetry.pipeline.ci.batch import read_batch, read_cursor, told, write_batch, write_cursor
from ratchetry.pipeline.ci.reconcile import Batch
from ratchetry.pipeline.ci.report import recent_records
from ratchetry.pipeline.ci.shared import Persisted, persist, shared_history
from ratchetry.settings import Settings
from tests.adapters.repositories import git
from tests.pipeline.ci.envelopes import record_of

ENVIRON = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
CURSOR = Cursor(time="2026-01-02T00:00:00Z", decided=(DecidedRun(created="2026-01-02T00:00:00Z", name="1-1"),))
BATCH = Batch(manifest=Manifest(cursor=CURSOR), records=(record_of(run_id="1"), record_of(run_id="2", attempt=3)))


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    """Return a clone of an empty remote."""
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(tmp_path, "init", "-q", "checkout")
    git(tmp_path / "checkout", "remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "checkout"


def kept(checkout: Path, batch: Batch, history: Path) -> Persisted:
    """Return what became of persisting a batch from a job of its own."""
    return persist(str(checkout), Settings(), batch, environ=ENVIRON, progress=SilentProgress(), history=str(history))


def test_a_batch_is_kept_once(checkout: Path, tmp_path: Path) -> None:
    """Runs and cursor arrive together; another job that does the same again changes nothing."""
    assert kept(checkout, BATCH, tmp_path / "first").added == 2
    again = kept(checkout, BATCH, tmp_path / "second")
    assert (again.added, again.sent) == (0, 0)
    place = shared_history(str(checkout), Settings(), ENVIRON, SilentProgress(), str(tmp_path / "third"))
    assert sorted(record.run.run_id for record in HistoryDirectory(place).records()) == ["1", "2"]
    assert read_cursor(place) == CURSOR


def test_what_ci_keeps_of_people_and_benchmarks_is_what_the_settings_allow(checkout: Path, tmp_path: Path) -> None:
    """Authors that shall be left out reach neither the local history nor the remote, nor do more rounds than asked."""
    plain = record_of(run_id="3")
    people = {"Reviewed-by": ("Ada <ada@example.org>",), "Ratchetry-Decision": ("keep",)}
    benchmark = Benchmark(name="parse", rounds=(0.1, 0.2, 0.3, 0.4), statistics={})
    record = replace(plain, change=Change(trailers=people), benchmarks=(benchmark,))
    settings = Settings(privacy_authors="omit", history_rounds=2)
    batch = replace(BATCH, records=(record,))
    persist(str(checkout), settings, batch, environ=ENVIRON, progress=SilentProgress(), history=str(tmp_path / "first"))
    place = shared_history(str(checkout), settings, ENVIRON, SilentProgress(), str(tmp_path / "second"))
    (kept_record,) = recent_records(place, settings, None)
    assert dict(kept_record.change.trailers) == {"Ratchetry-Decision": ("keep",)}
    assert len(kept_record.benchmarks[0].rounds) == 2
    assert not [path for path in tmp_path.glob("*/runs/*/*/*") if b"ada@" in path.read_bytes()]


def test_nothing_to_keep_begins_no_history(checkout: Path, tmp_path: Path) -> None:
    """Before the first run there is nothing to push, and that is no error."""
    assert kept(checkout, Batch(manifest=Manifest(cursor=CURSOR)), tmp_path / "first") == Persisted(added=0)
    assert git(checkout, "ls-remote", "origin") == ""


def test_the_cursor_moves_without_runs_once_there_is_a_history(checkout: Path, tmp_path: Path) -> None:
    """Decisions against runs are remembered as well; the cursor never goes back."""
    kept(checkout, BATCH, tmp_path / "first")
    later = Cursor(time="2026-02-02T00:00:00Z")
    assert kept(checkout, Batch(manifest=Manifest(cursor=later)), tmp_path / "second").sent == 1
    kept(checkout, BATCH, tmp_path / "third")
    place = shared_history(str(checkout), Settings(), ENVIRON, SilentProgress(), str(tmp_path / "fourth"))
    assert read_cursor(place) == later


def test_a_remote_that_is_gone(checkout: Path, tmp_path: Path) -> None:
    """Nothing is kept where it cannot be shared, so that the next learning run begins where this one did."""
    git(checkout, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
    with pytest.raises((UnreachableError, UsageError)):
        kept(checkout, BATCH, tmp_path / "first")
    assert read_cursor(tmp_path / "first") == Cursor()


def test_a_batch_between_jobs(tmp_path: Path) -> None:
    """A batch comes back as it was written; a directory without a manifest is none."""
    write_batch(tmp_path / "batch", BATCH)
    assert read_batch(tmp_path / "batch") == BATCH
    assert told(BATCH.manifest) == "0 accepted, 0 rejected, 0 lost, 0 undecided"
    with pytest.raises(UsageError, match="ratchetry ci ingest"):
        read_batch(tmp_path)
    (tmp_path / "batch" / "records" / "9-1.json").write_text("{}")
    with pytest.raises(StateError, match=r"9-1\.json"):
        read_batch(tmp_path / "batch")


def test_the_cursor_of_a_directory(tmp_path: Path) -> None:
    """A history without one begins before all runs; a malformed one is an error, not a new beginning."""
    assert read_cursor(tmp_path) == Cursor()
    write_cursor(tmp_path, CURSOR)
    assert read_cursor(tmp_path) == CURSOR
    (tmp_path / "cursor.json").write_text("{")
    with pytest.raises(StateError, match=r"cursor\.json"):
        read_cursor(tmp_path)
