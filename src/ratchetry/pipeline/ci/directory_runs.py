"""Runs whose summaries somebody has downloaded (a RunSource): a directory of archives, of unpacked ones, or of records.

GitHub does not vouch for these: who names the directory does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.artifact_archive import read_archive
from ratchetry.adapters.files import read_bounded
from ratchetry.analyze.provenance import Expected
from ratchetry.domain.record import RunRecord
from ratchetry.domain.workflow_run import EndedRun
from ratchetry.errors import ReportError, StateError, UsageError
from ratchetry.pipeline.ci.summary import CONTEXT, LIMITS, RECORD
from ratchetry.state.cursor import CURSOR_FILE, MANIFEST_FILE
from ratchetry.state.record import loads

_NOT_RECORDS: Final = frozenset({CONTEXT, CURSOR_FILE, MANIFEST_FILE, "fragment.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unreadable:
    """A file that holds no record, and why."""

    problem: str


class DirectoryRuns:
    """The runs below a directory; of a run with several attempts, the highest."""

    def __init__(self, directory: Path, expected: Expected) -> None:
        """Take a directory; raises UsageError when there is none."""
        if not directory.is_dir():
            msg = f"{directory}: no such directory; name the one that the artifacts were downloaded to"
            raise UsageError(msg)
        self._directory = directory
        self._expected = expected
        self._found: dict[str, RunRecord | _Unreadable] = {}

    def runs(self, since: str) -> Iterator[EndedRun]:
        """Yield the runs that were started since, and each file that cannot be read, so that its problem is told."""
        highest: dict[str, RunRecord] = {}
        for path in self._files():
            found = _read(path)
            if isinstance(found, _Unreadable):
                run = self._unreadable(path)
                self._found[run.name] = found
                yield run
            elif found.run.attempt > (highest[found.run.run_id].run.attempt if found.run.run_id in highest else 0):
                highest[found.run.run_id] = found
        for record in highest.values():
            if record.run.started >= since:
                run = _facts(record)
                self._found[run.name] = record
                yield run

    def record(self, run: EndedRun) -> RunRecord:
        """Return the record of a run; raises StateError naming a file that holds none."""
        found = self._found[run.name]
        if isinstance(found, _Unreadable):
            raise StateError(found.problem)
        return found

    def _files(self) -> Iterator[Path]:
        """Yield the files that may hold a record, in the order of their names."""
        for path in sorted(self._directory.rglob("*")):
            if path.suffix in {".zip", ".json"} and path.name not in _NOT_RECORDS and path.is_file():
                yield path

    def _unreadable(self, path: Path) -> EndedRun:
        """Return a stand-in for the run of a file that cannot be read: all that is known of it is where it is."""
        return EndedRun(
            id=path.relative_to(self._directory).as_posix(),
            attempt=1,
            event="push",
            head_sha="",
            head_branch=self._expected.branch,
            head_repository=self._expected.repository,
            repository=self._expected.repository,
            path=self._expected.workflow,
        )


def _read(path: Path) -> RunRecord | _Unreadable:
    """Return the record in a file, or why there is none."""
    try:
        data = read_bounded(path, str(path))
        if path.suffix == ".zip":
            data = read_archive(data, LIMITS).get(RECORD, b"")
        return loads(data, str(path))
    except (ReportError, StateError) as error:
        return _Unreadable(problem=str(error))


def _facts(record: RunRecord) -> EndedRun:
    """Return what a record says of its run; one of a pull request is not from the repository itself."""
    run = record.run
    return EndedRun(
        id=run.run_id,
        attempt=run.attempt,
        event=run.event,
        head_sha=run.commit,
        head_branch=run.branch,
        head_repository=run.repository if run.pull_request is None else "",
        repository=run.repository,
        path=run.workflow,
        created=run.started,
    )
