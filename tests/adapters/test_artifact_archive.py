"""Archives of artifacts: what is in an honest one, and why each kind of hostile one is refused."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.artifact_archive import Limits, read_archive
from ratchetry.errors import ReportError

SMALL = Limits(archive=1_000_000, entries=4, file=300_000, total=500_000, ratio=50)


def archive(*files: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of some files."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", compression) as made:
        warnings.simplefilter("ignore")  # zipfile warns of the duplicate names that a test is about
        for name, data in files:
            made.writestr(name, data)
    return target.getvalue()


def streamed(name: str, data: bytes) -> bytes:
    """Return an archive as actions/upload-artifact writes it: sizes follow the data, for it is not known before."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made, made.open(name, "w") as file:
        file.write(data)
    return target.getvalue()


def link(name: str, mode: int) -> zipfile.ZipInfo:
    """Return an entry of some kind of file."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (mode | 0o644) << 16
    return entry


def raw_named(name: bytes) -> bytes:
    """Return an archive whose only entry has a name that zipfile would not write."""
    return archive(("x" * len(name), b"data")).replace(b"x" * len(name), name)


def with_size(data: bytes, declared: int) -> bytes:
    """Return an archive whose headers say that its only entry inflates to another size."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = changed.index(signature) + offset
        changed[place : place + 4] = struct.pack("<I", declared)
    return bytes(changed)


def overlapping(count: int) -> bytes:
    """Return an archive whose entries all share the bytes of one kernel."""
    kernel = zlib.compressobj(wbits=-15)
    packed = kernel.compress(bytes(100_000)) + kernel.flush()
    crc = zlib.crc32(bytes(100_000))
    local, central = bytearray(), bytearray()
    for index in range(count):
        name = f"f{index}".encode()
        sizes = struct.pack("<III", crc, len(packed), 100_000)
        central += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    local += b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + struct.pack("<III", crc, len(packed), 100_000)
    local += struct.pack("<HH", 2, 0) + b"f0" + packed
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(local), 0)
    return bytes(local + central + end)


def encrypted() -> bytes:
    """Return an archive whose entry claims to be encrypted."""
    data = bytearray(archive(("a.json", b"{}")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def test_an_honest_archive() -> None:
    """Files come back by name, compressed or not, however the sizes were written."""
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        made = archive(("record.json", b"{}"), ("context.json", b"[]"), compression=compression)
        assert read_archive(made) == {"record.json": b"{}", "context.json": b"[]"}
    assert read_archive(streamed("record.json", b"x" * 1000)) == {"record.json": b"x" * 1000}
    assert read_archive(archive()) == {}


def test_an_honest_archive_in_the_format_for_large_files() -> None:
    """Zip64 headers are read like others."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made, made.open("a.json", "w", force_zip64=True) as file:
        file.write(b"{}")
    assert read_archive(target.getvalue()) == {"a.json": b"{}"}


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no archive": (lambda: b"<html>", "damaged"),
    "nothing": (lambda: b"", "damaged"),
    "truncated": (lambda: archive(("a.json", b"x" * 5000))[:-30], "damaged"),
    "parent": (lambda: archive(("../a", b"x")), "leads out"),
    "parent inside": (lambda: archive(("a/../../b", b"x")), "leads out"),
    "absolute": (lambda: archive(("/etc/passwd", b"x")), "absolute"),
    "drive": (lambda: archive(("C:a", b"x")), "drive"),
    "backslash": (lambda: raw_named(b"..\\..\\a"), "backslash"),
    "null": (lambda: raw_named(b"a.json\0.sh"), "null character"),
    "directory": (lambda: archive(("a/", b"")), "directory"),
    "nested": (lambda: archive(("a/b.json", b"x")), "directory"),
    "hidden": (lambda: archive((".bashrc", b"x")), "letters, digits"),
    "control": (lambda: archive(("a\x1b[2J", b"x")), "letters, digits"),
    "long": (lambda: archive(("a" * 129, b"x")), "letters, digits"),
    "symlink": (lambda: archive((link("a", stat.S_IFLNK), b"/etc/passwd")), "symbolic link"),
    "device": (lambda: archive((link("a", stat.S_IFCHR), b"")), "regular file"),
    "duplicate": (lambda: archive(("a", b"1"), ("a", b"2")), "two entries"),
    "duplicate but for case": (lambda: archive(("a", b"1"), ("A", b"2")), "two entries"),
    "encrypted": (encrypted, "encrypted"),
    "unusual compression": (lambda: archive(("a", b"x" * 99), compression=zipfile.ZIP_LZMA), "compressed in a way"),
    "too many": (lambda: archive(*((f"f{index}", b"") for index in range(5))), "entries"),
    "far too many": (lambda: archive(*((f"f{index}", b"") for index in range(900))), "entries"),
    "large file": (lambda: archive(("a", b"ab" * 200_000)), "larger than"),
    "large total": (lambda: archive(*((f"f{index}", b"ab" * 100_000) for index in range(3))), "together"),
    "large archive": (lambda: bytes(1_000_001), "bytes"),
    "says less": (lambda: with_size(archive(("a", b"ab" * 9000)), 10), "damaged"),
    "says more": (lambda: with_size(archive(("a", b"ab")), 200_000), "damaged"),
    "says far more": (lambda: with_size(archive(("a", b"ab")), 0xFFFFFFF0), "larger than"),
    "overlapping": (lambda: overlapping(3), "overlaps"),
    "changed data": (lambda: archive(("a", b"abc"), compression=zipfile.ZIP_STORED).replace(b"abc", b"abd"), "damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_archives_are_refused(kind: str) -> None:
    """Each attack is refused with its own reason."""
    made, why = HOSTILE[kind]
    with pytest.raises(ReportError, match=why):
        read_archive(made(), SMALL)


def test_well_compressed_files_are_refused() -> None:
    """What inflates to more than a mebibyte must not do so hundreds of times over."""
    with pytest.raises(ReportError, match="inflates more than 200 times"):
        read_archive(archive(("a", bytes(20_000_000))))


def zero_bomb(size: int) -> bytes:
    """Return an archive of one file of zeros of any size: deflate's blocks repeat, so one of them is enough."""
    deflater = zlib.compressobj(9, wbits=-15)
    unit = 10_000_000
    first = deflater.compress(bytes(unit)) + deflater.flush(zlib.Z_FULL_FLUSH)
    packed = first * (size // unit) + b"\x03\x00"
    name = b"record.json"
    large = struct.pack("<HHQQ", 1, 16, size, len(packed))
    mask = 0xFFFFFFFF
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 0, 0, mask, mask, len(name), len(large))
    local += name + large + packed
    central = b"PK\x01\x02" + struct.pack("<HHHHHHIII", 45, 45, 0, 8, 0, 0, 0, mask, mask)
    central += struct.pack("<HHHHHII", len(name), len(large), 0, 0, 0, 0, 0) + name + large
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_ten_gigabytes_of_zeros_are_refused_unread() -> None:
    """A bomb that says what it is, is refused by what it says."""
    bomb = zero_bomb(10_000_000_000)
    assert len(bomb) < 15_000_000
    with pytest.raises(ReportError, match="larger than the 67,108,864 bytes"):
        read_archive(bomb)


def test_ten_gigabytes_of_zeros_that_say_they_are_few_are_refused() -> None:
    """A bomb that says that it is small is inflated no further than what it says."""
    bomb = zero_bomb(10_000_000_000)
    size = struct.pack("<Q", 10_000_000_000)
    with pytest.raises(ReportError, match=r"damaged|inflates"):
        read_archive(bomb.replace(size, struct.pack("<Q", 60_000_000)))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Bytes are an archive or are refused."""
    with_nothing_else(data)


@given(st.data())
def test_changed_archives(data: st.DataObject) -> None:
    """An archive that was changed or cut somewhere is read or refused, and never too much comes of it."""
    whole = bytearray(archive(("record.json", b'{"a": 1}' * 20), ("b", b"x")))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with_nothing_else(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


def with_nothing_else(data: bytes) -> None:
    """Read an archive, and allow for nothing but its content or a refusal."""
    try:
        contents = read_archive(data, SMALL)
    except ReportError:
        return
    assert sum(map(len, contents.values())) <= SMALL.total
