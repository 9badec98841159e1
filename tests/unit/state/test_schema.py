"""The published schemas."""

from __future__ import annotations

import json

import jsonschema
import pytest

from ratchetry.domain.score_model import ScoreModel
from ratchetry.domain.thresholds import Thresholds
from ratchetry.state import record as record_file
from ratchetry.state import score_model, thresholds
from ratchetry.state.schema import DOCUMENTS, json_schema
from tests.builders import metric, record


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_schema_is_valid_itself(name: str) -> None:
    """Each schema satisfies the metaschema of its draft."""
    jsonschema.Draft202012Validator.check_schema(json_schema(name))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("record", record_file.dumps(record(metrics={"coverage.line": metric(80)}))),
        ("thresholds", thresholds.dumps(Thresholds())),
        ("score-model", score_model.dumps(ScoreModel())),
    ],
)
def test_what_is_written_satisfies_its_schema(name: str, data: bytes) -> None:
    """A document that ratchetry writes is valid under the schema that it publishes."""
    jsonschema.validate(json.loads(data), json_schema(name))


def test_a_schema_refuses_what_is_not_a_record() -> None:
    """The schema of the record asks for more than an object."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"run": {"repository": 3}}, json_schema("record"))
