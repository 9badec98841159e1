"""The published schemas of a history."""

from __future__ import annotations

import json

import jsonschema
import pytest

from ratchetry.domain.event import event
from ratchetry.history.columns import columns_of
from ratchetry.history.encoding import encode_record
from ratchetry.history.event_file import event_bytes
from ratchetry.history.month import Document, header_of, packed, packed_tests
from ratchetry.history.month import tests_of as sums_of
from ratchetry.history.normal import normalized
from ratchetry.history.retention import summed
from ratchetry.history.schema import DOCUMENTS, json_schema
from tests.unit.history.realistic import runs


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_is_valid_itself(name: str) -> None:
    """Each schema satisfies the metaschema of its draft."""
    jsonschema.Draft202012Validator.check_schema(json_schema(name))


def test_what_is_written_satisfies_its_schema() -> None:
    """Files of runs and events, and the lines of parts, are valid under the schemas that are published."""
    import msgspec

    document = encode_record(normalized(next(runs(1, tests=20)))).document
    part = packed("runs", "2026-10", [Document(key="1-1", time="2026-10-01", data=document)])
    sums = packed_tests("2026-10", ["1-1"], ["2026-10-01"], summed([columns_of(document, "run.json")]))
    for name, data in (
        ("run", document),
        ("event", event_bytes(event("log", time="t", data={"a": (1, None), "b": {"c": True}}))),
        ("part", msgspec.json.encode(header_of(part, "part"))),
        ("part-tests", msgspec.json.encode(sums_of(sums, "part"))),
    ):
        assert list(jsonschema.Draft202012Validator(json_schema(name)).iter_errors(json.loads(data))) == []


def test_a_schema_refuses_what_is_no_run() -> None:
    """The schema asks for more than an object."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"checksum": "0" * 16, "format": 1}, json_schema("run"))
