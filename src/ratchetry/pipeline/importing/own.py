"""Sources of ratchetry itself: records, histories, artifacts, and branches that others share theirs through."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from ratchetry.adapters.artifact_archive import read_archive
from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.import_sources import files_of, read_file
from ratchetry.domain.envelope import Envelope
from ratchetry.domain.event import Event
from ratchetry.domain.learning import Cursor
from ratchetry.errors import ReportError, StateError
from ratchetry.history.document import is_document
from ratchetry.history.imports.entries import Found, LeftOut, Note, said
from ratchetry.history.imports.records import RunName, from_fragments, name_of
from ratchetry.history.layout import LAYOUT_FILE
from ratchetry.pipeline.importing.wish import Artifacts, OnGitHub, Records
from ratchetry.ports import Progress
from ratchetry.settings import Settings
from ratchetry.state import envelope as envelopes
from ratchetry.state.record import loads

RECORD: Final = "record.json"
FRAGMENT: Final = "fragment.json"
_BESIDE: Final = frozenset({"context.json", "manifest.json", "cursor.json", LAYOUT_FILE})
"""What stands beside records and is none."""


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """The runs whose record was found, and the fragments, which count where there is none."""

    records: set[RunName] = field(default_factory=set)
    envelopes: list[Envelope] = field(default_factory=list)


def found_in_files(wish: Records | Artifacts, sources: Sequence[str], progress: Progress) -> Iterator[Found | Event]:
    """Yield the runs and events of directories, archives and single files, records before fragments."""
    gathered = _Gathered()
    for source in sources:
        progress.preparing(f"importing {source}")
        histories = _histories(Path(source)) if isinstance(wish, Records) else ()
        for root in histories:
            yield from found_in_history(HistoryDirectory(root))
        for path in files_of(source, (".json",) if isinstance(wish, Records) else (RECORD, FRAGMENT, ".zip")):
            if path.name in _BESIDE or any(path.is_relative_to(root) for root in histories):
                continue
            yield from _in_file(path, gathered)
    yield from from_fragments(gathered.envelopes, gathered.records)


def found_in_history(history: HistoryDirectory) -> Iterator[Found | Event]:
    """Yield the runs and events of a history, and what of it cannot be read."""
    problems: list[LeftOut] = []

    def note(path: Path, error: StateError) -> None:
        problems.append(LeftOut(where=str(path), reason=said(error).removeprefix(f"{path}: ")))

    history.check_layout()
    pruned = 0
    for month in history.months.all("runs"):
        for entry in history.months.readable("runs", month, note):
            try:
                pruned += history.columns_of(entry).pruned
                yield history.record_in(history.months.data("runs", entry), str(entry.path))
            except StateError as error:
                note(entry.path, error)
    if pruned:
        yield Note(where=str(history.root), what=f"runs without tests, which were dropped there: {pruned}")
    try:
        yield from history.events()
    except StateError as error:
        note(history.root, error)
    yield from problems


def found_on_branch(
    source: str, ref: str, *, path: str, settings: Settings, environ: Mapping[str, str], progress: Progress
) -> Iterator[Found | Event]:
    """Yield the runs and events of the history at a git remote; raises what `pipeline.sync.pull` does."""
    from ratchetry.pipeline.sync import pull, sharing

    there = replace(settings, history_remote=source, history_ref=ref or settings.history_ref)
    with tempfile.TemporaryDirectory(prefix="ratchetry-import-") as directory:
        share = sharing(
            path, there, environ=environ, clock=SystemClock(), progress=progress, history=f"{directory}/history"
        )
        pulled = pull(share)
        if not pulled.commit:
            yield LeftOut(where=share.remote.shown, reason=f"has no history at {share.ref}; name its branch with --ref")
            return
        for reason, count in pulled.left_out.items():
            yield LeftOut(where=share.remote.shown, reason=f"{count} entries: {reason}")
        yield from found_in_history(HistoryDirectory(share.history))


def found_on_github(
    wish: OnGitHub, repository: str, now: datetime, environ: Mapping[str, str], progress: Progress
) -> Iterator[Found]:
    """Yield the runs that may teach of those whose artifacts GitHub still keeps, and why others may not.

    Raises GitHubError when GitHub cannot be asked, UsageError when the token or the repository is not known.
    """
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.ingest import from_github

    with github(environ, repository) as client:
        progress.preparing(f"fetching the artifacts of {client.repository}")
        batch = from_github(client, Cursor(), now=now, workflow=wish.workflow, most=wish.most)
    yield from batch.records
    for decision in batch.manifest.decisions:
        if decision.fate != "accepted":
            yield LeftOut(where=f"run {decision.name} ({decision.fate})", reason=decision.reason)


def _histories(root: Path) -> tuple[Path, ...]:
    """Return the directories, from a root down, that are histories; what lies in one belongs to it."""
    found: list[Path] = []
    for place, directories, names in os.walk(root):
        if LAYOUT_FILE in names:
            found.append(Path(place))
            directories.clear()
    return tuple(sorted(found))


def _in_file(path: Path, gathered: _Gathered) -> Iterator[Found]:
    """Yield the record in a file or archive, or why there is none; a fragment is put aside."""
    try:
        data = read_file(path).data
        contents = read_archive(data) if path.suffix == ".zip" else {path.name: data}
        if path.suffix != ".zip" or RECORD in contents:
            name = RECORD if RECORD in contents else path.name
        else:
            name = FRAGMENT
        if name == FRAGMENT:
            gathered.envelopes.append(_envelope(contents, str(path)))
            return
        record = loads(_not_of_a_history(contents[name]), str(path))
    except (ReportError, StateError) as error:
        yield LeftOut(where=str(path), reason=said(error).removeprefix(f"{path}: "))
        return
    gathered.records.add(name_of(record))
    yield record


def _envelope(contents: Mapping[str, bytes], origin: str) -> Envelope:
    """Return the fragment among some files; raises StateError when there is none."""
    if FRAGMENT not in contents:
        msg = f"{origin}: holds neither {RECORD} nor {FRAGMENT}"
        raise StateError(msg)
    return envelopes.loads(contents[FRAGMENT], origin)


def _not_of_a_history(data: bytes) -> bytes:
    """Return a file's content; raises StateError for a single file out of a history, which only makes sense in one."""
    if is_document(data):
        msg = "this is a file out of a history: name the directory in which layout.json stands"
        raise StateError(msg)
    return data
