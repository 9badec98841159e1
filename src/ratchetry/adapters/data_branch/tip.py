"""The history that a remote has now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.adapters.data_branch.store import Store
from ratchetry.adapters.data_branch.trees import Listing
from ratchetry.errors import StateError
from ratchetry.history import layout

_LARGEST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The newest commit of the data reference, empty before the first, and its files."""

    commit: str = ""
    listing: Listing = field(default_factory=Listing)

    @property
    def files(self) -> Mapping[str, str]:
        """Return the names of the files' contents by path."""
        return self.listing.files


def fetch_tip(store: Store, ref: str, *, trees_only: bool) -> Tip:
    """Return the history at the remote.

    Raises StateError when the reference holds something else, or a history of a newer layout.
    """
    commit = store.fetch_tip(ref, trees_only=trees_only)
    if not commit:
        return Tip()
    found = store.files(commit)
    check_layout(store, found, f"{ref} of {store.remote.shown}")
    return Tip(commit=commit, listing=found)


def check_layout(store: Store, found: Listing, origin: str) -> None:
    """Raise StateError when a tree is no history, or one of a layout that is not known here."""
    name = found.files.get(layout.LAYOUT_FILE)
    if name is None:
        msg = f"{origin} is not a history of ratchetry: it has no {layout.LAYOUT_FILE}; nothing was changed there"
        raise StateError(msg)
    if name == blob_name(layout.layout_bytes()):
        return
    store.fetch_blobs((name,))
    (content,) = (data for _, data in store.contents((name,), _LARGEST))
    layout.check_layout(content or b"", f"{origin}: {layout.LAYOUT_FILE}")


def blob_name(data: bytes) -> str:
    """Return the name that git gives to a content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
