"""Examples in the documentation are what ratchetry reads and writes."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Final

import jsonschema
import msgspec
import pytest
import yaml
from click.testing import CliRunner

from ratchetry import __version__
from ratchetry.cli.app import cli
from ratchetry.collect.score.code_blocks import problem_of
from ratchetry.collect.score.document import Fence
from ratchetry.collect.score.selector import outcomes
from ratchetry.domain.record import RunRecord
from ratchetry.domain.score_model import ScoreModel
from ratchetry.domain.weights import Parameters
from ratchetry.history.chunks import chunk_id, chunk_names
from ratchetry.history.document import RunDocument, decode_document
from ratchetry.history.schema import json_schema as history_schema
from ratchetry.pipeline.stubs import HOME, STUBS, Pin, stub
from ratchetry.state import record, score_model, thresholds, weights
from ratchetry.state.schema import json_schema
from ratchetry.state.score_model import Ci, MetricEntry, ScoreModelFile, Totals
from ratchetry.state.thresholds import Bound, ThresholdsFile
from tests.docs.pages import fences, spans

FENCES: Final = tuple(fences())
IN_RECORD: Final = frozenset(text for path, text in spans() if path == "docs/record.md")


def documents(*keys: str) -> tuple[bytes, ...]:
    """Return the JSON documents among the examples that have these keys."""
    texts = [fence.content for _, fence in FENCES if fence.language == "json"]
    return tuple(text.encode() for text in texts if set(keys) <= json.loads(text).keys())


def test_every_json_example_is_of_a_known_kind() -> None:
    """No JSON example goes unchecked."""
    kinds = (
        ("schema_version",),
        ("metrics", "thresholds"),
        ("metrics", "coverage"),
        ("decision",),
        ("checksum",),
        ("change_points",),
        ("arms", "contexts"),
    )
    assert sum(len(documents(*keys)) for keys in kinds) == len([1 for _, fence in FENCES if fence.language == "json"])


def test_the_example_of_weights_is_read() -> None:
    """The weights that are shown are a file that a choice can be made from, and say what the text says of them."""
    (example,) = documents("arms", "contexts")
    read = weights.loads(example, "example")
    assert read.active == ("terse",)
    assert read.parameters == Parameters()
    assert weights.loads(weights.dumps(read), "example") == read


def test_the_example_of_change_points_is_what_detect_prints(tmp_path: Path) -> None:
    """The command prints the same fields for a step like the one that is shown."""
    (example,) = documents("change_points")
    series = tmp_path / "series.json"
    series.write_text(json.dumps([10.0 + 0.01 * (at % 3) for at in range(30)] + [12.0 + 0.01 * at for at in range(8)]))
    printed = json.loads(CliRunner().invoke(cli, ["detect", "--input", str(series), "--format", "json"]).output)
    shown = json.loads(example)
    assert shown.keys() == printed.keys()
    assert [point.keys() for point in shown["change_points"]] == [point.keys() for point in printed["change_points"]]


def test_the_example_of_the_history_is_a_run() -> None:
    """The file of a run is whole, fits its schema, and the names shown below it are those of its tests."""
    (example,) = documents("checksum")
    run = decode_document(example, "docs/history.md", RunDocument)
    jsonschema.Draft202012Validator(history_schema("run")).validate(json.loads(example))
    assert run.tests is not None
    (chunk,) = run.tests.order
    (names,) = [
        fence.content.encode() for path, fence in FENCES if path == "docs/history.md" and "::" in fence.content[:60]
    ]
    assert chunk_id(names) == chunk
    assert len(chunk_names(names, "chunk")) == len(run.tests.chunks[chunk].outcomes)


def test_the_example_record_is_a_record() -> None:
    """The example loads, and it fits the schema that is published."""
    (example,) = documents("schema_version")
    loaded = record.loads(example, "docs/record.md")
    assert loaded.verdict == "fail"
    assert loaded.failures[0].signature == loaded.tests[0].signature
    jsonschema.Draft202012Validator(json_schema("record")).validate(json.loads(example))


def test_the_example_of_thresholds_loads() -> None:
    """Every example of thresholds is one that ratchetry reads, and one has all that init writes."""
    examples = documents("metrics", "coverage")
    loaded = [thresholds.loads(example, "documentation") for example in examples]
    assert all(each.bounds for each in loaded)
    assert max(len(json.loads(example)) for example in examples) == len(ThresholdsFile.__struct_fields__)


def test_the_example_of_a_score_model_is_the_default() -> None:
    """The example of a score model is what applies without a file."""
    (example,) = documents("metrics", "thresholds")
    assert score_model.loads(example, "docs/record.md") == ScoreModel()


def test_the_example_of_a_decision_is_one() -> None:
    """The example of a line of the decision log is read, as a decision without an outcome yet."""
    (example,) = documents("decision")
    assert outcomes(example, "docs/score.md") == {}


@pytest.mark.parametrize("shape", [ThresholdsFile, Bound, ScoreModelFile, MetricEntry, Totals, Ci])
def test_every_field_of_a_state_file_is_documented(shape: type[msgspec.Struct]) -> None:
    """Each field of a state file is named on the page about them."""
    assert set(shape.__struct_fields__) <= IN_RECORD


def test_every_field_of_the_record_is_documented() -> None:
    """Each field of the record's first level is named on the page about it."""
    assert {field.name for field in fields(RunRecord)} <= IN_RECORD


@pytest.mark.parametrize(("path", "fence"), [pytest.param(*row, id=f"{row[0]}:{row[1].line}") for row in FENCES])
def test_code_blocks_name_their_language_and_parse(path: str, fence: Fence) -> None:
    """Each code block says what it is, and is that."""
    assert fence.language, path
    assert not problem_of(fence.language, fence.content)


@pytest.mark.parametrize(("page", "paths"), [("README.md", STUBS[:1]), ("docs/github.md", STUBS)])
def test_the_workflows_to_copy_are_those_that_init_writes(page: str, paths: tuple[str, ...]) -> None:
    """The page shows what init writes, with the tag of this version where init puts its commit."""
    pin = Pin(repository=HOME, commit=f"v{__version__}", label="the tag")
    shown = [yaml.safe_load(fence.content) for path, fence in FENCES if path == page and fence.language == "yaml"]
    for path in paths:
        assert yaml.safe_load(stub(path, pin, "main")) in shown, path
