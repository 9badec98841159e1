"""What the main job prints and writes, and what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.e2e.commands import OWN, TESTS, ratchetry, run_in
from tests.e2e.repositories import committed, flat, snapshot, sound, write

pytestmark = pytest.mark.e2e


def test_json_is_the_record_and_nothing_else(tmp_path: Path) -> None:
    """Standard output is the file's bytes, valid under the published schema; standard error is silent without need."""
    root = flat(tmp_path)
    ended = run_in(root, "--format", "json", "--stage", "quality", "--jobs", "1", *TESTS)
    assert ended.code == 0
    assert ended.out == (ended.output / "record.json").read_text(encoding="utf-8")
    document = json.loads(ended.out)
    schema = json.loads(ratchetry(root, "schema", "record").out)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    jsonschema.validate(document, schema)
    assert set(document["stages"]) == {"quality", "test"}
    assert document["metrics"]["coverage.line"]["value"] == 75


def test_markdown_is_the_summary(tmp_path: Path) -> None:
    """Standard output is what the job summary shows."""
    ended = run_in(flat(tmp_path), "--format", "markdown", "--stage", "validate")
    assert ended.out.strip() == (ended.output / "summary.md").read_text(encoding="utf-8").strip()
    assert ended.out.startswith("## ")


@pytest.mark.parametrize("output_format", ["table", "json"])
def test_a_dry_run_writes_nothing(tmp_path: Path, output_format: str) -> None:
    """It names every command of every stage and leaves not even an output directory."""
    root = write(sound(tmp_path), {"requirements-test.txt": "jinja2\n"})
    committed(root)
    before = snapshot(root, without="")
    ended = run_in(root, "--dry-run", "--format", output_format, *OWN)
    assert ended.code == 0, ended.err
    assert snapshot(root, without="") == before
    for tool in ("ruff", "mypy", "pytest", "bandit", "pip-audit", "cyclonedx", "skipped"):
        assert tool in ended.out.replace("pip_audit", "pip-audit")
    assert (output_format == "json") == ended.out.startswith("{")


def test_another_output_directory(tmp_path: Path) -> None:
    """Everything goes where it was asked to, also outside of the repository."""
    root = flat(tmp_path / "repo")
    before = snapshot(root, without="")
    assert run_in(root, "--stage", "validate", "--output-dir", str(tmp_path / "else where")).code == 0
    assert snapshot(root, without="") == before
    assert (tmp_path / "else where" / "record.json").is_file()
