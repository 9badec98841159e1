"""Sharing the history through a git remote: push, fold and pull, for commands and other parts of the pipeline."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Final

from ratchetry.adapters.data_branch.compaction import Compact
from ratchetry.adapters.data_branch.drafting import Wish, draft_step
from ratchetry.adapters.data_branch.folding import Folded, outcome
from ratchetry.adapters.data_branch.folding import fold as fold_inbox
from ratchetry.adapters.data_branch.inbox import Batch, Delivered, deliver, make_batch, new_files
from ratchetry.adapters.data_branch.local import LocalFiles, local_files, read_file
from ratchetry.adapters.data_branch.objections import Objection, objection_to
from ratchetry.adapters.data_branch.parts import Covered
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.pulling import Pulled
from ratchetry.adapters.data_branch.pulling import pull as pull_history
from ratchetry.adapters.data_branch.remote import Remote, find_remote
from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.tip import fetch_tip
from ratchetry.adapters.data_branch.working import temporary_store
from ratchetry.errors import ConfigError, RatchetryError, StateError, UsageError
from ratchetry.history.layout import LAYOUT_FILE, PartPlace, check_layout, place_of
from ratchetry.history.month import header_of, part_checksum
from ratchetry.pipeline.history import compact_months, history_at, prune_tests
from ratchetry.pipeline.survey import places_of
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings

_BRANCH: Final = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)|/\.))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![./])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A local history, the remote it is shared through, and what the world must lend: time, chance and patience."""

    history: Path
    cache: Path
    remote: Remote
    ref: str
    environ: Mapping[str, str]
    clock: Clock
    progress: Progress
    patience: Patience
    covered: Covered
    objection: Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a push has done, or with a dry run would do."""

    paths: tuple[str, ...] = ()
    """The files that the remote lacked."""
    size: int = 0
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Local paths that are not shared, with the reason."""
    ref: str = ""
    """The inbox's reference that was pushed, empty when nothing was, or the server takes none."""
    waiting: str = ""
    """Why the files wait in the inbox for the next fold, empty when they do not."""
    refused: str = ""
    """Why the server takes no inbox, empty when it does."""
    folded: Folded = field(default_factory=Folded)


def sharing(
    path: str,
    settings: Settings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
    history: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
    random: Random | None = None,
) -> Sharing:
    """Return how the history of the repository at `path`, or that in the directory `history`, is shared.

    Raises ConfigError for a history-ref that is no reference, UsageError when there is no such remote.
    """
    places = places_of(path, settings)
    return Sharing(
        history=Path(history) if history else places.output,
        cache=places.cache,
        remote=find_remote(places.root, settings.history_remote, environ),
        ref=full_ref(settings.history_ref),
        environ=environ,
        clock=clock,
        progress=progress,
        patience=Patience(sleep=sleep, random=random or SystemRandom()),
        covered=covered_by_part,
        objection=objection_to,
    )


def full_ref(name: str) -> str:
    """Return a branch's or reference's full name; raises ConfigError for one that git would not take."""
    if not _BRANCH.fullmatch(name) or (name.startswith("refs/") and name.count("/") < 2):
        msg = f"history-ref: {name[:100]!r} is no name of a branch, nor of a reference (refs/...)"
        raise ConfigError(msg)
    return name if name.startswith("refs/") else f"refs/heads/{name}"


def push(share: Sharing, *, fold: bool = True, dry_run: bool = False) -> Sent:
    """Return what was done to hand the local history's new files to the remote and, with `fold`, to fold them in.

    A fold that fails leaves the files in the inbox, which is told and no error.  Raises UsageError when there is no
    local history or pushing is not permitted, UnreachableError when the server cannot be reached.
    """
    local = _local(share)
    with _store(share) as store:
        share.progress.preparing(f"reading the history at {share.remote.shown}")
        tip = fetch_tip(store, share.ref, trees_only=True)
        new = new_files(store, tip, local, share.history, covered=share.covered, objection=share.objection)
        paths = new.paths
        size = sum(local.sizes.get(path, 0) for path in paths)
        found = Sent(
            paths=paths,
            size=size,
            left_out={**dict.fromkeys(local.left_out, "not a file of a history"), **new.objections},
            folded=Folded(commit=tip.commit),
        )
        if dry_run or not paths:
            return found
        share.progress.preparing(f"sending {len(paths)} files")
        batch = make_batch(store, share.history, paths, local)
        delivered = deliver(store, batch, share.patience)
        if delivered.ref and not fold:
            return replace(found, ref=delivered.ref, waiting="the next fold takes them")
        share.progress.preparing("folding the inbox into the history")
        return _folded(share, store, found, delivered, batch)


def fold(share: Sharing, *, compact: Compact | None = None, squash: bool = False, dry_run: bool = False) -> Folded:
    """Return what was done to bring all that waits in the inbox into the history, and as wished to make that smaller.

    Raises StateError when the reference holds no history that is read here, UsageError when pushing is not
    permitted, UnreachableError when the server cannot be reached or others were always faster.
    """
    with _store(share) as store:
        share.progress.preparing(f"folding the inbox at {share.remote.shown}")
        wish = replace(_wish(share), compact=compact, squash=squash)
        if not dry_run:
            return fold_inbox(store, wish, share.patience)
        inbox = store.fetch_inbox()
        step = draft_step(store, wish, fetch_tip(store, share.ref, trees_only=compact is None), inbox)
        return outcome(step, frozenset(step.left))


def pull(share: Sharing, *, dry_run: bool = False) -> Pulled:
    """Return what was done to bring the remote's history into the local one.

    Raises StateError when the reference holds no history that is read here, UsageError when nothing can be written or
    reading is not permitted, UnreachableError when the server cannot be reached.
    """
    check_local_layout(share.history)
    with _store(share) as store:
        share.progress.preparing(f"reading the history at {share.remote.shown}")
        return pull_history(
            store, share.ref, share.history, covered=share.covered, objection=share.objection, dry_run=dry_run
        )


def _folded(share: Sharing, store: Store, found: Sent, delivered: Delivered, batch: Batch) -> Sent:
    """Return what became of a batch by folding the inbox, or, where there is none, by going to the history directly.

    Raises what `fold` does when the batch is in no inbox.
    """
    wish = replace(_wish(share), own=delivered.ref, direct="" if delivered.ref else batch.commit)
    sent = replace(found, ref=delivered.ref, refused="" if delivered.ref else delivered.reason)
    try:
        return replace(sent, folded=fold_inbox(store, wish, share.patience))
    except RatchetryError as error:
        if not delivered.ref:
            raise
        return replace(sent, waiting=str(error))


def _wish(share: Sharing) -> Wish:
    """Return a plain fold."""
    return Wish(ref=share.ref, seconds=int(share.clock.now().timestamp()), covered=share.covered)


def _store(share: Sharing) -> AbstractContextManager[Store]:
    """Return a repository to work in."""
    return temporary_store(share.cache, share.remote, share.environ, share.patience)


def _local(share: Sharing) -> LocalFiles:
    """Return the files of the local history; raises UsageError when there is none."""
    found = check_local_layout(share.history)
    if found is None:
        msg = f"{share.history}: there is no history yet; `ratchetry run` or `ratchetry history add` begins one"
        raise UsageError(msg)
    return found


def check_local_layout(history: Path) -> LocalFiles | None:
    """Return the files of the history in a directory, None when there is none.

    Raises StateError when it is of a layout that is not known here.
    """
    found = local_files(history)
    if LAYOUT_FILE not in found.sizes:
        return None
    check_layout(read_file(history, LAYOUT_FILE), str(history / LAYOUT_FILE))
    return found


def compaction(settings: Settings, now: datetime) -> Compact:
    """Return what compacts a history: its months that are over, without the tests that the settings keep no longer."""

    def compact(directory: Path) -> tuple[str, ...]:
        history = history_at(directory, settings)
        done = compact_months(history, now)
        days = settings.history_keep_tests_days
        dropped = prune_tests(history, now, days).months if days else ()
        problems = (*(result.problems for result in done), *(result.problems for result in dropped))
        return tuple(dict.fromkeys(problem for some in problems for problem in some))

    return compact


def covered_by_part(data: bytes, origin: str) -> frozenset[str]:
    """Return the paths of the runs or events that a part of a compacted month holds, or what its sums are of.

    To have dropped the rows of a run is to hold something more, `pruned/...`: so the part with the rows gives way.
    Raises StateError naming a part that is damaged.
    """
    if isinstance(place := place_of(origin), PartPlace) and place.checksum != part_checksum(data):
        msg = f"{origin}: damaged: its content is not what its name says"
        raise StateError(msg)
    header = header_of(data, origin)
    directory = header.month.replace("-", "/")
    names = [f"{directory}/{key}.json" for key in header.keys]
    return frozenset(
        (*(f"{header.kind}/{name}" for name in names), *(f"pruned/{names[at]}" for at in header.positions))
    )
