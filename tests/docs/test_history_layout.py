"""What docs/history.md says of the layout is enough for another program to write a history."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.history.event_file import event_bytes, event_in
from ratchetry.pipeline.history import compact_months

WRITER: Final = Path(__file__).with_name("write_history.py")


def test_another_program_writes_a_history(tmp_path: Path) -> None:
    """Nothing is wrong with what it writes, which reads as it is meant, and the same after a compaction."""
    subprocess.run([sys.executable, "-I", "-S", str(WRITER), str(tmp_path)], check=True, timeout=60)
    history = HistoryDirectory(tmp_path)
    checked = verify(history)
    assert (checked.problems, checked.notes, checked.runs, checked.events) == ((), (), 2, 1)
    first, second = history.records()
    assert [test.outcome for test in first.tests[:5]] == ["passed", "passed", "failed", "skipped", "flaky"]
    assert (len(first.tests), first.tests[2499].id, first.tests[0].duration) == (2500, "test_2499", 0.012)
    assert (first.metrics["coverage.line"].value, second.metrics["coverage.line"].value) == (81.5, 82.5)
    (event,) = history.events()
    assert (event.subject, dict(event.data)) == ("prödüction", {"message": "läuft"})
    (done,) = compact_months(history, datetime(2026, 1, 1, tzinfo=UTC))
    assert (done.runs, done.events, done.problems) == (2, 1, ())
    assert tuple(HistoryDirectory(tmp_path).records()) == (first, second)


def test_the_event_of_the_page_is_one() -> None:
    """Its identifier follows from what it says."""
    page = (WRITER.parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
    (line,) = re.findall(r'^\{"actor".*\}$', page, re.MULTILINE)
    assert event_in(f"{line}\n".encode(), "docs/history.md").subject == "production"
    assert event_bytes(event_in(f"{line}\n".encode(), "docs/history.md")) == f"{line}\n".encode()


def test_its_runs_are_those_that_ratchetry_would_write(tmp_path: Path) -> None:
    """The same runs, kept by ratchetry, have the same names in the same chunks."""
    theirs, ours = HistoryDirectory(tmp_path / "theirs"), HistoryDirectory(tmp_path / "ours")
    subprocess.run([sys.executable, "-I", "-S", str(WRITER), str(theirs.root)], check=True, timeout=60)
    for record in theirs.records():
        ours.add(record)
    for event in theirs.events():
        assert ours.add_event(event)
    catalogs = [sorted(path.name for path in (each.root / "catalog").rglob("*.json")) for each in (theirs, ours)]
    assert catalogs[0] == catalogs[1]
    assert len(catalogs[0]) > 3
    assert tuple(ours.records()) == tuple(theirs.records())
