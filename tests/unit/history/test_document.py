"""Documents of the history: everything a record holds, in fewer bytes, told from anything damaged."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history.chunks import Name, chunk_names
from ratchetry.history.decoding import decode_record
from ratchetry.history.document import RunDocument, checksum_of, decode_document, is_document, seal
from ratchetry.history.encoding import Encoded, encode_record
from ratchetry.history.normal import normalized
from ratchetry.state.codec import LIMIT
from ratchetry.state.record import dumps
from tests.builders import record
from tests.unit.history.realistic import runs
from tests.unit.history.records import records


def decoded(encoded: Encoded) -> RunRecord:
    """Return the record of a document, its names taken from the chunks beside it."""

    def names(identifier: str) -> tuple[Name, ...]:
        return chunk_names(encoded.chunks[identifier], identifier)

    return decode_record(encoded.document, "run.json", names)


@given(records())
def test_a_record_in_normal_form_survives_its_document(drawn: RunRecord) -> None:
    """Encoding and decoding loses nothing, and encoding again gives the same bytes."""
    kept = normalized(drawn)
    encoded = encode_record(kept)
    assert decoded(encoded) == kept
    assert encode_record(decoded(encoded)) == encoded


@settings(max_examples=50)
@given(records(), st.data())
def test_a_damaged_document_is_told_as_such(drawn: RunRecord, data: st.DataObject) -> None:
    """A file that was cut, or of which a byte was changed, is refused as damaged, with its name."""
    document = encode_record(normalized(drawn)).document
    place = data.draw(st.integers(0, len(document) - 1))
    changed = data.draw(st.integers(0, 255).filter(lambda byte: byte != document[place]))
    for broken in (document[:place], document[:place] + bytes([changed]) + document[place + 1 :]):
        with pytest.raises(StateError, match=r"^run\.json: damaged"):
            decode_document(broken, "run.json", RunDocument)


@given(st.binary(max_size=200) | records().map(dumps))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """What is no document, a whole run record among it, leads to no other error."""
    with pytest.raises(StateError, match=r"^run\.json: "):
        decode_document(data, "run.json", RunDocument)
    assert not is_document(data) or data.startswith(b'{"checksum"')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(st.data())
def test_any_sealed_content_is_read_or_refused(data: st.DataObject) -> None:
    """A document whose checksum is right, whatever stands in it, gives a record or a StateError."""
    encoded = encode_record(normalized(next(runs(1, tests=5))))
    body: dict[str, object] = msgspec.json.decode(b"{" + encoded.document.partition(b"\n")[2])
    field = data.draw(st.sampled_from(sorted(body)))
    target = body[field]
    if isinstance(target, dict) and "chunks" in target:
        part = next(iter(target["chunks"].values()))
        part[data.draw(st.sampled_from([*part, "repeats", "digits"]))] = data.draw(_JSON)
    else:
        body[field] = data.draw(_JSON)
    try:
        decoded(Encoded(document=seal(body), chunks=encoded.chunks))
    except StateError as error:
        assert str(error).startswith("run.json: ")  # noqa: PT017  # the other outcome is just as good


def test_a_newer_format_is_refused_by_name() -> None:
    """A whole file of a later version is no damage: the reader is told to upgrade."""
    data = encode_record(normalized(record())).document.partition(b'"format":1')[2]
    newer = b'"format":7' + data
    import hashlib

    checksum = hashlib.sha256(newer).hexdigest()[:16].encode()
    with pytest.raises(StateError, match="format 7 is newer than the 1 that is read here: upgrade ratchetry"):
        decode_document(b'{"checksum":"' + checksum + b'",' + newer, "run.json", RunDocument)


def test_more_than_a_document_may_have_is_not_looked_at() -> None:
    """A file beyond the limit is refused by its size."""
    with pytest.raises(StateError, match="are more than the"):
        decode_document(b" " * (LIMIT + 1), "run.json", RunDocument)


def test_the_file_is_what_the_documentation_says() -> None:
    """The file is JSON, a line for each field in the order of their names, after one with checksum and format."""
    document = encode_record(normalized(next(runs(1, tests=3)))).document
    lines = document.decode().splitlines()
    fields = [line.partition(":")[0].strip('"') for line in lines[1:]]
    assert lines[0] == f'{{"checksum":"{checksum_of(document)}","format":1,'
    assert fields == sorted(fields)
    assert set(json.loads(document)) == {"checksum", "format", *fields}


def test_names_that_are_missing_are_told() -> None:
    """A document whose names are not there is refused, and nothing in it is taken for nothing."""
    encoded = encode_record(normalized(next(runs(1, tests=3))))
    with pytest.raises(StateError, match="columns do not fit together"):
        decoded(Encoded(document=encoded.document, chunks={}))


def test_names_that_are_not_of_the_table_are_told() -> None:
    """Names of another number than the rows are refused."""
    encoded = encode_record(normalized(next(runs(1, tests=3))))
    for data in (b"[]\n", b'["a"]\n', b'[["a","b"]]\n', b'["a","b","c","d"]\n'):
        with pytest.raises(StateError, match="columns do not fit together"):
            decoded(Encoded(document=encoded.document, chunks=dict.fromkeys(encoded.chunks, data)))


def test_a_run_of_a_grown_project_is_small() -> None:
    """A run with 2,000 tests, 100 benchmarks and 50 findings takes at most 18 kB, without the names that runs share."""
    first, second = (encode_record(normalized(run)) for run in runs(2))
    assert len(first.document) <= 18_000
    assert first.chunks == second.chunks
