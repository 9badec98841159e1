"""What one fold would write: the union of the history with some batches, compacted and without a past if wished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ratchetry.adapters.data_branch.compaction import Compact, compacted
from ratchetry.adapters.data_branch.parts import Covered, coverage_of
from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.streams import Draft
from ratchetry.adapters.data_branch.tip import Tip, check_layout
from ratchetry.adapters.data_branch.trees import CURSOR_FILE, LARGEST_FILE, Listing
from ratchetry.adapters.data_branch.union import Files, United, latest_cursor, parts_to_read, united
from ratchetry.errors import RatchetryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a fold is to do besides emptying the inbox."""

    ref: str
    """The data reference."""
    seconds: int
    """The time of the commit, since 1970."""
    covered: Covered
    compact: Compact | None = None
    squash: bool = False
    """Whether the new commit shall have no past, so that clones stay as small as the newest state."""
    direct: str = ""
    """A commit that is here and in no inbox."""
    own: str = ""
    """A reference of the inbox: it is enough when that one is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The commit that would become the newest, with its files, and what it takes from the inbox."""

    commit: str
    files: Files
    united: United
    taken: Mapping[str, str]
    """References of the inbox with their commits, to be deleted."""
    left: Mapping[str, str]
    """References of the inbox that stay, each with the reason."""
    left_out: Mapping[str, int]
    """How many entries of trees were no files of a history, by reason."""
    squashed: bool = False
    problems: tuple[str, ...] = ()
    """What was wrong with files that were to be compacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batches:
    """The readable batches by reference (empty for the direct one), and those that are not."""

    listings: Mapping[str, Listing]
    unreadable: Mapping[str, str]


def draft_step(store: Store, wish: Wish, tip: Tip, inbox: Mapping[str, str]) -> Step:
    """Return what a fold of some references of the inbox writes; the commit is made, and pushed nowhere yet."""
    batches = _read(store, {**inbox, **({"": wish.direct} if wish.direct else {})})
    trees = tuple(found.files for found in batches.listings.values())
    union = united(tip.files, trees, coverage_of(store, parts_to_read(tip.files, trees), wish.covered))
    added: dict[str, str | bytes | Path] = {**union.added, **_cursor(store, tip, union)}
    files = _without({**tip.files, **union.added}, union.removed)
    removed = union.removed
    problems: tuple[str, ...] = ()
    if wish.compact is not None:
        place = store.directory / f"history-{len(files)}"
        change = compacted(store, files, wish.compact, place)
        problems, gone = change.problems, frozenset(change.removed)
        added = {**{path: content for path, content in added.items() if path not in gone}, **change.added}
        removed = (*removed, *(path for path in change.removed if path in tip.files))
        files = _without({**files, **dict.fromkeys(change.added, "")}, change.removed)
    squashed = bool(wish.squash and tip.commit and (added or removed or store.has_past(tip.commit)))
    return Step(
        commit=_commit(store, wish, tip, added, removed) if added or removed or squashed else tip.commit,
        files=files,
        united=replace(union, removed=removed),
        taken={ref: inbox[ref] for ref in batches.listings if ref},
        left=batches.unreadable,
        left_out=_left_out(batches, union),
        squashed=squashed,
        problems=problems,
    )


def _read(store: Store, commits: Mapping[str, str]) -> _Batches:
    """Return the trees of some batches; one that is no history, or one of a newer layout, stays where it is."""
    listings: dict[str, Listing] = {}
    unreadable: dict[str, str] = {}
    for ref, commit in commits.items():
        try:
            found = store.files(commit, sizes=True)
            check_layout(store, found, ref)
        except RatchetryError as error:
            unreadable[ref] = str(error)
        else:
            listings[ref] = found
    return _Batches(listings=listings, unreadable=unreadable)


def _left_out(batches: _Batches, union: United) -> dict[str, int]:
    """Return how many entries of batches were not taken, by reason."""
    counts = sum((Counter(found.left_out) for found in batches.listings.values()), Counter())
    return dict(counts + Counter({"a damaged part of a month": union.damaged}))


def _cursor(store: Store, tip: Tip, union: United) -> dict[str, bytes]:
    """Return the cursor that a union keeps where there is a choice and it is not the tip's."""
    if not union.cursors:
        return {}
    store.fetch_blobs(union.cursors)
    found = {name: data for name, data in store.contents(union.cursors, LARGEST_FILE) if data is not None}
    if not found:
        return {}
    latest = latest_cursor(tuple(found.values()))
    return {} if found.get(tip.files.get(CURSOR_FILE, "")) == latest else {CURSOR_FILE: latest}


def _commit(
    store: Store, wish: Wish, tip: Tip, added: Mapping[str, str | bytes | Path], removed: tuple[str, ...]
) -> str:
    """Return the commit that brings a history from its tip to a new state, with that tip as its past or with none."""
    squashed = wish.squash and bool(tip.commit)
    draft = Draft(
        message="Start anew from the newest state\n" if squashed else "Fold the inbox\n",
        parent="" if squashed else tip.commit,
        tree=store.tree_of(tip.commit) if squashed else "",
        added=added,
        removed=removed,
        seconds=wish.seconds,
    )
    return store.commit(draft)


def _without(files: Files, gone: tuple[str, ...]) -> dict[str, str]:
    """Return files without those that are gone."""
    paths = frozenset(gone)
    return {path: name for path, name in files.items() if path not in paths}
