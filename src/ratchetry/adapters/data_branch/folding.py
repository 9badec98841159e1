"""Folding the inbox into the history: one commit on the data reference, and the inbox's references gone, or neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from ratchetry.adapters.data_branch.answers import Pushed, is_protected, protected
from ratchetry.adapters.data_branch.drafting import Step, Wish, draft_step
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.tip import Tip, fetch_tip
from ratchetry.adapters.data_branch.trees import Listing
from ratchetry.errors import UnreachableError

MOST_BATCHES: Final = 64
"""References of the inbox that one push folds."""
_NO_ATOMIC: Final = "does not support --atomic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What a fold has done."""

    commit: str = ""
    """The newest commit of the data reference, empty when there is none."""
    folded: tuple[str, ...] = ()
    """The references of the inbox that are gone now."""
    added: int = 0
    known: int = 0
    """Files that came in and were there already."""
    differing: int = 0
    """Files that came in and were there already with another content, which stays."""
    removed: int = 0
    """Files all of whose content is in a part of a compacted month now."""
    squashed: bool = False
    left: Mapping[str, str] = field(default_factory=dict)
    """References of the inbox that stay, each with the reason."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many entries of trees were no files of a history, by reason."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What the remote has: the history, and what waits in the inbox."""

    tip: Tip
    inbox: Mapping[str, str]


def fold(store: Store, wish: Wish, patience: Patience) -> Folded:
    """Return what was done to bring everything in the inbox into the history.

    Raises StateError when the data reference holds no history that is read here, UsageError when pushing there is not
    permitted, and UnreachableError when the server cannot be reached or others were always faster.
    """
    return _Folder(store, wish, patience).run()


class _Folder:
    """One fold, and what it learns of the server on its way."""

    def __init__(self, store: Store, wish: Wish, patience: Patience) -> None:
        self._store = store
        self._wish = wish
        self._patience = patience
        self._state: _State | None = None
        self._atomic = True
        self._left: dict[str, str] = {}
        self._notes: list[str] = []

    def run(self) -> Folded:
        """Fold bounded numbers of batches until none is left, or the one that matters is gone."""
        total = Folded()
        while True:
            part = self._some()
            total = _sum(total, part)
            self._wish = replace(self._wish, compact=None, squash=False, direct="")
            if self._state is None or self._is_done(self._state):
                return replace(total, left=dict(self._left), notes=tuple(self._notes))

    def _some(self) -> Folded:
        """Return what one push that succeeded has done; raises as `fold` does."""
        reason = ""
        for _ in self._patience.turns():
            state = self._state or self._look()
            if self._is_done(state):
                self._state = None
                return Folded(commit=state.tip.commit)
            chosen = dict(islice(sorted(state.inbox.items()), MOST_BATCHES))
            step = draft_step(self._store, self._wish, state.tip, chosen)
            self._left.update(step.left)
            pushed = self._send(state, step)
            if pushed.done:
                rest = {ref: commit for ref, commit in state.inbox.items() if ref not in chosen}
                self._state = _State(tip=Tip(commit=step.commit, listing=Listing(files=step.files)), inbox=rest)
                self._notes.extend(step.problems)
                return outcome(step, frozenset(self._left))
            self._state = None
            self._learn(pushed)
            reason = pushed.reason
        msg = (
            f"the history at {self._store.remote.shown} was changed by others, or refused, each of "
            f"{self._patience.tries} times: {reason}; nothing is lost, try again later"
        )
        raise UnreachableError(msg)

    def _look(self) -> _State:
        """Return what the remote has now, without what has turned out to stay in the inbox."""
        found = self._store.fetch_inbox()
        inbox = {ref: commit for ref, commit in found.items() if ref not in self._left}
        empty = _State(tip=Tip(), inbox=inbox)
        if self._wish.own and self._is_done(empty):
            return empty
        return _State(tip=fetch_tip(self._store, self._wish.ref, trees_only=self._wish.compact is None), inbox=inbox)

    def _is_done(self, state: _State) -> bool:
        """Tell whether nothing is left to do."""
        wish = self._wish
        if wish.direct or (wish.compact and state.tip.commit):
            return False
        if wish.squash and state.tip.commit and self._store.has_past(state.tip.commit):
            return False
        return not state.inbox or bool(wish.own and wish.own not in state.inbox)

    def _send(self, state: _State, step: Step) -> Pushed:
        """Return what became of a step's push: all of it, or, on servers that know no such thing, the data first."""
        data, tip = self._wish.ref, state.tip.commit
        self._store.assume_sent([*([tip] if tip else []), *step.taken.values()])
        moved = {data: step.commit} if step.commit != tip else {}
        gone = dict.fromkeys(step.taken, "")
        if not moved and not gone:
            return Pushed(fates={data: "done"})
        if self._atomic:
            return self._store.push({**moved, **gone}, {**dict.fromkeys(moved, tip), **step.taken}, atomic=True)
        pushed = self._store.push(moved, {data: tip}, atomic=False) if moved else Pushed(fates={data: "done"})
        if pushed.done and gone:
            deleted = self._store.push(gone, step.taken, atomic=False)
            # What another folder has deleted first is gone as wished; what the server keeps is known from now on.
            refused = [ref for ref, fate in deleted.fates.items() if fate == "refused"]
            self._left.update(dict.fromkeys(refused, deleted.reason))
        return pushed

    def _learn(self, pushed: Pushed) -> None:
        """Change what the next try does after a push that has failed; raises UsageError when none can succeed."""
        if pushed.refused and is_protected(pushed.reason):
            raise protected(self._store.remote.shown, self._wish.ref, pushed.reason)
        if self._atomic and (_NO_ATOMIC in pushed.reason or "deletion prohibited" in pushed.reason):
            self._atomic = False
        elif pushed.refused and self._wish.squash:
            self._wish = replace(self._wish, squash=False)
            self._notes.append(f"the past was not cut off, because the server refused: {pushed.reason}")


def outcome(step: Step, left: frozenset[str]) -> Folded:
    """Return what a step has done."""
    return Folded(
        commit=step.commit,
        folded=tuple(sorted(step.taken.keys() - left)),
        added=len(step.united.added),
        known=step.united.known,
        differing=step.united.differing,
        removed=len(step.united.removed),
        squashed=step.squashed,
        left_out=step.left_out,
    )


def _sum(one: Folded, other: Folded) -> Folded:
    """Return what two parts of a fold have done together."""
    return Folded(
        commit=other.commit or one.commit,
        folded=(*one.folded, *other.folded),
        added=one.added + other.added,
        known=one.known + other.known,
        differing=one.differing + other.differing,
        removed=one.removed + other.removed,
        squashed=one.squashed or other.squashed,
        left_out=dict(Counter(one.left_out) + Counter(other.left_out)),
    )
