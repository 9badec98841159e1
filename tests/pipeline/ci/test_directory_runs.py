"""Summaries that somebody has downloaded become runs; what cannot be read is told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.analyze.provenance import Expected
from ratchetry.errors import UsageError
from ratchetry.pipeline.ci.directory_runs import DirectoryRuns
from ratchetry.pipeline.ci.ingest import from_directory
from ratchetry.state.record import dumps
from tests.pipeline.ci.envelopes import REPOSITORY, WORKFLOW, record_of, summary, zipped

EXPECTED = Expected(repository=REPOSITORY, branch="main", workflow=WORKFLOW)


def test_all_ways_in_which_summaries_are_downloaded(tmp_path: Path) -> None:
    """Archives, unpacked archives and single records are read; their contexts are no records."""
    (tmp_path / "summary.zip").write_bytes(summary(record_of(run_id="1")))
    (tmp_path / "ci-metrics-summary-a1").mkdir()
    (tmp_path / "ci-metrics-summary-a1" / "record.json").write_bytes(dumps(record_of(run_id="2")))
    (tmp_path / "ci-metrics-summary-a1" / "context.json").write_bytes(b"{}")
    (tmp_path / "3.json").write_bytes(dumps(record_of(run_id="3")))
    (tmp_path / "notes.txt").write_text("hello")
    batch = from_directory(tmp_path, EXPECTED)
    assert sorted(record.run.run_id for record in batch.records) == ["1", "2", "3"]
    assert {row.fate for row in batch.manifest.decisions} == {"accepted"}


def test_the_highest_attempt_of_a_run(tmp_path: Path) -> None:
    """Of several attempts of one run only the last counts, in whatever order they lie there."""
    for attempt in (3, 1, 2):
        (tmp_path / f"{attempt}.json").write_bytes(dumps(record_of(attempt=attempt)))
    assert [record.run.attempt for record in from_directory(tmp_path, EXPECTED).records] == [3]


def test_what_cannot_be_read_is_rejected_by_name(tmp_path: Path) -> None:
    """Malformed files spoil nothing but themselves."""
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "bad.zip").write_bytes(b"PK")
    (tmp_path / "evil.zip").write_bytes(zipped({"../x": b""}))
    (tmp_path / "empty.zip").write_bytes(zipped({}))
    (tmp_path / "good.json").write_bytes(dumps(record_of()))
    batch = from_directory(tmp_path, EXPECTED)
    assert len(batch.records) == 1
    assert {row.name: row.fate for row in batch.manifest.decisions} == {
        "bad.json-1": "rejected",
        "bad.zip-1": "rejected",
        "evil.zip-1": "rejected",
        "empty.zip-1": "rejected",
        "7-1": "accepted",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"repository": "mallory/hello"},
        {"branch": "feature"},
        {"event": "pull_request"},
        {"pull_request": 3},
        {"workflow": ".github/workflows/evil.yml"},
    ],
)
def test_what_may_not_teach(tmp_path: Path, changes: dict[str, object]) -> None:
    """The same rules hold as for runs that GitHub lists, as far as records speak of them."""
    (tmp_path / "x.json").write_bytes(dumps(record_of(**changes)))
    assert from_directory(tmp_path, EXPECTED).records == ()


def test_no_directory(tmp_path: Path) -> None:
    """A directory that is not there is an error, not an empty one."""
    with pytest.raises(UsageError, match="no such directory"):
        DirectoryRuns(tmp_path / "gone", EXPECTED)
