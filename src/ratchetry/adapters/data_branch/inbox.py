"""Handing a history's new files to the remote, where nobody else's push can come in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.data_branch.local import LocalFiles, read_file
from ratchetry.adapters.data_branch.objections import DAMAGED, EARLY, Objection
from ratchetry.adapters.data_branch.parts import DROPPED, Covered, coverage_of, readable_coverage
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.store import INBOX, INBOX_BRANCHES, Store
from ratchetry.adapters.data_branch.streams import Draft
from ratchetry.adapters.data_branch.tip import Tip, blob_name
from ratchetry.adapters.data_branch.trees import CURSOR_FILE
from ratchetry.adapters.data_branch.union import parts_to_read, united
from ratchetry.history.layout import LAYOUT_FILE, place_of

_LOCAL: Final = "0" * 40
"""Stands for the name of a content that is here only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Files of a local history that the remote lacks, as one commit without a parent; `id` follows from them."""

    id: str
    commit: str
    files: Mapping[str, Path]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The inbox's reference that holds a batch, or, when the server takes none, why it does not."""

    ref: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFiles:
    """The paths of a local history that the remote lacks, and those of them that are not shared, with the reason."""

    paths: tuple[str, ...]
    objections: Mapping[str, str]


def new_files(
    store: Store, tip: Tip, local: LocalFiles, root: Path, *, covered: Covered, objection: Objection
) -> NewFiles:
    """Return what of a local history the remote does not have, in a file of its own or in a part.

    Raises StateError naming a file that cannot be read.
    """
    files = {path: _LOCAL for path in local.sizes if path not in tip.files and path != LAYOUT_FILE}
    if CURSOR_FILE in local.sizes and tip.files.get(CURSOR_FILE) != blob_name(read_file(root, CURSOR_FILE)):
        files[CURSOR_FILE] = _LOCAL
    wanted = parts_to_read(tip.files, (files,))
    theirs = coverage_of(store, {path: name for path, name in wanted.items() if path not in files}, covered)
    ours = readable_coverage({path: read_file(root, path) for path in wanted if path in files}, covered)
    there = tip.files.keys() | frozenset().union(*theirs.values())
    early = {path for path, held in ours.items() if is_early(held, there)}
    union = united(tip.files, ({path: files[path] for path in files.keys() - early},), {**ours, **theirs})
    damaged = (path for path in wanted if path in files and path not in ours)
    paths = sorted({*union.added, *([CURSOR_FILE] if union.cursors else [])})
    found = {path: objection(path, read_file(root, path)) for path in paths}
    waiting = (path for path in early if any(place_of(each) and each not in there for each in ours[path]))
    objections = {path: reason for path, reason in found.items() if reason}
    objections |= {**dict.fromkeys(damaged, DAMAGED), **dict.fromkeys(waiting, EARLY)}
    return NewFiles(paths=tuple(path for path in paths if path not in objections), objections=objections)


def is_early(held: frozenset[str], there: Collection[str]) -> bool:
    """Tell whether a part has dropped rows that the remote still has.

    What others have is for a fold to drop, by the settings of who folds, and not for one who needs room.
    """
    runs = {path.partition("/")[2] for path in there if path.startswith("runs/")}
    dropped = {each.partition("/")[2] for each in there if each.startswith(DROPPED)}
    return any(each.startswith(DROPPED) and each.partition("/")[2] in runs - dropped for each in held)


def make_batch(store: Store, root: Path, paths: tuple[str, ...], local: LocalFiles) -> Batch:
    """Return some files of a local history as a commit that is the same whenever and by whomever it is made."""
    files = {path: root / path for path in (LAYOUT_FILE, *paths)}
    commit = store.commit(Draft(message="Hand over runs\n", added=files))
    identifier = hashlib.sha256(store.tree_of(commit).encode()).hexdigest()[:32]
    size = sum(local.sizes.get(path, 0) for path in paths)
    return Batch(id=identifier, commit=commit, files=files, size=size)


def deliver(store: Store, batch: Batch, patience: Patience) -> Delivered:
    """Return where a batch waits now to be folded into the history.

    A server may refuse references of its users' own making (as GitLab's hooks can), and then branches of that name.
    Raises UsageError when pushing is not permitted, UnreachableError when the server cannot be reached.
    """
    reason = ""
    for _ in patience.turns():
        for prefix in (INBOX, INBOX_BRANCHES):
            ref = f"{prefix}{batch.id}"
            pushed = store.push({ref: batch.commit}, {}, atomic=False)
            if pushed.done:
                return Delivered(ref=ref)
            reason = pushed.reason
            if not pushed.refused:
                break
        else:
            return Delivered(reason=reason)
    return Delivered(reason=reason)
