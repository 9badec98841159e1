"""The history in a directory of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.domain.event import EVENT_VERSION, Event
from ratchetry.domain.record import RunRecord
from ratchetry.state.codec import decode, encode
from ratchetry.state.record import dumps, loads

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class HistoryDirectory:
    """A history (ports.History) below a directory: one file for each run and event."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, record: RunRecord) -> bool:
        """Keep a run; return False when this attempt of it is there already."""
        month = record.run.started[:7].replace("-", "/")
        name = f"{_UNSAFE.sub('-', record.run.run_id)[:100]}-{record.run.attempt}.json"
        return self._write(self.root / "runs" / month / name, dumps(record))

    def add_event(self, event: Event) -> bool:
        """Keep an event; return False when it is there already."""
        month = event.time[:7].replace("-", "/")
        return self._write(self.root / "events" / month / f"{event.id}.json", encode(event))

    def records(self, since: str = "", until: str = "") -> Iterator[RunRecord]:
        """Yield the runs that started in [since, until) in order of their start."""
        paths = self.root.glob("runs/*/*/*.json")
        found = [loads(read_bounded(path, str(path)), str(path)) for path in paths]
        for record in sorted(found, key=lambda record: record.run.started):
            if since <= record.run.started and (not until or record.run.started < until):
                yield record

    def events(self, since: str = "", until: str = "") -> Iterator[Event]:
        """Yield the events of [since, until) in order of their time."""
        paths = self.root.glob("events/*/*/*.json")
        found = [
            decode(
                read_bounded(path, str(path)), Event, str(path), newest=EVENT_VERSION, version_field="schema_version"
            )
            for path in paths
        ]
        for event in sorted(found, key=lambda event: (event.time, event.id)):
            if since <= event.time and (not until or event.time < until):
                yield event

    def _write(self, path: Path, data: bytes) -> bool:
        """Write a file that is not there yet."""
        if path.exists():
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
        return True
