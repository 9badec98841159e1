"""Results of stages kept under the address of their inputs, and the digests that addresses are made of."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from ratchetry import __version__
from ratchetry.adapters.files import open_for_reading, write_atomic
from ratchetry.domain.record import Fragment
from ratchetry.errors import RatchetryError
from ratchetry.state.codec import LIMIT
from ratchetry.state.record import dumps_fragment, loads_fragment

if TYPE_CHECKING:
    from ratchetry.adapters.tree import WorkingTree

_FORMAT: Final = f"ratchetry-stage/1/{__version__}"
_KEY: Final = re.compile(r"[0-9a-f]{64}")
_ARTIFACT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SUFFIX: Final = ".stage.json"
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """What a stage measured, and the files it left for the user by name."""

    fragment: Fragment
    artifacts: Mapping[str, bytes]


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of an entry's file; `bytes` stand in JSON as base64."""

    format: str
    key: str
    fragment: bytes
    artifacts: dict[str, bytes]


class StageCache:
    """A directory of results, one file for each, bounded in number and bytes: what was used longest ago goes first.

    Keys are SHA-256 digests in hexadecimal.  A file that is not exactly what `put` wrote is a miss.  That guards
    against accidents, not against code that may write here: a cache must not be shared with runs of less trust.
    """

    def __init__(self, directory: str | Path, *, entries: int = 200, size: int = 256 * 1024 * 1024) -> None:
        self._directory = Path(directory)
        self._entries = entries
        self._size = size

    def get(self, key: str) -> Fragment | None:
        """Return what a stage with these inputs measured, None when that is not known."""
        entry = self.load(key)
        return entry.fragment if entry else None

    def load(self, key: str) -> CacheEntry | None:
        """Return what a stage with these inputs measured, with its artifacts, None when that is not known."""
        if not _KEY.fullmatch(key):
            return None
        path = self._directory / f"{key}{_SUFFIX}"
        try:
            entry = _decoded(key, _bounded_content(path))
            os.utime(path)
        except (OSError, ValueError, RecursionError, RatchetryError):
            return None
        return entry

    def put(self, key: str, fragment: Fragment, artifacts: Mapping[str, bytes] | None = None) -> bool:
        """Keep what a stage measured and tell whether that worked; a full disk costs the reuse, not the run.

        Raises ValueError for a key that is no digest and for an artifact's name that is no plain file name.
        """
        files = dict(artifacts or {})
        wrong = [name for name in files if not _ARTIFACT.fullmatch(name)]
        if wrong or not _KEY.fullmatch(key):
            msg = f"not a plain file name: {wrong[0]!r}" if wrong else f"not a digest: {key!r}"
            raise ValueError(msg)
        data = _encoded(_Stored(format=_FORMAT, key=key, fragment=dumps_fragment(fragment), artifacts=files))
        if len(data) > min(LIMIT, self._size):
            return False
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            write_atomic(self._directory / f"{key}{_SUFFIX}", data)
            self._evict()
        except (OSError, RatchetryError):
            return False
        return True

    def _evict(self) -> None:
        """Remove the entries used longest ago until the rest is within the bounds."""
        found = []
        for path in self._directory.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):  # another run evicts too
                status = path.stat()
                found.append((status.st_mtime_ns, path, status.st_size))
        kept = total = 0
        for _, path, size in sorted(found, reverse=True):
            kept, total = kept + 1, total + size
            if kept > self._entries or total > self._size:
                path.unlink(missing_ok=True)


def file_digests(tree: WorkingTree) -> Mapping[str, str]:
    """Return the SHA-256 over mode and content of every file that a stage may see, by path.

    Besides the files that count, those are the ignored ones that executed code can see, such as built extensions.
    A file that cannot be read has the reason in its place.
    """
    paths = sorted({*tree.files(), *tree.workspace_files})
    return {path: file_digest(f"{tree.root}/{path}") for path in paths}


def file_digest(path: str) -> str:
    """Return the SHA-256 over a file's kind, mode and content; a link's is over its text and what it leads to."""
    digest = hashlib.sha256()
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            digest.update(b"link\0" + os.fsencode(os.readlink(path)) + b"\0")
            path = os.path.realpath(path)
        descriptor = open_for_reading(path)
        try:
            _update(digest, descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        digest.update(f"unreadable\0{error.errno}".encode())
    return digest.hexdigest()


def key(stage: str, digests: Mapping[str, str], facts: Mapping[str, str]) -> str:
    """Return the address of a stage's result: SHA-256 over its name, the files it reads and all else it rests on."""
    digest = hashlib.sha256()
    for part in (stage, *_pairs(facts), *_pairs(digests)):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)  # no two lists of parts look the same
    return digest.hexdigest()


def _pairs(mapping: Mapping[str, str]) -> Iterable[str]:
    """Return the size of a mapping, then its keys and values in the order of the keys."""
    return (str(len(mapping)), *(part for name in sorted(mapping) for part in (name, mapping[name])))


def _update(digest: hashlib._Hash, descriptor: int) -> None:
    """Take the kind, mode and content of an open file into a digest."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        digest.update(f"kind\0{stat.S_IFMT(status.st_mode)}".encode())
        return
    digest.update(b"executable\0" if status.st_mode & stat.S_IXUSR else b"file\0")
    size = min(status.st_size + 1, _CHUNK)
    while data := os.read(descriptor, size):
        digest.update(data)


def _encoded(stored: _Stored) -> bytes:
    """Return an entry as the content of a file: the digest of the rest on the first line."""
    data = msgspec.json.encode(stored)
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


def _decoded(key: str, data: bytes) -> CacheEntry:
    """Return the entry that a file holds; raises ValueError or StateError when it is not the one of this key."""
    checksum, _, body = data.partition(b"\n")
    if checksum != hashlib.sha256(body).hexdigest().encode():
        msg = "wrong checksum"
        raise ValueError(msg)
    stored = msgspec.json.decode(body, type=_Stored)
    if (stored.format, stored.key) != (_FORMAT, key) or not all(map(_ARTIFACT.fullmatch, stored.artifacts)):
        msg = "another entry"
        raise ValueError(msg)
    return CacheEntry(fragment=loads_fragment(stored.fragment, "cache"), artifacts=stored.artifacts)


def _bounded_content(path: Path) -> bytes:
    """Return the content of a regular file; raises OSError or ValueError for anything else or larger."""
    descriptor = open_for_reading(str(path))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
            msg = "no entry"
            raise ValueError(msg)
        return file.read(LIMIT)
