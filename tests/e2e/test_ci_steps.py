"""A stage measured in a job of its own, by the real tools, and the record that the score step makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.commands import OWN, ratchetry
from tests.e2e.repositories import committed, sound

pytestmark = pytest.mark.e2e


def test_from_stages_to_a_record(tmp_path: Path) -> None:
    """What the jobs measured alone is what the record holds; a stage that left nothing was not measured."""
    root = sound(tmp_path / "repository")
    commit = committed(root)
    place = str(tmp_path / "fragments")
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "owner/pkg",
        "GITHUB_RUN_ID": "9",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_SHA": commit,
    }
    tests = ratchetry(root, "ci", "stage", "test", "--key", "a", "--fragments", place, *OWN, extra=job)
    assert tests.code == 0, tests.err
    quality = ratchetry(root, "ci", "stage", "quality", "--fragments", place, extra=job)
    assert (quality.code, quality.out) == (0, "ci-metrics-quality-default-a1: passed\n")
    (tmp_path / "fragments" / "ci-metrics-quality-default-a1" / "fragment.json").write_bytes(b"\0")
    emitted = ratchetry(root, "ci", "emit", "--stage", "quality", "--fragments", place, extra=job)
    assert emitted.code == 0
    ended = ratchetry(root, "ci", "score", "--fragments", place, "--expected", "test,quality", extra=job)
    assert ended.code == 3, ended.out + ended.err
    record = ended.record
    assert (record.run.run_id, record.run.repository, record.run.commit) == ("9", "owner/pkg", commit)
    assert {name: row.status for name, row in record.stages.items()} == {
        "test": "passed",
        "quality": "not_measured",
        "score": "passed",
    }
    assert ended.values("tests.total", "coverage.line") == (1, 75)
    assert "ci.duration.test" in record.metrics
    summary = root / ".ratchetry" / "ci-metrics-summary-a1"
    assert json.loads((summary / "context.json").read_text())["head_sha"] == commit
    (root / "broken.json").write_text("{")
    validate = ("ci", "stage", "validate", "--fragments", place)
    assert ratchetry(root, *validate, extra=job).code == 1
    assert ratchetry(root, *validate, "--evaluate-only", extra=job).code == 0
