"""Documents of the history: everything a record holds, in fewer bytes, told from anything damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import RunRecord
from ratchetry.errors import StateError
from ratchetry.history.chunks import Name, chunk_names
from ratchetry.history.decoding import decode_record
from ratchetry.history.encoding import Encoded, encode_record
from ratchetry.history.normal import normalized
from tests.unit.history.records import records


def decoded(encoded: Encoded) -> RunRecord:
    """Return the record of a document, its names taken from the chunks beside it."""

    def names(identifier: str) -> tuple[Name, ...]:
        return chunk_names(encoded.chunks[identifier], identifier)

    return decode_record(encoded.document, "run.json", names)


@given(records())
def test_a_record_in_normal_form_survives_its_document(record: RunRecord) -> None:
    """Encoding and decoding loses nothing, and encoding again gives the same bytes."""
    kept = normalized(record)
    encoded = encode_record(kept)
    assert decoded(encoded) == kept
    assert encode_record(decoded(encoded)) == encoded


@given(records())
def test_the_normal_form_is_its_own(record: RunRecord) -> None:
    """Taking the normal form again changes nothing, bit for bit."""
    assert repr(normalized(normalized(record))) == repr(normalized(record))
