"""Archives of artifacts: ZIP files that a run of foreign code may have made, read in memory and never unpacked to disk.

The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; the attacks that are refused here: paths that
lead elsewhere, links, entries that overlap (https://www.bamsoftware.com/hacks/zipbomb/), headers that lie about sizes.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from ratchetry.errors import ReportError
from ratchetry.report.text import clip, neutralize

_CHUNK: Final = 256 * 1024
_CENTRAL_ENTRY: Final = b"PK\x01\x02"
_LOCAL_HEADER: Final = 30
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_ENCRYPTED: Final = 0x1 | 0x40
_SMALL: Final = 1024 * 1024
"""What inflates to no more than this does no harm, however well it was compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an archive is read: its bytes, entries, and what they inflate to."""

    archive: int = 64 * 1024 * 1024
    entries: int = 100
    file: int = 64 * 1024 * 1024
    total: int = 128 * 1024 * 1024
    ratio: int = 200
    """How many times its compressed size an entry may inflate to; a run record's JSON shrinks to a tenth or so."""


DEFAULT_LIMITS: Final = Limits()


def read_archive(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Mapping[str, bytes]:
    """Return the content of every file of an archive by its name.

    Raises ReportError, and returns nothing of it, when anything about the archive is not as a summary's has to be.
    """
    if len(data) > limits.archive:
        _refuse(f"it has {len(data):,} bytes, and no more than {limits.archive:,} are read")
    if data.count(_CENTRAL_ENTRY) > 2 * limits.entries:
        _refuse(f"it has more than the {limits.entries:,} entries that are read")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, archive.start_dir, limits)
            return _contents(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        _refuse(f"it is damaged: {clip(neutralize(str(error)), 200)}", error)
    except (NotImplementedError, RuntimeError, ValueError, OSError, IndexError, OverflowError) as error:
        _refuse(f"it is no archive that can be read: {clip(neutralize(str(error)), 200)}", error)


def _check_entries(entries: Sequence[zipfile.ZipInfo], end: int, limits: Limits) -> None:
    """Raise ReportError when the list of entries alone shows that the archive is not to be read."""
    if len(entries) > limits.entries:
        _refuse(f"it has more than the {limits.entries:,} entries that are read")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename)
        _check_kind(entry)
        if entry.orig_filename.lower() in seen:
            _refuse(f"it has two entries called {_shown(entry.orig_filename)}")
        seen.add(entry.orig_filename.lower())
        if entry.file_size > limits.file:
            _refuse(_too_large(entry.orig_filename, limits))
    if sum(entry.file_size for entry in entries) > limits.total:
        _refuse(f"its files have together more than the {limits.total:,} bytes that are read")
    _check_overlap(entries, end)


def _check_name(name: str) -> None:
    """Raise ReportError for a name that is not that of a file in the archive's only directory."""
    problems = (
        (not name, "has no name"),
        ("\0" in name, "has a name with a null character"),
        ("\\" in name, "has a backslash in its name"),
        (name.startswith("/"), "has an absolute path"),
        (bool(_DRIVE.match(name)), "begins with the letter of a drive"),
        (".." in name.split("/"), "leads out of the archive's directory"),
        ("/" in name, "is a directory or lies in one"),
        (not _NAME.fullmatch(name), "has a name of other than 1 to 128 letters, digits and . _ -"),
    )
    for found, problem in problems:
        if found:
            _refuse(f"its entry {_shown(name)} {problem}")


def _check_kind(entry: zipfile.ZipInfo) -> None:
    """Raise ReportError for an entry that is no plain file: a link, a device, encrypted, or compressed unusually."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(mode):
        _refuse(f"its entry {_shown(entry.orig_filename)} is a symbolic link")
    if mode not in {0, stat.S_IFREG}:
        _refuse(f"its entry {_shown(entry.orig_filename)} is no regular file")
    if entry.flag_bits & _ENCRYPTED:
        _refuse(f"its entry {_shown(entry.orig_filename)} is encrypted")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        _refuse(f"its entry {_shown(entry.orig_filename)} is compressed in a way that artifacts are not")


def _check_overlap(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Raise ReportError when two entries share bytes, as those of a bomb do whose files are all the same kernel."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    starts = (*(entry.header_offset for entry in ordered[1:]), end)
    for entry, following in zip(ordered, starts, strict=False):  # an empty archive only ends
        if entry.header_offset < 0 or entry.header_offset + _LOCAL_HEADER + entry.compress_size > following:
            _refuse(f"its entry {_shown(entry.orig_filename)} overlaps with what follows it")


def _contents(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], limits: Limits) -> dict[str, bytes]:
    """Return what the entries inflate to, measured while they do, whatever their headers say."""
    contents: dict[str, bytes] = {}
    room = limits.total
    for entry in entries:
        contents[entry.orig_filename] = data = _inflated(archive, entry, room, limits)
        room -= len(data)
    return contents


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, limits: Limits) -> bytes:
    """Return what one entry inflates to; raises ReportError as soon as that is too much."""
    allowed = max(_SMALL, limits.ratio * entry.compress_size)
    inflated = bytearray()
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            inflated += chunk
            if len(inflated) > limits.file:
                _refuse(_too_large(entry.orig_filename, limits))
            if len(inflated) > room:
                _refuse(f"its files have together more than the {limits.total:,} bytes that are read")
            if len(inflated) > allowed:
                _refuse(f"its entry {_shown(entry.orig_filename)} inflates more than {limits.ratio:,} times")
    if len(inflated) != entry.file_size:
        _refuse(f"it is damaged: its entry {_shown(entry.orig_filename)} is not as large as it says")
    return bytes(inflated)


def _too_large(name: str, limits: Limits) -> str:
    """Return why an entry is too large."""
    return f"its entry {_shown(name)} is larger than the {limits.file:,} bytes that are read"


def _refuse(why: str, cause: Exception | None = None) -> NoReturn:
    """Raise the ReportError that refuses an archive."""
    msg = f"the artifact was refused: {why}"
    raise ReportError(msg) from cause


def _shown(name: str) -> str:
    """Return an entry's name fit for a message."""
    return repr(clip(neutralize(name), 100))
