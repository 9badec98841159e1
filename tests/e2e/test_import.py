"""A past of many formats, imported into one history, which can be verified, shown and queried afterwards."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.commands import ratchetry

pytestmark = pytest.mark.e2e

DATA: Final = Path(__file__).parents[1] / "data"
SOURCES: Final = (
    ("pytest-benchmark", "pytest-benchmark-4.0.0/stored.json", "pytest-benchmark-5.3.1/stored-with-rounds.json"),
    ("junit", "pytest-9.2.0/outcomes.xml", "gotestsum-1.13.0", "jest-junit-16.0.0", "surefire-3"),
    ("github-action-benchmark", "github-action-benchmark-1/data.js", "github-action-benchmark-1/data.json"),
    ("octocov", "octocov-0"),
)
COUNTS: Final = {"pytest-benchmark": 2, "junit": 5, "github-action-benchmark": 7, "octocov": 2}


def test_a_past_of_many_formats(tmp_path: Path) -> None:
    """Everything is in one history, no run of which counts as passed; another history takes it over whole."""
    history = ("--history", "past")
    for kind, *paths in SOURCES:
        for verb in ("imported", "imported 0 runs"):
            ended = ratchetry(
                tmp_path, "history", "import", "--from", kind, *(str(DATA / path) for path in paths), *history
            )
            assert ended.code == 0, ended.err
            assert ended.out.startswith(verb)
    verified = ratchetry(tmp_path, "history", "verify", *history)
    assert (verified.code, verified.out.splitlines()[-1].rpartition(": ")[2]) == (0, "0 problems, 0 notes")
    shown = ratchetry(tmp_path, "history", "show", "382b98c95b", *history)
    assert "NOT MEASURED" in shown.out
    assert "test_speed" in shown.out
    query = "SELECT run_id, verdict, count(name) AS metrics FROM runs LEFT JOIN metrics USING (run_id) GROUP BY ALL"
    asked = ratchetry(tmp_path, "history", "query", query, "--format", "csv", *history)
    assert asked.code == 0, asked.err
    rows = list(csv.DictReader(io.StringIO(asked.out)))
    assert {row["verdict"] for row in rows} == {"not_measured"}
    assert all(int(row["metrics"]) for row in rows)
    for kind, count in COUNTS.items():
        assert sum(row["run_id"].startswith(f"import-{kind}-") for row in rows) == count
    moved = ratchetry(tmp_path, "history", "import", "--from", "dir", "past", "--history", "other")
    assert moved.out.startswith(f"imported {sum(COUNTS.values())} runs")
    assert ratchetry(tmp_path, "history", "verify", "--history", "other").code == 0
