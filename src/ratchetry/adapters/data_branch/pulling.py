"""Bringing what the remote's history has, and the local one lacks, into a local directory."""

from __future__ import annotations

import contextlib
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ratchetry.adapters.data_branch.local import LocalFiles, local_files, read_file
from ratchetry.adapters.data_branch.objections import Objection
from ratchetry.adapters.data_branch.parts import Covered, coverage_of, readable_coverage
from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.tip import Tip, blob_name, fetch_tip
from ratchetry.adapters.data_branch.trees import CURSOR_FILE, LARGEST_FILE
from ratchetry.adapters.data_branch.union import (
    Files,
    United,
    latest_cursor,
    month_of_part,
    parts_to_read,
    superseded,
    united,
)
from ratchetry.errors import UsageError
from ratchetry.history import layout

_LOCAL: Final = "0" * 40
"""Stands for the name of a content that is here."""
_GROUP: Final = 1000
_ORDER: Final = (layout.LAYOUT_FILE, "catalog", "months", "events", "runs", CURSOR_FILE)
"""What is referred to comes first: a pull that is interrupted leaves a history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull has brought."""

    commit: str = ""
    """The newest commit of the data reference, empty when the remote has no history yet."""
    written: int = 0
    size: int = 0
    """Bytes written."""
    removed: int = 0
    """Local files all of whose content is in a new part of a compacted month now."""
    known: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many entries of the remote's tree were no files of a history, by reason."""
    first_left_out: str = ""


def pull(
    store: Store, ref: str, root: Path, *, covered: Covered, objection: Objection, dry_run: bool = False
) -> Pulled:
    """Return what was brought, or with `dry_run` what would be, from a remote's history into a directory.

    What is there stays, but for files all of whose content is in a new part of a compacted month.
    Raises StateError when the reference holds no history that is read here, UsageError when nothing can be written.
    """
    local = local_files(root)
    tip = fetch_tip(store, ref, trees_only=layout.LAYOUT_FILE in local.sizes)
    if not tip.commit:
        return Pulled()
    union = _lacking(store, tip, local, root, covered)
    lacking = sorted(union.added, key=_order)
    new_parts = [path for path in lacking if month_of_part(path)]
    result = Pulled(
        commit=tip.commit,
        known=len(tip.files) - len(lacking),
        left_out=dict(Counter(tip.listing.left_out) + Counter({"a damaged part of a month": union.damaged})),
        first_left_out=tip.listing.first,
    )
    if dry_run:
        return replace(result, written=len(lacking))
    store.fetch_blobs(tuple({tip.files[path]: None for path in lacking}))
    writer = _Writer(store, root, objection)
    for group in _groups(lacking):
        writer.write({path: tip.files[path] for path in group})
    _take_cursor(store, tip, root, local, writer)
    removed = _remove_covered(root, local, new_parts, covered)
    left_out = dict(Counter(result.left_out) + writer.left_out)
    return replace(result, written=writer.written, size=writer.size, removed=removed, left_out=left_out)


class _Writer:
    """Writes contents of the remote's history into a directory, and counts."""

    def __init__(self, store: Store, root: Path, objection: Objection) -> None:
        self._store = store
        self._root = root
        self._objection = objection
        self.written = 0
        self.size = 0
        self.left_out: Counter[str] = Counter()

    def write(self, files: Files) -> None:
        """Write some files; raises UsageError when that fails."""
        places: dict[str, list[str]] = {}
        for path, name in files.items():
            places.setdefault(name, []).append(path)
        for name, data in self._store.contents(tuple(places), LARGEST_FILE):
            if not data:
                self.left_out["empty, missing, or too large"] += len(places[name])
                continue
            for path in places[name]:
                self._write(path, data)

    def _write(self, path: str, data: bytes) -> None:
        """Write a file to which there is no objection."""
        reason = self._objection(path, data)
        if reason:
            self.left_out[reason] += 1
            return
        write_whole(self._root, path, data)
        self.written += 1
        self.size += len(data)


def write_whole(root: Path, path: str, data: bytes) -> None:
    """Write one file of a history in one step; raises UsageError when a link is in the way, or nothing can be written.

    It is not forced to the disk: a power failure leaves at worst an empty file, which counts as one that is missing
    and is brought again.
    """
    target = root / path
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(root.resolve()):
            msg = f"cannot write {target}: a link leads out of the history; remove it"
            raise UsageError(msg)
        try:
            temporary.write_bytes(data)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"cannot write {target}: {error.strerror or error}; its directory must exist, be writable and have room"
        raise UsageError(msg) from error


def _lacking(store: Store, tip: Tip, local: LocalFiles, root: Path, covered: Covered) -> United:
    """Return what the local history gains by the remote's."""
    ours = dict.fromkeys(local.sizes, _LOCAL)
    theirs = {path: name for path, name in tip.files.items() if path not in ours}
    wanted = parts_to_read(ours, (theirs,))
    here = {path: read_file(root, path) for path in wanted if path in ours}
    there = coverage_of(store, {path: name for path, name in wanted.items() if path not in ours}, covered)
    return united(ours, (theirs,), {**readable_coverage(here, covered), **there})


def _order(path: str) -> tuple[int, str]:
    """Return the place of a path in the order of writing."""
    return _ORDER.index(path.partition("/")[0]), path


def _take_cursor(store: Store, tip: Tip, root: Path, local: LocalFiles, writer: _Writer) -> None:
    """Write the remote's cursor when it is later than the local one."""
    name = tip.files.get(CURSOR_FILE)
    if name is None or CURSOR_FILE not in local.sizes:
        return
    ours = read_file(root, CURSOR_FILE)
    if blob_name(ours) == name:
        return
    store.fetch_blobs((name,))
    for _, theirs in store.contents((name,), LARGEST_FILE):
        if theirs and latest_cursor((ours, theirs)) == theirs:
            writer.write({CURSOR_FILE: name})


def _remove_covered(root: Path, local: LocalFiles, new_parts: Sequence[str], covered: Covered) -> int:
    """Remove the local files that parts stand for which have just been written; return how many."""
    written = readable_coverage({part: read_file(root, part) for part in new_parts if (root / part).exists()}, covered)
    fresh = frozenset().union(*written.values())
    months = {month_of_part(part) for part in written}
    old = {path: read_file(root, path) for path in local.sizes if month_of_part(path) in months - {""}}
    gone = (fresh & local.sizes.keys()) | superseded(local.sizes, readable_coverage(old, covered), fresh)
    removed = 0
    for path in sorted(gone):
        with contextlib.suppress(FileNotFoundError):
            (root / path).unlink()
            removed += 1
    return removed


def _groups(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield paths in bounded groups."""
    return (paths[start : start + _GROUP] for start in range(0, len(paths), _GROUP))
