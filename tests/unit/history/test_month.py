"""Parts of compacted months."""

from __future__ import annotations

import lzma
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.event import event
from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history.columns import columns_of
from ratchetry.history.encoding import encode_record
from ratchetry.history.event_file import event_bytes
from ratchetry.history.month import Document, content_of, file_of, header_of, packed, part_checksum
from ratchetry.history.month import tests_of as sums_of
from ratchetry.history.normal import normalized
from ratchetry.state.record import dumps
from tests.unit.history.realistic import runs
from tests.unit.history.records import records


def documents(drawn: list[RunRecord]) -> list[Document]:
    """Return records as documents on their way into a part."""
    files = [encode_record(normalized(each)).document for each in drawn]
    return [Document(key=f"{at}-1", time=f"{at}", data=data) for at, data in enumerate(files)]


@cache
def part() -> bytes:
    """Return a part with a few runs."""
    return packed("runs", "2026-10", documents(list(runs(3, tests=4))))


def unpacked(data: bytes) -> list[bytes]:
    """Return the files of all documents in a part."""
    header, node = header_of(data, "part"), content_of(data, "part")
    return [file_of(node, at, checksum, "part") for at, checksum in enumerate(header.checksums)]


@settings(max_examples=40)  # each takes the compressor's memory anew
@given(st.lists(records(), min_size=1, max_size=4))
def test_every_run_comes_back_byte_for_byte(drawn: list[RunRecord]) -> None:
    """Whatever the runs hold, whole records of earlier versions among them, their files come back."""
    given_documents = documents(drawn)
    whole = [Document(key=f"w{at}-1", time="", data=dumps(each)) for at, each in enumerate(drawn)]
    data = packed("runs", "2026-10", [*given_documents, *whole])
    assert unpacked(data) == [document.data for document in (*given_documents, *whole)]
    assert packed("runs", "2026-10", [*given_documents, *whole]) == data
    assert header_of(data, "part").keys == tuple(document.key for document in (*given_documents, *whole))


def test_events_come_back_byte_for_byte() -> None:
    """Events of all kinds of content share a part."""
    events = [
        event("log", time="2026-10-01", data={"kind": "note", "message": "m"}),
        event("threshold_move", time="2026-10-02", runs=("1-1",), data={"from": 1.0, "to": 2, "why": ("a", None)}),
        event("pruned", time="2026-10-03", data={"months": {"2026-01": True}}),
    ]
    given_documents = [Document(key=each.id, time=each.time, data=event_bytes(each)) for each in events]
    assert unpacked(packed("events", "2026-10", given_documents)) == [document.data for document in given_documents]


def test_a_document_that_would_not_come_back_is_not_packed() -> None:
    """A file in another form than ratchetry writes is told before it is packed."""
    for data in (b'{"schema_version": 1}\n', b"{}", b"[1,2]", b"not JSON", dumps(next(runs(1, tests=1)))[:-1]):
        with pytest.raises((ValueError, StateError)):
            packed("runs", "2026-10", [Document(key="1-1", time="", data=data)])


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_part_is_refused(data: st.DataObject) -> None:
    """A part that was cut or changed anywhere leads to a StateError, or still holds what it held."""
    whole = part()
    expected = unpacked(whole)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.binary(min_size=0, max_size=2))
    broken = whole[:place] + byte + data.draw(st.sampled_from([b"", whole[place + len(byte) :]]))
    try:
        assert unpacked(broken) == expected
    except StateError as error:
        assert str(error).startswith("part: ")  # noqa: PT017  # the other outcome is just as good


def compressed(*lines: bytes) -> bytes:
    """Return lines as the streams of a part."""
    return b"".join(map(lzma.compress, lines))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b'{"format":2,"kind":"runs","month":"2026-10","later":[]}', "format 2 is newer than the 1 that is read here"),
        (b'{"kind":"runs","month":"2026-10","keys":["a"],"times":[],"checksums":[]}', "differ in number"),
        (b'{"kind":"cats","month":"2026-10","keys":[],"times":[],"checksums":[]}', "Invalid enum value 'cats'"),
        (b'{"kind":"runs","month":"../..","keys":[],"times":[],"checksums":[]}', "matching regex"),
        (b"[" * 50_000, "damaged: "),
        (b"\xff", "damaged: "),
        (b"7", "Expected `object`"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(header: bytes, message: str) -> None:
    """A part is told to be of a newer format, or what is wrong with its header."""
    with pytest.raises(StateError, match=message):
        header_of(compressed(header, b"{}"), "part")


@pytest.mark.parametrize(
    "content", [b"[]", b'{"same":1,"more":2}', b"[" * 50_000, b'{"items":' * 5000, b"\xff", b'{"letters":[1]}', b""]
)
def test_content_that_is_no_node_is_refused(content: bytes) -> None:
    """What the second stream holds is checked against its schema, however deep it is."""
    with pytest.raises(StateError, match=r"^part: "):
        content_of(compressed(b"{}", content), "part")
    with pytest.raises(StateError, match=r"^part: "):
        sums_of(compressed(b"{}", content), "part")


@pytest.mark.parametrize("content", [b"{}", b'{"each":[]}', b'{"fields":{"a":{}}}', b'{"letters":["",""]}'])
def test_a_node_that_knows_no_such_document_is_refused(content: bytes) -> None:
    """A part whose header promises more documents than it holds is damaged."""
    node = content_of(compressed(b"{}", content), "part")
    with pytest.raises(StateError, match="part: document 0: "):
        file_of(node, 0, "0" * 16, "part")


def test_a_bomb_is_not_unpacked() -> None:
    """What unpacks to more than is read is refused before it fills the memory."""
    bomb = lzma.compress(b"0" * 70_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(StateError, match="unpacks to more than"):
        header_of(bomb, "part")


def test_a_month_of_a_grown_project_is_small() -> None:
    """Sixty runs take a fifth of their documents; more runs take less each."""
    drawn = list(runs(60, tests=200))
    given_documents = documents(drawn)
    data = packed("runs", "2026-10", given_documents)
    assert len(data) * 5 < sum(len(document.data) for document in given_documents)
    assert part_checksum(data) == part_checksum(packed("runs", "2026-10", given_documents))
    assert columns_of(unpacked(data)[0], "run.json").run == normalized(drawn[0]).run
